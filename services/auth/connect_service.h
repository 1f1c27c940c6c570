// The gRPC service that leads a person to Zoho's consent page and back.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/seal.h"
#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/connect.grpc.pb.h"
#include "services/auth/account_connector.h"
#include "services/auth/account_registrar.h"
#include "services/auth/audit_trail.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/regions.h"
#include "services/auth/sealed_connect.h"
#include "services/auth/store/store.h"

namespace mesh::auth {

// Thread-safe. Keeps nothing of what is begun: it is sealed into what the caller gets, and only
// that it was used is stored.
class ConnectService final : public v1::ConnectService::CallbackService {
 public:
  ConnectService(Store& store, AccountConnector& connector, AccountRegistrar& registrar,
                 const Sealer& sealer, const Regions& regions, const OauthClients& clients,
                 const Clock& clock, ThreadPool& pool, rpc::ServerMetrics& metrics,
                 AuditTrail& audit)
      : store_(store),
        connector_(connector),
        registrar_(registrar),
        sealer_(sealer),
        regions_(regions),
        clients_(clients),
        clock_(clock),
        pool_(pool),
        metrics_(metrics),
        audit_(audit) {}

  grpc::ServerUnaryReactor* StartConnect(grpc::CallbackServerContext* call,
                                         const v1::StartConnectRequest* request,
                                         v1::StartConnectResponse* response) override;
  grpc::ServerUnaryReactor* CompleteConnect(grpc::CallbackServerContext* call,
                                            const v1::CompleteConnectRequest* request,
                                            v1::CompleteConnectResponse* response) override;
  grpc::ServerUnaryReactor* GetConnectLink(grpc::CallbackServerContext* call,
                                           const v1::GetConnectLinkRequest* request,
                                           v1::ConnectLink* response) override;
  grpc::ServerUnaryReactor* OpenConnectLink(grpc::CallbackServerContext* call,
                                            const v1::OpenConnectLinkRequest* request,
                                            v1::ConnectLink* response) override;
  grpc::ServerUnaryReactor* RevokeConnectLink(grpc::CallbackServerContext* call,
                                              const v1::RevokeConnectLinkRequest* request,
                                              google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* StartDeviceConnect(grpc::CallbackServerContext* call,
                                               const v1::StartDeviceConnectRequest* request,
                                               v1::DeviceConnect* response) override;
  grpc::ServerUnaryReactor* PollDeviceConnect(grpc::CallbackServerContext* call,
                                              const v1::PollDeviceConnectRequest* request,
                                              v1::PollDeviceConnectResponse* response) override;
  grpc::ServerUnaryReactor* CheckRegions(grpc::CallbackServerContext* call,
                                         const v1::CheckRegionsRequest* request,
                                         v1::CheckRegionsResponse* response) override;

 private:
  absl::StatusOr<v1::StartConnectResponse> Start(const CallContext& context,
                                                 const v1::StartConnectRequest& request);
  absl::StatusOr<v1::CompleteConnectResponse> Complete(const CallContext& context,
                                                       const v1::CompleteConnectRequest& request);
  absl::StatusOr<v1::CompleteConnectResponse> Complete(const CallContext& context,
                                                       const v1::CompleteConnectRequest& request,
                                                       const v1::SealedConnect& state);
  absl::StatusOr<v1::ConnectLink> MakeLink(const CallContext& context,
                                           const v1::GetConnectLinkRequest& request);
  absl::StatusOr<v1::ConnectLink> OpenLink(const v1::OpenConnectLinkRequest& request);
  absl::StatusOr<google::protobuf::Empty> RevokeLink(const CallContext& context,
                                                     const v1::RevokeConnectLinkRequest& request);
  absl::StatusOr<v1::DeviceConnect> StartDevice(const CallContext& context,
                                                const v1::StartDeviceConnectRequest& request);
  absl::StatusOr<v1::PollDeviceConnectResponse> PollDevice(
      const CallContext& context, const v1::PollDeviceConnectRequest& request);
  v1::CheckRegionsResponse Check(const CallContext& context);

  // What is begun by `name`, `account` and `region`, checked.
  absl::StatusOr<v1::SealedConnect> Begin(const CallContext& context, const std::string& name,
                                          const std::string& account, const std::string& region);
  // A link that can still be used.
  absl::StatusOr<v1::SealedConnect> UsableLink(const std::string& token);
  // The region that a person starts at: `wanted`, else the one that knows every other.
  absl::StatusOr<const config::v1::RegionConfig*> StartRegion(const std::string& wanted) const;
  absl::StatusOr<const config::v1::RegionConfig*> IssuerOf(
      const v1::CompleteConnectRequest& request, const v1::SealedConnect& state) const;
  // Adds the account, or renews it where `begun` names one.
  absl::StatusOr<v1::Account> Register(const CallContext& context, const v1::SealedConnect& begun,
                                       const Connection& connection);

  Store& store_;
  AccountConnector& connector_;
  AccountRegistrar& registrar_;
  const Sealer& sealer_;
  const Regions& regions_;
  const OauthClients& clients_;
  const Clock& clock_;
  ThreadPool& pool_;
  rpc::ServerMetrics& metrics_;
  AuditTrail& audit_;
};

}  // namespace mesh::auth
