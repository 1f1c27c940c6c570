#include "services/mcp_frontend/mcp/modern.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/legacy.h"
#include "services/mcp_frontend/mcp/methods.h"
#include "services/mcp_frontend/mcp/standard_headers.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {
namespace {

// What a server can do changes with its version alone.
constexpr absl::Duration kKeepDiscovery = absl::Minutes(5);

std::string ServerInfoMember(const ServerInfo& info) {
  return absl::StrCat(R"("io.modelcontextprotocol/serverInfo":{"name":)", JsonString(info.name),
                      R"(,"title":)", JsonString(info.title), R"(,"version":)",
                      JsonString(info.version), "}");
}

std::string Discovery(const ServerInfo& info) {
  return absl::StrCat(R"("supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},)",
                      R"("instructions":)", JsonString(info.instructions));
}

}  // namespace

const std::vector<std::string>& ModernVersions() {
  static const auto& versions = *new std::vector<std::string>{"2026-07-28"};
  return versions;
}

Modern::Modern(const ServerInfo& info, const Options& options)
    : options_(options), server_info_(ServerInfoMember(info)), discovery_(Discovery(info)) {}

absl::Cord Modern::Write(const mcp::Result& result) const {
  absl::Cord json(R"({"resultType":"complete",)");
  if (!result.members.empty()) {
    json.Append(result.members);
    json.Append(",");
  }
  if (result.keep.has_value()) {
    // What a server shows depends on the caller's token.
    json.Append(absl::StrCat(R"("ttlMs":)", absl::ToInt64Milliseconds(*result.keep),
                             R"(,"cacheScope":"private",)"));
  }
  json.Append(absl::StrCat(R"("_meta":{)", server_info_, result.meta.empty() ? "" : ",",
                           result.meta, "}}"));
  return json;
}

std::optional<RpcError> Modern::CheckVersion(const std::string& version,
                                             const net::HttpHeaders& headers) const {
  const std::optional<absl::string_view> header = headers.Get("mcp-protocol-version");
  if (!header.has_value()) return HeaderMismatch("MCP-Protocol-Version is missing");
  const bool supported = absl::c_linear_search(ModernVersions(), version);
  if (StandardHeaderIs(headers, "mcp-protocol-version", version)) {
    if (supported) return std::nullopt;
    return VersionUnsupported(version, ModernVersions());
  }
  if (supported && !options_.strict_version_header &&
      absl::c_linear_search(LegacyVersions(), *header)) {
    return std::nullopt;
  }
  return HeaderMismatch(
      absl::StrCat("MCP-Protocol-Version is ", *header, " and the body says ", version));
}

std::optional<RpcError> Modern::Check(const Message& message,
                                      const net::HttpHeaders& headers) const {
  if (!message.meta.protocol_version.has_value()) {
    return MetaIncomplete("_meta[\"io.modelcontextprotocol/protocolVersion\"] must be a string");
  }
  if (!message.meta.has_client_capabilities) {
    return MetaIncomplete(
        "_meta[\"io.modelcontextprotocol/clientCapabilities\"] must be an object");
  }
  if (auto wrong = CheckVersion(*message.meta.protocol_version, headers)) return wrong;
  return CheckStandardHeaders(message, headers);
}

void Modern::Serve(const Message& message, const CallContext& context, Tenant& tenant,
                   std::shared_ptr<Answer> answer) const {
  if (message.method == "tools/call") {
    ServeCallTool(*this, message, context, tenant, std::move(answer));
  } else if (message.method == "tools/list") {
    ServeListTools(*this, message, tenant, std::move(answer));
  } else if (message.method == "server/discover") {
    answer->Result(Write({.members = absl::Cord(discovery_), .keep = kKeepDiscovery}));
  } else {
    // Removed methods are as unknown as any other.
    RpcError unknown = MethodNotFound(message.method);
    unknown.http_status = 404;
    answer->Error(unknown);
  }
}

}  // namespace mesh::mcp
