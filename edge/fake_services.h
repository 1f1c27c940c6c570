// auth-service and zoho-proxy-service as a test wants them, over real gRPC on a port of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <grpcpp/grpcpp.h>

#include "common/base/mailbox.h"
#include "common/rpc/grpc_listener.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "mesh/auth/v1/approvals.grpc.pb.h"
#include "mesh/auth/v1/audit.grpc.pb.h"
#include "mesh/auth/v1/clients.grpc.pb.h"
#include "mesh/auth/v1/connect.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.grpc.pb.h"
#include "mesh/tools/v1/tools.grpc.pb.h"

namespace mesh::edge {

// A tool whose schema takes anything.
tools::v1::Tool FakeTool(absl::string_view name, tools::v1::Tool::Method method,
                         const std::vector<std::string>& tags);

// Thread-safe.
class FakeToolService final : public tools::v1::ToolService::Service {
 public:
  using Handler = std::function<absl::StatusOr<tools::v1::CallToolResponse>(
      const tools::v1::CallToolRequest& request, grpc::ServerContext& context)>;

  void SetTools(absl::string_view digest, const std::vector<tools::v1::Tool>& tools);

  // Without one, a call answers `{"results":[]}`.
  void SetHandler(Handler handler);

  // As they came, in order.
  std::vector<tools::v1::CallToolRequest> calls() const;

  grpc::Status ListTools(grpc::ServerContext* context, const tools::v1::ListToolsRequest* request,
                         tools::v1::ListToolsResponse* response) override;
  grpc::Status CallTool(grpc::ServerContext* context, const tools::v1::CallToolRequest* request,
                        tools::v1::CallToolResponse* response) override;

  // Of `acc_1`: 100 requests, of which 7 are left.
  grpc::Status ListAccountLimits(grpc::ServerContext* context,
                                 const tools::v1::ListAccountLimitsRequest* request,
                                 tools::v1::ListAccountLimitsResponse* response) override;

 private:
  mutable std::mutex mu_;
  tools::v1::ListToolsResponse catalogue_;
  Handler handler_;
  std::vector<tools::v1::CallToolRequest> calls_;
};

// Thread-safe. Ids are given in order: `mcp_1`, `mcp_2`; tokens are 43 characters.
class FakeMcpServerService final : public auth::v1::McpServerService::Service {
 public:
  // Makes `server` the one behind `token`.
  void Put(absl::string_view token, const auth::v1::McpServer& server);
  void Remove(absl::string_view token);

  // While not OK, the answer to every call.
  void Break(const absl::Status& status);

  // Calls of ResolveMcpServer.
  int resolutions() const;

  // The last UpdateMcpServer and RotateMcpServerToken.
  auth::v1::UpdateMcpServerRequest updated() const;
  auth::v1::RotateMcpServerTokenRequest rotated() const;

  grpc::Status CreateMcpServer(grpc::ServerContext* context,
                               const auth::v1::CreateMcpServerRequest* request,
                               auth::v1::CreateMcpServerResponse* response) override;
  grpc::Status GetMcpServer(grpc::ServerContext* context,
                            const auth::v1::GetMcpServerRequest* request,
                            auth::v1::McpServer* response) override;
  grpc::Status ListMcpServers(grpc::ServerContext* context,
                              const auth::v1::ListMcpServersRequest* request,
                              auth::v1::ListMcpServersResponse* response) override;
  // Lays over what is there, whatever the mask: enough to see what came.
  grpc::Status UpdateMcpServer(grpc::ServerContext* context,
                               const auth::v1::UpdateMcpServerRequest* request,
                               auth::v1::McpServer* response) override;
  grpc::Status RotateMcpServerToken(grpc::ServerContext* context,
                                    const auth::v1::RotateMcpServerTokenRequest* request,
                                    auth::v1::RotateMcpServerTokenResponse* response) override;
  grpc::Status DeleteMcpServer(grpc::ServerContext* context,
                               const auth::v1::DeleteMcpServerRequest* request,
                               google::protobuf::Empty* response) override;
  grpc::Status ResolveMcpServer(grpc::ServerContext* context,
                                const auth::v1::ResolveMcpServerRequest* request,
                                auth::v1::ResolvedMcpServer* response) override;

 private:
  mutable std::mutex mu_;
  absl::Status broken_;
  int resolutions_ = 0;
  int created_ = 0;
  auth::v1::UpdateMcpServerRequest updated_;
  auth::v1::RotateMcpServerTokenRequest rotated_;
  // By the token's digest.
  std::map<std::string, auth::v1::McpServer> servers_;
};

// Thread-safe.
class FakeApiKeyService final : public auth::v1::ApiKeyService::Service {
 public:
  void Put(absl::string_view key, auth::v1::ApiKey::Role role);
  void Remove(absl::string_view key);

  // Makes keys `key_made` of 43 characters, each in place of the one before.
  grpc::Status CreateApiKey(grpc::ServerContext* context,
                            const auth::v1::CreateApiKeyRequest* request,
                            auth::v1::CreateApiKeyResponse* response) override;
  grpc::Status ListApiKeys(grpc::ServerContext* context,
                           const auth::v1::ListApiKeysRequest* request,
                           auth::v1::ListApiKeysResponse* response) override;
  grpc::Status DeleteApiKey(grpc::ServerContext* context,
                            const auth::v1::DeleteApiKeyRequest* request,
                            google::protobuf::Empty* response) override;
  grpc::Status ResolveApiKey(grpc::ServerContext* context,
                             const auth::v1::ResolveApiKeyRequest* request,
                             auth::v1::ApiKey* response) override;

 private:
  std::mutex mu_;
  // By the key's digest.
  std::map<std::string, auth::v1::ApiKey> keys_;
};

// Thread-safe. Connects whatever it is given.
class FakeAccountService final : public auth::v1::AccountService::Service {
 public:
  void Put(const auth::v1::Account& account);

  // What DeleteAccount answers: true at first.
  void SetRevoked(bool revoked);

  // The last CreateAccount and ReconnectAccount.
  auth::v1::CreateAccountRequest created() const;
  auth::v1::ReconnectAccountRequest reconnected() const;

  grpc::Status CreateAccount(grpc::ServerContext* context,
                             const auth::v1::CreateAccountRequest* request,
                             auth::v1::Account* response) override;
  grpc::Status GetAccount(grpc::ServerContext* context, const auth::v1::GetAccountRequest* request,
                          auth::v1::Account* response) override;
  grpc::Status ListAccounts(grpc::ServerContext* context,
                            const auth::v1::ListAccountsRequest* request,
                            auth::v1::ListAccountsResponse* response) override;
  grpc::Status UpdateAccount(grpc::ServerContext* context,
                             const auth::v1::UpdateAccountRequest* request,
                             auth::v1::Account* response) override;
  grpc::Status ReconnectAccount(grpc::ServerContext* context,
                                const auth::v1::ReconnectAccountRequest* request,
                                auth::v1::Account* response) override;
  grpc::Status DeleteAccount(grpc::ServerContext* context,
                             const auth::v1::DeleteAccountRequest* request,
                             auth::v1::DeleteAccountResponse* response) override;
  grpc::Status ListRegions(grpc::ServerContext* context,
                           const auth::v1::ListRegionsRequest* request,
                           auth::v1::ListRegionsResponse* response) override;

 private:
  mutable std::mutex mu_;
  std::map<std::string, auth::v1::Account> accounts_;
  auth::v1::CreateAccountRequest created_;
  auth::v1::ReconnectAccountRequest reconnected_;
  bool revoked_ = true;
};

// Thread-safe. Begins at `https://accounts.zoho.eu/oauth/v2/auth`; links have the token `link`.
class FakeConnectService final : public auth::v1::ConnectService::Service {
 public:
  // Without one, CompleteConnect connects `acc_1`.
  void Fail(const absl::Status& error);

  // The last of each.
  auth::v1::StartConnectRequest started() const;
  auth::v1::CompleteConnectRequest completed() const;

  grpc::Status StartConnect(grpc::ServerContext* context,
                            const auth::v1::StartConnectRequest* request,
                            auth::v1::StartConnectResponse* response) override;
  grpc::Status CompleteConnect(grpc::ServerContext* context,
                               const auth::v1::CompleteConnectRequest* request,
                               auth::v1::CompleteConnectResponse* response) override;
  grpc::Status GetConnectLink(grpc::ServerContext* context,
                              const auth::v1::GetConnectLinkRequest* request,
                              auth::v1::ConnectLink* response) override;
  grpc::Status OpenConnectLink(grpc::ServerContext* context,
                               const auth::v1::OpenConnectLinkRequest* request,
                               auth::v1::ConnectLink* response) override;
  grpc::Status RevokeConnectLink(grpc::ServerContext* context,
                                 const auth::v1::RevokeConnectLinkRequest* request,
                                 google::protobuf::Empty* response) override;

 private:
  mutable std::mutex mu_;
  absl::Status error_;
  auth::v1::StartConnectRequest started_;
  auth::v1::CompleteConnectRequest completed_;
};

// Thread-safe. Lists what was recorded, newest first and on one page, whatever the filter and the
// page size; with a cursor `next` where the page is to hold a single event.
class FakeAuditService final : public auth::v1::AuditService::Service {
 public:
  // While not OK, the answer to every call.
  void Break(const absl::Status& status);

  std::vector<auth::v1::AuditEvent> recorded() const;

  // Waits for so many calls of RecordEvents, and for so many events, ten seconds at most.
  void AwaitCalls(size_t calls);
  void AwaitEvents(size_t events);

  // The last of it.
  auth::v1::ListAuditEventsRequest listed() const;

  grpc::Status RecordEvents(grpc::ServerContext* context,
                            const auth::v1::RecordEventsRequest* request,
                            google::protobuf::Empty* response) override;
  grpc::Status ListAuditEvents(grpc::ServerContext* context,
                               const auth::v1::ListAuditEventsRequest* request,
                               auth::v1::ListAuditEventsResponse* response) override;
  grpc::Status VerifyAudit(grpc::ServerContext* context,
                           const auth::v1::VerifyAuditRequest* request,
                           auth::v1::VerifyAuditResponse* response) override;
  grpc::Status ListUsage(grpc::ServerContext* context, const auth::v1::ListUsageRequest* request,
                         auth::v1::ListUsageResponse* response) override;

 private:
  mutable std::mutex mu_;
  absl::Status broken_;
  // One for each call, and one for each event.
  Mailbox<bool> calls_;
  Mailbox<bool> events_;
  std::vector<auth::v1::AuditEvent> recorded_;
  auth::v1::ListAuditEventsRequest listed_;
};

// Thread-safe. Lists what was recorded, whatever the MCP server.
class FakeClientService final : public auth::v1::ClientService::Service {
 public:
  // While not OK, the answer to every call.
  void Break(const absl::Status& status);

  std::vector<auth::v1::Client> recorded() const;

  // Waits for so many calls of RecordClients, and for so many clients, ten seconds at most.
  void AwaitCalls(size_t calls);
  void AwaitClients(size_t clients);

  grpc::Status RecordClients(grpc::ServerContext* context,
                             const auth::v1::RecordClientsRequest* request,
                             google::protobuf::Empty* response) override;
  grpc::Status ListClients(grpc::ServerContext* context,
                           const auth::v1::ListClientsRequest* request,
                           auth::v1::ListClientsResponse* response) override;

 private:
  mutable std::mutex mu_;
  absl::Status broken_;
  // One for each call, and one for each client.
  Mailbox<bool> calls_;
  Mailbox<bool> clients_;
  std::vector<auth::v1::Client> recorded_;
};

// Thread-safe. Ids are given in order: `apr_1`, `apr_2`. Nothing expires.
class FakeApprovalService final : public auth::v1::ApprovalService::Service {
 public:
  // While not OK, the answer to every call.
  void Break(const absl::Status& status);

  std::vector<auth::v1::Approval> approvals() const;

  // The last of it.
  auth::v1::ListApprovalsRequest listed() const;

  grpc::Status ClaimApproval(grpc::ServerContext* context,
                             const auth::v1::ClaimApprovalRequest* request,
                             auth::v1::Approval* response) override;
  grpc::Status AnswerApproval(grpc::ServerContext* context,
                              const auth::v1::AnswerApprovalRequest* request,
                              auth::v1::Approval* response) override;
  grpc::Status DecideApproval(grpc::ServerContext* context,
                              const auth::v1::DecideApprovalRequest* request,
                              auth::v1::Approval* response) override;
  grpc::Status GetApproval(grpc::ServerContext* context,
                           const auth::v1::GetApprovalRequest* request,
                           auth::v1::Approval* response) override;
  grpc::Status ListApprovals(grpc::ServerContext* context,
                             const auth::v1::ListApprovalsRequest* request,
                             auth::v1::ListApprovalsResponse* response) override;

 private:
  // nullptr where there is none. Under the lock.
  auth::v1::Approval* Find(const std::string& id);

  mutable std::mutex mu_;
  absl::Status broken_;
  std::vector<auth::v1::Approval> approvals_;
  auth::v1::ListApprovalsRequest listed_;
};

// Both services behind, listening.
class FakeBackends {
 public:
  FakeBackends();

  // A channel to each.
  std::shared_ptr<grpc::Channel> auth() const;
  std::shared_ptr<grpc::Channel> zoho_proxy() const;

  // The service stops: connections are refused from here on.
  void StopAuth() { auth_listener_->Shutdown(absl::InfinitePast()); }
  void StopZohoProxy() { proxy_listener_->Shutdown(absl::InfinitePast()); }

  FakeToolService tools;
  FakeMcpServerService mcp_servers;
  FakeApiKeyService api_keys;
  FakeAccountService accounts;
  FakeConnectService connect;
  FakeAuditService audit;
  FakeClientService clients;
  FakeApprovalService approvals;

 private:
  std::unique_ptr<rpc::GrpcListener> auth_listener_;
  std::unique_ptr<rpc::GrpcListener> proxy_listener_;
};

}  // namespace mesh::edge
