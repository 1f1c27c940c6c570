#include "services/mcp_frontend/resources.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/rpc/proto_time.h"
#include "edge/policy.h"
#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::frontend {
namespace {

using mcp::JsonString;
using nlohmann::json;

constexpr absl::string_view kToolUriPrefix = "zoho-meeting://tools/";

constexpr char kJson[] = "application/json";

void AppendResource(std::string& out, absl::string_view uri, absl::string_view name,
                    absl::string_view title, absl::string_view description,
                    absl::string_view mime_type) {
  absl::StrAppend(&out, R"({"uri":)", JsonString(uri), R"(,"name":)", JsonString(name),
                  R"(,"title":)", JsonString(title), R"(,"description":)", JsonString(description),
                  R"(,"mimeType":)", JsonString(mime_type), "}");
}

const char* StateName(auth::v1::Account::State state) {
  return state == auth::v1::Account::REAUTHORIZATION_REQUIRED ? "reauthorization_required"
                                                              : "active";
}

std::string TypeName(const json& schema) {
  const auto type = schema.find("type");
  if (type == schema.end()) return "any";
  if (type->is_string()) return type->get<std::string>();
  std::vector<std::string> names;
  for (const json& name : *type) {
    if (name.is_string()) names.push_back(name.get<std::string>());
  }
  return absl::StrJoin(names, " or ");
}

// In a cell of a table.
std::string Cell(const std::string& text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}});
}

}  // namespace

std::optional<absl::string_view> ToolOfUri(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, kToolUriPrefix) || uri.empty()) return std::nullopt;
  return uri;
}

std::string ResourceListMembers(const edge::Catalogue& catalogue,
                                const auth::v1::McpServerConfig& config) {
  std::string out = R"("resources":[)";
  AppendResource(out, kAccountUri, "account", "Account overview",
                 "The connected Zoho Meeting organisation: region, whose grant it is, and what "
                 "this server may do.",
                 kJson);
  out += ",";
  AppendResource(out, kRegionsUri, "regions", "Regions", "The data centres of Zoho by code.",
                 kJson);
  for (const tools::v1::Tool& tool : catalogue.tools()) {
    if (!edge::Allows(config, tool)) continue;
    out += ",";
    AppendResource(out, absl::StrCat(kToolUriPrefix, tool.name()), tool.name(), tool.title(),
                   absl::StrCat("Documentation of the tool ", tool.name(), "."), "text/markdown");
  }
  out += "]";
  return out;
}

std::string ResourceTemplateMembers() {
  return absl::StrCat(R"("resourceTemplates":[{"uriTemplate":)", JsonString(kToolUriTemplate),
                      R"(,"name":"tool","title":"Documentation of a tool",)",
                      R"("description":"What a tool does, its arguments, and what a call needs.",)",
                      R"("mimeType":"text/markdown"}])");
}

std::string ContentMembers(absl::string_view uri, absl::string_view mime_type,
                           absl::string_view text) {
  return absl::StrCat(R"("contents":[{"uri":)", JsonString(uri), R"(,"mimeType":)",
                      JsonString(mime_type), R"(,"text":)", JsonString(text), "}]");
}

std::string AccountOverview(const auth::v1::Account& account, const auth::v1::McpServer& server,
                            const edge::Catalogue& catalogue) {
  json tools = json::array();
  for (const tools::v1::Tool& tool : catalogue.tools()) {
    if (edge::Allows(server.config(), tool)) tools.push_back(tool.name());
  }
  const auto& config = server.config();
  json overview = {
      {"account",
       {{"name", account.name()},
        {"state", StateName(account.state())},
        {"region", account.region()},
        {"organization_id", account.organization_id()},
        {"user_email", account.user_email()},
        {"organization_admin", account.organization_admin()},
        {"scopes", std::vector<std::string>(account.scopes().begin(), account.scopes().end())}}},
      {"mcp_server",
       {{"name", server.name()},
        {"methods", std::vector<std::string>(config.methods().begin(), config.methods().end())},
        {"tags", std::vector<std::string>(config.tags().begin(), config.tags().end())},
        {"require_api_token_auth", config.require_api_token_auth()},
        {"reveal_secrets", config.reveal_secrets()},
        {"tools", std::move(tools)}}}};
  overview["mcp_server"]["expires_at"] = nullptr;
  if (server.has_expire_time()) {
    overview["mcp_server"]["expires_at"] =
        absl::FormatTime(absl::RFC3339_sec, rpc::TimeOf(server.expire_time()), absl::UTCTimeZone());
  }
  return overview.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string RegionsOverview(const auth::v1::ListRegionsResponse& regions) {
  json list = json::array();
  for (const auth::v1::Region& region : regions.regions()) {
    list.push_back({{"code", region.code()},
                    {"name", region.name()},
                    {"accounts_url", region.accounts_url()},
                    {"meeting_url", region.meeting_url()}});
  }
  return json({{"regions", std::move(list)}}).dump();
}

std::string ToolDocumentation(const tools::v1::Tool& tool) {
  std::string out =
      absl::StrCat("# ", tool.title(), "\n\n`", tool.name(), "`\n\n", tool.description(), "\n");
  const json schema = json::parse(tool.input_schema_json(), nullptr, /*allow_exceptions=*/false);
  const json none = json::object();
  const json& properties =
      schema.is_object() && schema.contains("properties") ? schema["properties"] : none;
  if (!properties.empty()) {
    const json required = schema.contains("required") ? schema["required"] : json(json::array());
    out += "\n## Arguments\n\n| name | type | required | |\n|---|---|---|---|\n";
    for (const auto& [name, property] : properties.items()) {
      absl::StrAppend(&out, "| `", name, "` | ", TypeName(property), " | ",
                      absl::c_linear_search(required, json(name)) ? "yes" : "no", " | ",
                      Cell(property.value("description", "")), " |\n");
    }
  }
  absl::StrAppend(
      &out, "\n## What it does\n\n", tool.read_only() ? "It only reads." : "It changes something.",
      tool.destructive() ? " It may change or remove what is there." : "",
      tool.open_world() ? " Its effects reach people outside of this account." : "", "\n");
  if (!tool.tags().empty()) {
    absl::StrAppend(&out, "\nTags: ", absl::StrJoin(tool.tags(), ", "), "\n");
  }
  if (!tool.scopes().empty()) {
    absl::StrAppend(&out, "\nOAuth scopes at Zoho: ", absl::StrJoin(tool.scopes(), ", "), "\n");
  }
  return out;
}

}  // namespace mesh::frontend
