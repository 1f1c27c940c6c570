// The gRPC service of integrated accounts.
#pragma once

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "services/auth/account_connector.h"
#include "services/auth/account_registrar.h"
#include "services/auth/audit_trail.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/regions.h"
#include "services/auth/store/store.h"

namespace mesh::auth {

// Thread-safe.
class AccountService final : public v1::AccountService::CallbackService {
 public:
  AccountService(Store& store, AccountConnector& connector, AccountRegistrar& registrar,
                 const Regions& regions, const OauthClients& clients, const Clock& clock,
                 ThreadPool& pool, rpc::ServerMetrics& metrics, AuditTrail& audit)
      : store_(store),
        connector_(connector),
        registrar_(registrar),
        regions_(regions),
        clients_(clients),
        clock_(clock),
        pool_(pool),
        metrics_(metrics),
        audit_(audit) {}

  grpc::ServerUnaryReactor* CreateAccount(grpc::CallbackServerContext* call,
                                          const v1::CreateAccountRequest* request,
                                          v1::Account* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* call,
                                       const v1::GetAccountRequest* request,
                                       v1::Account* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* call,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateAccount(grpc::CallbackServerContext* call,
                                          const v1::UpdateAccountRequest* request,
                                          v1::Account* response) override;
  grpc::ServerUnaryReactor* ReconnectAccount(grpc::CallbackServerContext* call,
                                             const v1::ReconnectAccountRequest* request,
                                             v1::Account* response) override;
  grpc::ServerUnaryReactor* DeleteAccount(grpc::CallbackServerContext* call,
                                          const v1::DeleteAccountRequest* request,
                                          v1::DeleteAccountResponse* response) override;
  grpc::ServerUnaryReactor* ListRegions(grpc::CallbackServerContext* call,
                                        const v1::ListRegionsRequest* request,
                                        v1::ListRegionsResponse* response) override;

 private:
  absl::StatusOr<v1::Account> Create(const CallContext& context,
                                     const v1::CreateAccountRequest& request);
  absl::StatusOr<v1::Account> Update(const CallContext& context,
                                     const v1::UpdateAccountRequest& request);
  absl::StatusOr<v1::Account> Reconnect(const CallContext& context,
                                        const v1::ReconnectAccountRequest& request);
  absl::StatusOr<v1::Account> Get(const v1::GetAccountRequest& request);
  absl::StatusOr<v1::ListAccountsResponse> List(const v1::ListAccountsRequest& request);
  v1::ListRegionsResponse KnownRegions() const;

  Store& store_;
  AccountConnector& connector_;
  AccountRegistrar& registrar_;
  const Regions& regions_;
  const OauthClients& clients_;
  const Clock& clock_;
  ThreadPool& pool_;
  rpc::ServerMetrics& metrics_;
  AuditTrail& audit_;
};

}  // namespace mesh::auth
