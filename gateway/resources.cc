#include "gateway/resources.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "edge/policy.h"
#include "gateway/fields.h"
#include "gateway/scopes.h"

namespace mesh::gateway {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kThirtyDaysInSeconds = int64_t{30} * 24 * 60 * 60;

template <typename Strings>
Json List(const Strings& strings) {
  Json list = Json::array();
  for (const std::string& item : strings) list.push_back(item);
  return list;
}

// The schema as JSON of its own. The catalogue only holds what parses.
Json Schema(const std::string& text) {
  return text.empty() ? Json() : Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

auth::v1::McpServerConfig ReadConfig(const nlohmann::json& json, Fields& parent) {
  Fields fields(json, "config.");
  auth::v1::McpServerConfig config;
  for (std::string& method : fields.Strings("methods")) {
    if (!edge::IsMethodWord(method)) {
      fields.Fail(absl::StrCat("methods[", config.methods_size(), "]"),
                  absl::StrCat("must be one of ", edge::MethodWords()), R"(["read"])");
    }
    config.add_methods(std::move(method));
  }
  for (std::string& tag : fields.Strings("tags")) {
    if (tag.empty()) {
      fields.Fail(absl::StrCat("tags[", config.tags_size(), "]"), "must not be empty",
                  R"(["users"])");
    }
    config.add_tags(std::move(tag));
  }
  config.set_require_api_token_auth(fields.Bool("require_api_token_auth").value_or(false));
  config.set_reveal_secrets(fields.Bool("reveal_secrets").value_or(false));
  if (const std::optional<std::string> approval = fields.String("approval")) {
    auth::v1::McpServerConfig::Approval value = auth::v1::McpServerConfig::NONE;
    if (*approval != absl::AsciiStrToLower(*approval) ||
        !auth::v1::McpServerConfig::Approval_Parse(absl::AsciiStrToUpper(*approval), &value)) {
      fields.Fail("approval", "must be none, write or destructive", R"("write")");
    }
    config.set_approval(value);
  }
  parent.Fail(fields.Finish());
  return config;
}

// Sets the credential of a request to connect or to reconnect.
template <typename Request>
void ReadCredential(Fields& fields, Request& request) {
  std::optional<std::string> refresh_token = fields.String("refresh_token");
  std::optional<std::string> grant_code = fields.String("grant_code");
  if (refresh_token.has_value() == grant_code.has_value()) {
    fields.Fail("refresh_token", "or `grant_code` must be given, and not both");
  } else if (refresh_token.has_value()) {
    request.set_refresh_token(*std::move(refresh_token));
  } else {
    request.set_grant_code(*std::move(grant_code));
  }
}

// Sets what a request to connect is to connect.
template <typename Request>
void ReadTarget(Fields& fields, Request& request) {
  request.set_name(fields.String("name").value_or(""));
  request.set_account(fields.String("account").value_or(""));
  request.set_region(fields.String("region").value_or(""));
}

// Of a body that holds nothing else, and may be empty.
template <typename Request>
absl::Status ReadTarget(absl::string_view body, Request& request) {
  if (body.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  ReadTarget(fields, request);
  return fields.Finish();
}

}  // namespace

std::string TimeText(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", rpc::TimeOf(timestamp), absl::UTCTimeZone());
}

Json ToJson(const auth::v1::TokenUsage& usage) {
  return {{"refreshes", usage.refreshes()},
          {"refresh_ceiling", usage.refresh_ceiling()},
          {"zoho_refresh_limit", usage.zoho_refresh_limit()},
          {"window_seconds", usage.window().seconds()},
          {"next_refresh_at",
           usage.has_next_refresh_time() ? Json(TimeText(usage.next_refresh_time())) : Json()},
          {"live_access_tokens", usage.live_access_tokens()},
          {"live_access_token_limit", usage.live_access_token_limit()},
          {"refresh_tokens", usage.refresh_tokens()},
          {"refresh_token_limit", usage.refresh_token_limit()},
          {"warnings", List(usage.warnings())}};
}

Json ToJson(const auth::v1::Account& account) {
  Json json = {{"id", account.id()},
               {"name", account.name()},
               {"state", absl::AsciiStrToLower(auth::v1::Account::State_Name(account.state()))},
               {"region", account.region()},
               {"organization_id", account.organization_id()},
               {"user_id", account.user_id()},
               {"user_email", account.user_email()},
               {"organization_admin", account.organization_admin()},
               {"scopes", List(account.scopes())},
               {"created_at", TimeText(account.create_time())},
               {"updated_at", TimeText(account.update_time())}};
  if (!account.grant_region().empty()) json["grant_region"] = account.grant_region();
  if (account.has_token_usage()) json["token_usage"] = ToJson(account.token_usage());
  return json;
}

Json AccountJson(const auth::v1::Account& account, const edge::Catalogue* catalogue) {
  Json json = ToJson(account);
  json["missing_scopes"] = Json();
  if (catalogue == nullptr || account.scopes().empty()) return json;
  Json missing = Json::array();
  for (const MissingScope& scope : MissingScopes(account, catalogue->tools())) {
    missing.push_back({{"scope", scope.scope}, {"tools", List(scope.tools)}});
  }
  json["missing_scopes"] = std::move(missing);
  return json;
}

Json ToJson(const auth::v1::RegionFinding& finding) {
  return {{"region", finding.region()},
          {"state", absl::AsciiStrToLower(auth::v1::RegionFinding::State_Name(finding.state()))},
          {"accounts_url", finding.accounts_url()},
          {"zoho_accounts_url",
           finding.zoho_accounts_url().empty() ? Json() : Json(finding.zoho_accounts_url())},
          {"reachable", finding.reachable()},
          {"error", finding.error().empty() ? Json() : Json(finding.error())}};
}

Json ToJson(const auth::v1::ApiKey& key) {
  return {{"id", key.id()},
          {"name", key.name()},
          {"role", absl::AsciiStrToLower(auth::v1::ApiKey::Role_Name(key.role()))},
          {"bootstrap", key.bootstrap()},
          {"expires_at", key.has_expire_time() ? Json(TimeText(key.expire_time())) : Json()},
          {"last_used_at", key.has_last_use_time() ? Json(TimeText(key.last_use_time())) : Json()},
          {"created_at", TimeText(key.create_time())}};
}

Json ToJson(const auth::v1::McpServer& server) {
  const auth::v1::McpServerConfig& config = server.config();
  return {{"id", server.id()},
          {"name", server.name()},
          {"config",
           {{"methods", List(config.methods())},
            {"tags", List(config.tags())},
            {"require_api_token_auth", config.require_api_token_auth()},
            {"reveal_secrets", config.reveal_secrets()},
            {"approval",
             absl::AsciiStrToLower(auth::v1::McpServerConfig::Approval_Name(config.approval()))}}},
          {"expires_at", server.has_expire_time() ? Json(TimeText(server.expire_time())) : Json()},
          {"created_at", TimeText(server.create_time())},
          {"updated_at", TimeText(server.update_time())}};
}

Json ToJson(const auth::v1::Region& region) {
  return {{"code", region.code()},
          {"name", region.name()},
          {"accounts_url", region.accounts_url()},
          {"meeting_url", region.meeting_url()},
          {"connectable", region.connectable()}};
}

Json ToJson(const tools::v1::Tool& tool) {
  return {{"name", tool.name()},
          {"title", tool.title()},
          {"description", tool.description()},
          {"method", absl::AsciiStrToLower(tools::v1::Tool::Method_Name(tool.method()))},
          {"tags", List(tool.tags())},
          {"scopes", List(tool.scopes())},
          {"read_only", tool.read_only()},
          {"destructive", tool.destructive()},
          {"idempotent", tool.idempotent()},
          {"open_world", tool.open_world()},
          {"input_schema", Schema(tool.input_schema_json())},
          {"output_schema", Schema(tool.output_schema_json())}};
}

absl::StatusOr<auth::v1::CreateAccountRequest> ReadCreateAccount(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::CreateAccountRequest request;
  request.set_name(fields.String("name").value_or(""));
  request.set_region(fields.RequiredString("region"));
  ReadCredential(fields, request);
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::StatusOr<auth::v1::CreateMcpServerRequest> ReadCreateMcpServer(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::CreateMcpServerRequest request;
  request.set_name(fields.RequiredString("name"));
  if (const nlohmann::json* config = fields.Object("config"); config != nullptr) {
    *request.mutable_config() = ReadConfig(*config, fields);
  }
  // Accepted at either place; asking for it at one is asking for it.
  if (fields.Bool("require_api_token_auth").value_or(false)) {
    request.mutable_config()->set_require_api_token_auth(true);
  }
  if (const std::optional<absl::Time> expires_at = fields.Time("expires_at")) {
    *request.mutable_expire_time() = rpc::TimestampOf(*expires_at);
  }
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::StatusOr<auth::v1::CreateApiKeyRequest> ReadCreateApiKey(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::CreateApiKeyRequest request;
  request.set_name(fields.RequiredString("name"));
  const std::string role = fields.RequiredString("role");
  auth::v1::ApiKey::Role value = auth::v1::ApiKey::ROLE_UNSPECIFIED;
  if (role != absl::AsciiStrToLower(role) ||
      !auth::v1::ApiKey::Role_Parse(absl::AsciiStrToUpper(role), &value) ||
      value == auth::v1::ApiKey::ROLE_UNSPECIFIED) {
    fields.Fail("role", "must be admin, operator or viewer", "viewer");
  }
  request.set_role(value);
  if (const std::optional<absl::Time> expires_at = fields.Time("expires_at")) {
    *request.mutable_expire_time() = rpc::TimestampOf(*expires_at);
  }
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::Status ReadConnectTarget(absl::string_view body, auth::v1::StartConnectRequest& request) {
  return ReadTarget(body, request);
}

absl::Status ReadConnectTarget(absl::string_view body,
                               auth::v1::StartDeviceConnectRequest& request) {
  return ReadTarget(body, request);
}

absl::StatusOr<auth::v1::GetConnectLinkRequest> ReadGetConnectLink(absl::string_view body) {
  auth::v1::GetConnectLinkRequest request;
  if (body.empty()) return request;
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  ReadTarget(fields, request);
  if (const auto lifetime = fields.Integer("expires_in_seconds", 60, kThirtyDaysInSeconds)) {
    request.mutable_lifetime()->set_seconds(*lifetime);
  }
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::StatusOr<auth::v1::PollDeviceConnectRequest> ReadPollDeviceConnect(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::PollDeviceConnectRequest request;
  request.set_handle(fields.RequiredString("handle"));
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::StatusOr<auth::v1::UpdateAccountRequest> ReadUpdateAccount(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::UpdateAccountRequest request;
  request.set_name(fields.RequiredString("name"));
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::StatusOr<auth::v1::ReconnectAccountRequest> ReadReconnectAccount(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::ReconnectAccountRequest request;
  request.set_region(fields.String("region").value_or(""));
  ReadCredential(fields, request);
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

absl::StatusOr<auth::v1::UpdateMcpServerRequest> ReadUpdateMcpServer(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  auth::v1::UpdateMcpServerRequest request;
  auth::v1::McpServer& server = *request.mutable_mcp_server();
  google::protobuf::FieldMask& mask = *request.mutable_update_mask();
  if (fields.Has("name")) {
    server.set_name(fields.RequiredString("name"));
    mask.add_paths("name");
  }
  if (const nlohmann::json* config = fields.Object("config"); config != nullptr) {
    *server.mutable_config() = ReadConfig(*config, fields);
    for (const auto& [name, value] : config->items()) mask.add_paths(absl::StrCat("config.", name));
  }
  if (const std::optional<bool> second_factor = fields.Bool("require_api_token_auth")) {
    server.mutable_config()->set_require_api_token_auth(*second_factor);
    mask.add_paths("config.require_api_token_auth");
  }
  if (const std::optional<absl::Time> expires_at = fields.Time("expires_at")) {
    *server.mutable_expire_time() = rpc::TimestampOf(*expires_at);
  }
  if (fields.Has("expires_at")) mask.add_paths("expire_time");
  RETURN_IF_ERROR(fields.Finish());
  if (mask.paths().empty()) {
    return FieldInvalid("body", "must hold at least one of name, config, expires_at",
                        R"({"name": "Worker"})");
  }
  return request;
}

absl::StatusOr<auth::v1::RotateMcpServerTokenRequest> ReadRotate(absl::string_view body) {
  auth::v1::RotateMcpServerTokenRequest request;
  if (body.empty()) return request;
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  if (const auto grace = fields.Integer("grace_seconds", 0, kThirtyDaysInSeconds)) {
    request.mutable_grace()->set_seconds(*grace);
  }
  RETURN_IF_ERROR(fields.Finish());
  return request;
}

}  // namespace mesh::gateway
