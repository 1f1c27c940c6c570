#include "services/auth/mcp_server_service.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/auth/field_rules.h"

namespace mesh::auth {
namespace {

constexpr absl::Duration kUsualGrace = absl::Hours(24);
constexpr absl::Duration kLongestGrace = absl::Hours(24 * 30);

absl::StatusOr<absl::Duration> GraceOf(const v1::RotateMcpServerTokenRequest& request) {
  const absl::Duration grace = request.has_grace() ? rpc::DurationOf(request.grace()) : kUsualGrace;
  if (grace < absl::ZeroDuration() || grace > kLongestGrace) {
    return FieldInvalid("grace", "must lie between 0 and 30 days", "86400s");
  }
  return grace;
}

// Lays what `mask` names in `values` over `server`.
absl::Status Apply(const v1::McpServer& values, const google::protobuf::FieldMask& mask,
                   absl::Time now, v1::McpServer& server) {
  if (mask.paths().empty()) {
    return FieldInvalid("update_mask", "must name at least one field", "name");
  }
  v1::McpServerConfig& config = *server.mutable_config();
  for (const std::string& path : mask.paths()) {
    if (path == "name") {
      RETURN_IF_ERROR(CheckName("name", values.name()));
      server.set_name(values.name());
    } else if (path == "config") {
      config = values.config();
    } else if (path == "config.methods") {
      *config.mutable_methods() = values.config().methods();
    } else if (path == "config.tags") {
      *config.mutable_tags() = values.config().tags();
    } else if (path == "config.require_api_token_auth") {
      config.set_require_api_token_auth(values.config().require_api_token_auth());
    } else if (path == "config.reveal_secrets") {
      config.set_reveal_secrets(values.config().reveal_secrets());
    } else if (path == "config.approval") {
      config.set_approval(values.config().approval());
    } else if (path == "expire_time" && !values.has_expire_time()) {
      server.clear_expire_time();
    } else if (path == "expire_time") {
      ASSIGN_OR_RETURN(const absl::Time time, CheckExpireTime(values.expire_time(), now));
      *server.mutable_expire_time() = rpc::TimestampOf(time);
    } else {
      return FieldInvalid("update_mask",
                          absl::StrCat("names `", path, "`, which is no field that can be changed"),
                          "config.methods");
    }
  }
  ASSIGN_OR_RETURN(config, CheckConfig(config));
  return absl::OkStatus();
}

// The rights are what an auditor asks for.
void DescribeServer(const v1::McpServer& server, AuditSubject& subject) {
  const v1::McpServerConfig& config = server.config();
  subject.mcp_server = server.id();
  subject.details["name"] = server.name();
  subject.details["methods"] = absl::StrJoin(config.methods(), ",");
  subject.details["tags"] = absl::StrJoin(config.tags(), ",");
  subject.details["require_api_token_auth"] = config.require_api_token_auth() ? "yes" : "no";
  subject.details["reveal_secrets"] = config.reveal_secrets() ? "yes" : "no";
  subject.details["approval"] =
      absl::AsciiStrToLower(v1::McpServerConfig::Approval_Name(config.approval()));
}

}  // namespace

grpc::ServerUnaryReactor* McpServerService::CreateMcpServer(
    grpc::CallbackServerContext* call, const v1::CreateMcpServerRequest* request,
    v1::CreateMcpServerResponse* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("CreateMcpServer"), call, request, response,
      [this](const CallContext& c, const v1::CreateMcpServerRequest& r) {
        return Audited(
            audit_, c, {.action = "mcp_server.create", .account = r.account()},
            [&] { return Create(c, r); },
            [](const v1::CreateMcpServerResponse& response, AuditSubject& subject) {
              DescribeServer(response.mcp_server(), subject);
            });
      });
}

grpc::ServerUnaryReactor* McpServerService::GetMcpServer(grpc::CallbackServerContext* call,
                                                         const v1::GetMcpServerRequest* request,
                                                         v1::McpServer* response) {
  return rpc::HandleOnPool(pool_, rpc_metrics_.Of("GetMcpServer"), call, request, response,
                           [this](const CallContext&, const v1::GetMcpServerRequest& r) {
                             return store_.Get(r.account(), r.id(), clock_.Now());
                           });
}

grpc::ServerUnaryReactor* McpServerService::ListMcpServers(grpc::CallbackServerContext* call,
                                                           const v1::ListMcpServersRequest* request,
                                                           v1::ListMcpServersResponse* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("ListMcpServers"), call, request, response,
      [this](const CallContext&, const v1::ListMcpServersRequest& r) { return List(r); });
}

grpc::ServerUnaryReactor* McpServerService::UpdateMcpServer(
    grpc::CallbackServerContext* call, const v1::UpdateMcpServerRequest* request,
    v1::McpServer* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("UpdateMcpServer"), call, request, response,
      [this](const CallContext& c, const v1::UpdateMcpServerRequest& r) {
        return Audited(
            audit_, c,
            {.action = "mcp_server.update",
             .account = r.account(),
             .mcp_server = r.id(),
             .details = {{"fields", absl::StrJoin(r.update_mask().paths(), ",")}}},
            [&] { return Update(c, r); }, DescribeServer);
      });
}

grpc::ServerUnaryReactor* McpServerService::RotateMcpServerToken(
    grpc::CallbackServerContext* call, const v1::RotateMcpServerTokenRequest* request,
    v1::RotateMcpServerTokenResponse* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("RotateMcpServerToken"), call, request, response,
      [this](const CallContext& c, const v1::RotateMcpServerTokenRequest& r) {
        return Audited(
            audit_, c,
            {.action = "mcp_server.rotate", .account = r.account(), .mcp_server = r.id()},
            [&] { return Rotate(c, r); });
      });
}

grpc::ServerUnaryReactor* McpServerService::DeleteMcpServer(
    grpc::CallbackServerContext* call, const v1::DeleteMcpServerRequest* request,
    google::protobuf::Empty* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("DeleteMcpServer"), call, request, response,
      [this](const CallContext& c, const v1::DeleteMcpServerRequest& r) {
        return Audited(
            audit_, c,
            {.action = "mcp_server.delete", .account = r.account(), .mcp_server = r.id()},
            [&] { return Delete(c, r); });
      });
}

grpc::ServerUnaryReactor* McpServerService::ResolveMcpServer(
    grpc::CallbackServerContext* call, const v1::ResolveMcpServerRequest* request,
    v1::ResolvedMcpServer* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("ResolveMcpServer"), call, request, response,
      [this](const CallContext&, const v1::ResolveMcpServerRequest& r) { return Resolve(r); });
}

absl::StatusOr<v1::CreateMcpServerResponse> McpServerService::Create(
    const CallContext& context, const v1::CreateMcpServerRequest& request) {
  const absl::Time now = StoredTime(clock_.Now());
  RETURN_IF_ERROR(CheckName("name", request.name()));
  v1::CreateMcpServerResponse response;
  v1::McpServer& server = *response.mutable_mcp_server();
  ASSIGN_OR_RETURN(*server.mutable_config(), CheckConfig(request.config()));
  if (request.has_expire_time()) {
    ASSIGN_OR_RETURN(const absl::Time expire_time, CheckExpireTime(request.expire_time(), now));
    *server.mutable_expire_time() = rpc::TimestampOf(expire_time);
  }
  server.set_id(RandomId("mcp_"));
  server.set_account(request.account());
  server.set_name(request.name());
  *server.mutable_create_time() = rpc::TimestampOf(now);
  *server.mutable_update_time() = rpc::TimestampOf(now);

  const Secret token = RandomToken();
  RETURN_IF_ERROR(store_.Insert(server, Sha256(token.Reveal())));
  response.set_token(std::string(token.Reveal()));
  LogInfo("MCP server created", {{"request_id", context.request_id},
                                 {"account", server.account()},
                                 {"mcp_server", server.id()}});
  return response;
}

absl::StatusOr<v1::ListMcpServersResponse> McpServerService::List(
    const v1::ListMcpServersRequest& request) {
  const std::string list = absl::StrCat("mcp_servers ", request.account());
  ASSIGN_OR_RETURN(const PageRequest wanted,
                   ReadPageRequest(list, request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(Page<v1::McpServer> page, store_.List(request.account(), wanted, clock_.Now()));
  v1::ListMcpServersResponse response;
  for (v1::McpServer& server : page.items) *response.add_mcp_servers() = std::move(server);
  if (page.next.has_value()) response.set_next_page_token(FormatPageToken(list, *page.next));
  return response;
}

absl::StatusOr<v1::McpServer> McpServerService::Update(const CallContext& context,
                                                       const v1::UpdateMcpServerRequest& request) {
  const absl::Time now = StoredTime(clock_.Now());
  ASSIGN_OR_RETURN(v1::McpServer server,
                   store_.Update(request.account(), request.id(), now, [&](v1::McpServer& server) {
                     return Apply(request.mcp_server(), request.update_mask(), now, server);
                   }));
  LogInfo("MCP server updated", {{"request_id", context.request_id},
                                 {"account", server.account()},
                                 {"mcp_server", server.id()},
                                 {"fields", absl::StrJoin(request.update_mask().paths(), ",")}});
  return server;
}

absl::StatusOr<v1::RotateMcpServerTokenResponse> McpServerService::Rotate(
    const CallContext& context, const v1::RotateMcpServerTokenRequest& request) {
  const absl::Time now = StoredTime(clock_.Now());
  ASSIGN_OR_RETURN(const absl::Duration grace, GraceOf(request));
  const Secret token = RandomToken();
  v1::RotateMcpServerTokenResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_mcp_server(),
      store_.Rotate(request.account(), request.id(), Sha256(token.Reveal()), now + grace, now));
  response.set_token(std::string(token.Reveal()));
  *response.mutable_previous_expire_time() = rpc::TimestampOf(now + grace);
  LogInfo("MCP server token rotated", {{"request_id", context.request_id},
                                       {"account", request.account()},
                                       {"mcp_server", request.id()},
                                       {"grace_seconds", grace}});
  return response;
}

absl::StatusOr<google::protobuf::Empty> McpServerService::Delete(
    const CallContext& context, const v1::DeleteMcpServerRequest& request) {
  RETURN_IF_ERROR(store_.Delete(request.account(), request.id(), clock_.Now()));
  LogInfo("MCP server deleted", {{"request_id", context.request_id},
                                 {"account", request.account()},
                                 {"mcp_server", request.id()}});
  return google::protobuf::Empty();
}

absl::StatusOr<v1::ResolvedMcpServer> McpServerService::Resolve(
    const v1::ResolveMcpServerRequest& request) {
  RETURN_IF_ERROR(CheckDigest("token_sha256", request.token_sha256()));
  absl::StatusOr<v1::ResolvedMcpServer> resolved =
      store_.Resolve(request.token_sha256(), clock_.Now());
  if (resolved.ok()) metrics_.mcp_tokens_resolved.Increment();
  if (absl::IsUnauthenticated(resolved.status())) metrics_.mcp_tokens_refused.Increment();
  return resolved;
}

}  // namespace mesh::auth
