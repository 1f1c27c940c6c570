#include "edge/fake_services.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"

namespace mesh::edge {
namespace {

std::unique_ptr<rpc::GrpcListener> Listen(const std::vector<grpc::Service*>& services) {
  auto listener = rpc::GrpcListener::StartOnLoopback(services);
  CHECK(listener.ok());
  return *std::move(listener);
}

}  // namespace

tools::v1::Tool FakeTool(absl::string_view name, tools::v1::Tool::Method method,
                         const std::vector<std::string>& tags) {
  tools::v1::Tool tool;
  tool.set_name(std::string(name));
  tool.set_title(absl::StrCat("Title of ", name));
  tool.set_description(absl::StrCat("Says \"", name, "\"."));
  tool.set_input_schema_json(R"({"type":"object","properties":{}})");
  tool.set_method(method);
  for (const std::string& tag : tags) tool.add_tags(tag);
  tool.set_read_only(method == tools::v1::Tool::LIST || method == tools::v1::Tool::GET);
  tool.set_destructive(method == tools::v1::Tool::DELETE);
  return tool;
}

// --- Tools
// ----------------------------------------------------------------------------------------

void FakeToolService::SetTools(absl::string_view digest,
                               const std::vector<tools::v1::Tool>& tools) {
  const std::lock_guard lock(mu_);
  catalogue_.Clear();
  catalogue_.set_digest(std::string(digest));
  for (const tools::v1::Tool& tool : tools) *catalogue_.add_tools() = tool;
}

void FakeToolService::SetHandler(Handler handler) {
  const std::lock_guard lock(mu_);
  handler_ = std::move(handler);
}

std::vector<tools::v1::CallToolRequest> FakeToolService::calls() const {
  const std::lock_guard lock(mu_);
  return calls_;
}

grpc::Status FakeToolService::ListTools(grpc::ServerContext*,
                                        const tools::v1::ListToolsRequest* request,
                                        tools::v1::ListToolsResponse* response) {
  const std::lock_guard lock(mu_);
  *response = catalogue_;
  if (request->known_digest() == catalogue_.digest()) response->clear_tools();
  return grpc::Status::OK;
}

grpc::Status FakeToolService::CallTool(grpc::ServerContext* context,
                                       const tools::v1::CallToolRequest* request,
                                       tools::v1::CallToolResponse* response) {
  Handler handler;
  {
    const std::lock_guard lock(mu_);
    calls_.push_back(*request);
    handler = handler_;
  }
  if (!handler) {
    response->set_result_json(R"({"results":[]})");
    return grpc::Status::OK;
  }
  absl::StatusOr<tools::v1::CallToolResponse> result = handler(*request, *context);
  if (!result.ok()) return rpc::ToGrpc(result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

grpc::Status FakeToolService::ListAccountLimits(grpc::ServerContext* /*context*/,
                                                const tools::v1::ListAccountLimitsRequest* request,
                                                tools::v1::ListAccountLimitsResponse* response) {
  if (request->accounts_size() > 0 && request->accounts(0) != "acc_1") return grpc::Status::OK;
  tools::v1::AccountLimits& limits = *response->add_limits();
  limits.set_account("acc_1");
  limits.mutable_rate_limit()->set_limit(100);
  limits.mutable_rate_limit()->set_remaining(7);
  limits.mutable_seen_time()->set_seconds(1'782'907'200);  // 2026-07-01T12:00:00Z
  return grpc::Status::OK;
}

// --- MCP servers
// ----------------------------------------------------------------------------------

void FakeMcpServerService::Put(absl::string_view token, const auth::v1::McpServer& server) {
  const std::lock_guard lock(mu_);
  servers_[Sha256(token)] = server;
}

void FakeMcpServerService::Remove(absl::string_view token) {
  const std::lock_guard lock(mu_);
  servers_.erase(Sha256(token));
}

void FakeMcpServerService::Break(const absl::Status& status) {
  const std::lock_guard lock(mu_);
  broken_ = status;
}

int FakeMcpServerService::resolutions() const {
  const std::lock_guard lock(mu_);
  return resolutions_;
}

grpc::Status FakeMcpServerService::CreateMcpServer(grpc::ServerContext*,
                                                   const auth::v1::CreateMcpServerRequest* request,
                                                   auth::v1::CreateMcpServerResponse* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  const std::string number = absl::StrCat(++created_);
  response->set_token(absl::StrCat(std::string(43 - number.size(), 'T'), number));
  auth::v1::McpServer& server = *response->mutable_mcp_server();
  server.set_id(absl::StrCat("mcp_", number));
  server.set_account(request->account());
  server.set_name(request->name());
  *server.mutable_config() = request->config();
  if (request->has_expire_time()) *server.mutable_expire_time() = request->expire_time();
  servers_[Sha256(response->token())] = server;
  return grpc::Status::OK;
}

grpc::Status FakeMcpServerService::GetMcpServer(grpc::ServerContext*,
                                                const auth::v1::GetMcpServerRequest* request,
                                                auth::v1::McpServer* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (const auto& [token, server] : servers_) {
    if (server.id() != request->id() || server.account() != request->account()) continue;
    *response = server;
    return grpc::Status::OK;
  }
  return rpc::ToGrpc(McpServerNotFound(request->id()));
}

grpc::Status FakeMcpServerService::ListMcpServers(grpc::ServerContext*,
                                                  const auth::v1::ListMcpServersRequest* request,
                                                  auth::v1::ListMcpServersResponse* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (const auto& [token, server] : servers_) {
    if (server.account() == request->account()) *response->add_mcp_servers() = server;
  }
  if (request->page_size() == 1) response->set_next_page_token("next");
  return grpc::Status::OK;
}

auth::v1::UpdateMcpServerRequest FakeMcpServerService::updated() const {
  const std::lock_guard lock(mu_);
  return updated_;
}

auth::v1::RotateMcpServerTokenRequest FakeMcpServerService::rotated() const {
  const std::lock_guard lock(mu_);
  return rotated_;
}

grpc::Status FakeMcpServerService::UpdateMcpServer(grpc::ServerContext*,
                                                   const auth::v1::UpdateMcpServerRequest* request,
                                                   auth::v1::McpServer* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  updated_ = *request;
  for (auto& [token, server] : servers_) {
    if (server.id() != request->id() || server.account() != request->account()) continue;
    server.MergeFrom(request->mcp_server());
    *response = server;
    return grpc::Status::OK;
  }
  return rpc::ToGrpc(McpServerNotFound(request->id()));
}

grpc::Status FakeMcpServerService::RotateMcpServerToken(
    grpc::ServerContext*, const auth::v1::RotateMcpServerTokenRequest* request,
    auth::v1::RotateMcpServerTokenResponse* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  rotated_ = *request;
  for (const auto& [token, server] : servers_) {
    if (server.id() != request->id() || server.account() != request->account()) continue;
    *response->mutable_mcp_server() = server;
    response->set_token(std::string(43, 'R'));
    response->mutable_previous_expire_time()->set_seconds(1'780'000'000);
    servers_[Sha256(response->token())] = response->mcp_server();
    return grpc::Status::OK;
  }
  return rpc::ToGrpc(McpServerNotFound(request->id()));
}

grpc::Status FakeMcpServerService::DeleteMcpServer(grpc::ServerContext*,
                                                   const auth::v1::DeleteMcpServerRequest* request,
                                                   google::protobuf::Empty*) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (auto entry = servers_.begin(); entry != servers_.end(); ++entry) {
    if (entry->second.id() != request->id()) continue;
    servers_.erase(entry);
    return grpc::Status::OK;
  }
  return rpc::ToGrpc(McpServerNotFound(request->id()));
}

grpc::Status FakeMcpServerService::ResolveMcpServer(
    grpc::ServerContext*, const auth::v1::ResolveMcpServerRequest* request,
    auth::v1::ResolvedMcpServer* response) {
  const std::lock_guard lock(mu_);
  ++resolutions_;
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  const auto found = servers_.find(request->token_sha256());
  if (found == servers_.end()) return rpc::ToGrpc(McpTokenInvalid());
  *response->mutable_mcp_server() = found->second;
  return grpc::Status::OK;
}

// --- API keys
// -------------------------------------------------------------------------------------

void FakeApiKeyService::Put(absl::string_view key, auth::v1::ApiKey::Role role) {
  const std::lock_guard lock(mu_);
  auth::v1::ApiKey& stored = keys_[Sha256(key)];
  stored.set_id(absl::StrCat("key_", role));
  stored.set_role(role);
}

void FakeApiKeyService::Remove(absl::string_view key) {
  const std::lock_guard lock(mu_);
  keys_.erase(Sha256(key));
}

grpc::Status FakeApiKeyService::CreateApiKey(grpc::ServerContext*,
                                             const auth::v1::CreateApiKeyRequest* request,
                                             auth::v1::CreateApiKeyResponse* response) {
  const std::lock_guard lock(mu_);
  response->set_key(std::string(43, 'K'));
  auth::v1::ApiKey& key = *response->mutable_api_key();
  key.set_id("key_made");
  key.set_name(request->name());
  key.set_role(request->role());
  if (request->has_expire_time()) *key.mutable_expire_time() = request->expire_time();
  keys_[Sha256(response->key())] = key;
  return grpc::Status::OK;
}

grpc::Status FakeApiKeyService::ListApiKeys(grpc::ServerContext*,
                                            const auth::v1::ListApiKeysRequest*,
                                            auth::v1::ListApiKeysResponse* response) {
  const std::lock_guard lock(mu_);
  for (const auto& [sha256, key] : keys_) *response->add_api_keys() = key;
  return grpc::Status::OK;
}

grpc::Status FakeApiKeyService::DeleteApiKey(grpc::ServerContext*,
                                             const auth::v1::DeleteApiKeyRequest* request,
                                             google::protobuf::Empty*) {
  const std::lock_guard lock(mu_);
  const size_t erased =
      std::erase_if(keys_, [&](const auto& entry) { return entry.second.id() == request->id(); });
  return erased > 0 ? grpc::Status::OK : rpc::ToGrpc(ApiKeyNotFound(request->id()));
}

grpc::Status FakeApiKeyService::ResolveApiKey(grpc::ServerContext*,
                                              const auth::v1::ResolveApiKeyRequest* request,
                                              auth::v1::ApiKey* response) {
  const std::lock_guard lock(mu_);
  const auto found = keys_.find(request->key_sha256());
  if (found == keys_.end()) return rpc::ToGrpc(ApiKeyInvalid());
  *response = found->second;
  return grpc::Status::OK;
}

// --- Accounts
// -------------------------------------------------------------------------------------

void FakeAccountService::Put(const auth::v1::Account& account) {
  const std::lock_guard lock(mu_);
  accounts_[account.id()] = account;
}

auth::v1::CreateAccountRequest FakeAccountService::created() const {
  const std::lock_guard lock(mu_);
  return created_;
}

grpc::Status FakeAccountService::CreateAccount(grpc::ServerContext*,
                                               const auth::v1::CreateAccountRequest* request,
                                               auth::v1::Account* response) {
  const std::lock_guard lock(mu_);
  created_ = *request;
  response->set_id(absl::StrCat("acc_", accounts_.size() + 1));
  response->set_name(request->name());
  response->set_region(request->region());
  response->set_state(auth::v1::Account::ACTIVE);
  accounts_[response->id()] = *response;
  return grpc::Status::OK;
}

grpc::Status FakeAccountService::GetAccount(grpc::ServerContext*,
                                            const auth::v1::GetAccountRequest* request,
                                            auth::v1::Account* response) {
  const std::lock_guard lock(mu_);
  const auto found = accounts_.find(request->id());
  if (found == accounts_.end()) return rpc::ToGrpc(AccountNotFound(request->id()));
  *response = found->second;
  return grpc::Status::OK;
}

grpc::Status FakeAccountService::ListAccounts(grpc::ServerContext*,
                                              const auth::v1::ListAccountsRequest*,
                                              auth::v1::ListAccountsResponse* response) {
  const std::lock_guard lock(mu_);
  for (const auto& [id, account] : accounts_) *response->add_accounts() = account;
  return grpc::Status::OK;
}

auth::v1::ReconnectAccountRequest FakeAccountService::reconnected() const {
  const std::lock_guard lock(mu_);
  return reconnected_;
}

grpc::Status FakeAccountService::UpdateAccount(grpc::ServerContext*,
                                               const auth::v1::UpdateAccountRequest* request,
                                               auth::v1::Account* response) {
  const std::lock_guard lock(mu_);
  const auto found = accounts_.find(request->id());
  if (found == accounts_.end()) return rpc::ToGrpc(AccountNotFound(request->id()));
  found->second.set_name(request->name());
  *response = found->second;
  return grpc::Status::OK;
}

grpc::Status FakeAccountService::ReconnectAccount(grpc::ServerContext*,
                                                  const auth::v1::ReconnectAccountRequest* request,
                                                  auth::v1::Account* response) {
  const std::lock_guard lock(mu_);
  reconnected_ = *request;
  const auto found = accounts_.find(request->id());
  if (found == accounts_.end()) return rpc::ToGrpc(AccountNotFound(request->id()));
  found->second.set_state(auth::v1::Account::ACTIVE);
  *response = found->second;
  return grpc::Status::OK;
}

void FakeAccountService::SetRevoked(bool revoked) {
  const std::lock_guard lock(mu_);
  revoked_ = revoked;
}

grpc::Status FakeAccountService::DeleteAccount(grpc::ServerContext*,
                                               const auth::v1::DeleteAccountRequest* request,
                                               auth::v1::DeleteAccountResponse* response) {
  const std::lock_guard lock(mu_);
  if (accounts_.erase(request->id()) == 0) return rpc::ToGrpc(AccountNotFound(request->id()));
  response->set_revoked(revoked_);
  if (!revoked_) response->set_revoke_error("Zoho does not answer.");
  return grpc::Status::OK;
}

grpc::Status FakeAccountService::ListRegions(grpc::ServerContext*,
                                             const auth::v1::ListRegionsRequest*,
                                             auth::v1::ListRegionsResponse* response) {
  auth::v1::Region& region = *response->add_regions();
  region.set_code("eu");
  region.set_name("European Union");
  region.set_accounts_url("https://accounts.zoho.eu");
  region.set_meeting_url("https://meeting.zoho.eu");
  region.set_connectable(true);
  return grpc::Status::OK;
}

// --- Connecting
// ----------------------------------------------------------------------------------

void FakeConnectService::Fail(const absl::Status& error) {
  const std::lock_guard lock(mu_);
  error_ = error;
}

auth::v1::StartConnectRequest FakeConnectService::started() const {
  const std::lock_guard lock(mu_);
  return started_;
}

auth::v1::CompleteConnectRequest FakeConnectService::completed() const {
  const std::lock_guard lock(mu_);
  return completed_;
}

grpc::Status FakeConnectService::StartConnect(grpc::ServerContext*,
                                              const auth::v1::StartConnectRequest* request,
                                              auth::v1::StartConnectResponse* response) {
  const std::lock_guard lock(mu_);
  if (!error_.ok()) return rpc::ToGrpc(error_);
  started_ = *request;
  response->set_authorization_url("https://accounts.zoho.eu/oauth/v2/auth?state=s");
  response->mutable_expire_time()->set_seconds(1'780'000'000);
  return grpc::Status::OK;
}

grpc::Status FakeConnectService::CompleteConnect(grpc::ServerContext*,
                                                 const auth::v1::CompleteConnectRequest* request,
                                                 auth::v1::CompleteConnectResponse* response) {
  const std::lock_guard lock(mu_);
  completed_ = *request;
  if (!error_.ok()) return rpc::ToGrpc(error_);
  auth::v1::Account& account = *response->mutable_account();
  account.set_id("acc_1");
  account.set_name("<b>Acme</b>");
  account.add_scopes("ZohoMeeting.manageOrg.READ");
  return grpc::Status::OK;
}

grpc::Status FakeConnectService::GetConnectLink(grpc::ServerContext*,
                                                const auth::v1::GetConnectLinkRequest* request,
                                                auth::v1::ConnectLink* response) {
  const std::lock_guard lock(mu_);
  if (!error_.ok()) return rpc::ToGrpc(error_);
  response->set_id("lnk_1");
  response->set_token("link");
  response->set_name(request->name());
  response->mutable_expire_time()->set_seconds(1'780'000'000);
  return grpc::Status::OK;
}

grpc::Status FakeConnectService::OpenConnectLink(grpc::ServerContext*,
                                                 const auth::v1::OpenConnectLinkRequest* request,
                                                 auth::v1::ConnectLink* response) {
  const std::lock_guard lock(mu_);
  if (request->token() != "link") return rpc::ToGrpc(ConnectInvalid("connect link"));
  response->set_id("lnk_1");
  response->set_name("Acme & Sons");
  response->mutable_expire_time()->set_seconds(1'780'000'000);
  return grpc::Status::OK;
}

grpc::Status FakeConnectService::RevokeConnectLink(grpc::ServerContext*,
                                                   const auth::v1::RevokeConnectLinkRequest*,
                                                   google::protobuf::Empty*) {
  return grpc::Status::OK;
}

// --- Audit
// ----------------------------------------------------------------------------------

void FakeAuditService::Break(const absl::Status& status) {
  const std::lock_guard lock(mu_);
  broken_ = status;
}

std::vector<auth::v1::AuditEvent> FakeAuditService::recorded() const {
  const std::lock_guard lock(mu_);
  return recorded_;
}

void FakeAuditService::AwaitCalls(size_t calls) { calls_.WaitForCount(calls); }

void FakeAuditService::AwaitEvents(size_t events) { events_.WaitForCount(events); }

auth::v1::ListAuditEventsRequest FakeAuditService::listed() const {
  const std::lock_guard lock(mu_);
  return listed_;
}

grpc::Status FakeAuditService::RecordEvents(grpc::ServerContext*,
                                            const auth::v1::RecordEventsRequest* request,
                                            google::protobuf::Empty*) {
  const std::lock_guard lock(mu_);
  calls_.Put(true);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (const auth::v1::AuditEvent& event : request->events()) {
    recorded_.push_back(event);
    events_.Put(true);
  }
  return grpc::Status::OK;
}

grpc::Status FakeAuditService::ListAuditEvents(grpc::ServerContext*,
                                               const auth::v1::ListAuditEventsRequest* request,
                                               auth::v1::ListAuditEventsResponse* response) {
  const std::lock_guard lock(mu_);
  listed_ = *request;
  for (auto event = recorded_.rbegin(); event != recorded_.rend(); ++event) {
    *response->add_events() = *event;
  }
  if (request->page_size() == 1) response->set_next_page_token("next");
  return grpc::Status::OK;
}

grpc::Status FakeAuditService::VerifyAudit(grpc::ServerContext*,
                                           const auth::v1::VerifyAuditRequest* request,
                                           auth::v1::VerifyAuditResponse* response) {
  response->set_intact(request->start_sequence() == 0);
  response->set_broken_sequence(request->start_sequence());
  return grpc::Status::OK;
}

grpc::Status FakeAuditService::ListUsage(grpc::ServerContext*, const auth::v1::ListUsageRequest*,
                                         auth::v1::ListUsageResponse* response) {
  auth::v1::Usage& usage = *response->add_usage();
  usage.set_date("2026-11-25");
  usage.set_tool("list_users");
  usage.set_calls(2);
  usage.mutable_total_duration()->set_seconds(1);
  return grpc::Status::OK;
}

// --- Clients
// --------------------------------------------------------------------------------------

void FakeClientService::Break(const absl::Status& status) {
  const std::lock_guard lock(mu_);
  broken_ = status;
}

std::vector<auth::v1::Client> FakeClientService::recorded() const {
  const std::lock_guard lock(mu_);
  return recorded_;
}

void FakeClientService::AwaitCalls(size_t calls) { calls_.WaitForCount(calls); }

void FakeClientService::AwaitClients(size_t clients) { clients_.WaitForCount(clients); }

grpc::Status FakeClientService::RecordClients(grpc::ServerContext*,
                                              const auth::v1::RecordClientsRequest* request,
                                              google::protobuf::Empty*) {
  const std::lock_guard lock(mu_);
  calls_.Put(true);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (const auth::v1::Client& client : request->clients()) {
    recorded_.push_back(client);
    clients_.Put(true);
  }
  return grpc::Status::OK;
}

grpc::Status FakeClientService::ListClients(grpc::ServerContext*,
                                            const auth::v1::ListClientsRequest*,
                                            auth::v1::ListClientsResponse* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (const auth::v1::Client& client : recorded_) *response->add_clients() = client;
  return grpc::Status::OK;
}

// --- Approvals
// --------------------------------------------------------------------------------------

void FakeApprovalService::Break(const absl::Status& status) {
  const std::lock_guard lock(mu_);
  broken_ = status;
}

std::vector<auth::v1::Approval> FakeApprovalService::approvals() const {
  const std::lock_guard lock(mu_);
  return approvals_;
}

auth::v1::ListApprovalsRequest FakeApprovalService::listed() const {
  const std::lock_guard lock(mu_);
  return listed_;
}

auth::v1::Approval* FakeApprovalService::Find(const std::string& id) {
  for (auth::v1::Approval& approval : approvals_) {
    if (approval.id() == id) return &approval;
  }
  return nullptr;
}

grpc::Status FakeApprovalService::ClaimApproval(grpc::ServerContext*,
                                                const auth::v1::ClaimApprovalRequest* request,
                                                auth::v1::Approval* response) {
  using auth::v1::Approval;
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  for (Approval& approval : approvals_) {
    if (approval.mcp_server() != request->mcp_server() || approval.tool() != request->tool() ||
        approval.arguments_sha256() != request->arguments_sha256() ||
        approval.state() == Approval::USED) {
      continue;
    }
    if (approval.state() == Approval::APPROVED) approval.set_state(Approval::USED);
    *response = approval;
    return grpc::Status::OK;
  }
  Approval& approval = approvals_.emplace_back();
  approval.set_id(absl::StrCat("apr_", approvals_.size()));
  approval.set_account(request->account());
  approval.set_mcp_server(request->mcp_server());
  approval.set_tool(request->tool());
  approval.set_arguments_sha256(request->arguments_sha256());
  approval.set_arguments(request->arguments());
  approval.set_state(Approval::PENDING);
  approval.mutable_expire_time()->set_seconds(1'780'000'000);
  *response = approval;
  return grpc::Status::OK;
}

grpc::Status FakeApprovalService::AnswerApproval(grpc::ServerContext*,
                                                 const auth::v1::AnswerApprovalRequest* request,
                                                 auth::v1::Approval* response) {
  using auth::v1::Approval;
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  Approval* approval = Find(request->id());
  if (approval == nullptr || approval->mcp_server() != request->mcp_server() ||
      approval->tool() != request->tool() ||
      approval->arguments_sha256() != request->arguments_sha256()) {
    return rpc::ToGrpc(ApprovalNotFound(request->id()));
  }
  if (approval->state() != Approval::PENDING && approval->state() != Approval::APPROVED) {
    return rpc::ToGrpc(ApprovalClosed(request->id(), "used"));
  }
  approval->set_state(request->approved() ? Approval::USED : Approval::DENIED);
  *response = *approval;
  return grpc::Status::OK;
}

grpc::Status FakeApprovalService::DecideApproval(grpc::ServerContext*,
                                                 const auth::v1::DecideApprovalRequest* request,
                                                 auth::v1::Approval* response) {
  using auth::v1::Approval;
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  Approval* approval = Find(request->id());
  if (approval == nullptr) return rpc::ToGrpc(ApprovalNotFound(request->id()));
  if (approval->state() != Approval::PENDING) {
    return rpc::ToGrpc(ApprovalClosed(request->id(), "used"));
  }
  approval->set_state(request->approved() ? Approval::APPROVED : Approval::DENIED);
  *response = *approval;
  return grpc::Status::OK;
}

grpc::Status FakeApprovalService::GetApproval(grpc::ServerContext*,
                                              const auth::v1::GetApprovalRequest* request,
                                              auth::v1::Approval* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  const auth::v1::Approval* approval = Find(request->id());
  if (approval == nullptr) return rpc::ToGrpc(ApprovalNotFound(request->id()));
  *response = *approval;
  return grpc::Status::OK;
}

grpc::Status FakeApprovalService::ListApprovals(grpc::ServerContext*,
                                                const auth::v1::ListApprovalsRequest* request,
                                                auth::v1::ListApprovalsResponse* response) {
  const std::lock_guard lock(mu_);
  if (!broken_.ok()) return rpc::ToGrpc(broken_);
  listed_ = *request;
  for (const auth::v1::Approval& approval : approvals_) *response->add_approvals() = approval;
  return grpc::Status::OK;
}

// --- Both
// -----------------------------------------------------------------------------------------

FakeBackends::FakeBackends()
    : auth_listener_(
          Listen({&mcp_servers, &api_keys, &accounts, &connect, &audit, &clients, &approvals})),
      proxy_listener_(Listen({&tools})) {}

std::shared_ptr<grpc::Channel> FakeBackends::auth() const {
  return rpc::MakeLoopbackChannel(auth_listener_->address());
}

std::shared_ptr<grpc::Channel> FakeBackends::zoho_proxy() const {
  return rpc::MakeLoopbackChannel(proxy_listener_->address());
}

}  // namespace mesh::edge
