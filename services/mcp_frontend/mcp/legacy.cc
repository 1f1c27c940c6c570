#include "services/mcp_frontend/mcp/legacy.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/methods.h"
#include "services/mcp_frontend/mcp/modern.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {
namespace {

std::string Introduction(const ServerInfo& info) {
  return absl::StrCat(R"("capabilities":{"tools":{}},"serverInfo":{"name":)", JsonString(info.name),
                      R"(,"title":)", JsonString(info.title), R"(,"version":)",
                      JsonString(info.version), R"(},"instructions":)",
                      JsonString(info.instructions));
}

}  // namespace

const std::vector<std::string>& LegacyVersions() {
  static const auto& versions =
      *new std::vector<std::string>{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
  return versions;
}

Legacy::Legacy(const ServerInfo& info) : introduction_(Introduction(info)) {}

bool Legacy::AllowsBatch(std::optional<absl::string_view> version_header) {
  return !version_header.has_value() || *version_header == "2025-03-26";
}

absl::Cord Legacy::Write(const mcp::Result& result) const {
  absl::Cord json("{");
  json.Append(result.members);
  if (!result.meta.empty()) {
    json.Append(absl::StrCat(result.members.empty() ? "" : ",", R"("_meta":{)", result.meta, "}"));
  }
  json.Append("}");
  return json;
}

std::optional<RpcError> Legacy::Check(const Message& message,
                                      const net::HttpHeaders& headers) const {
  // A first request negotiates in its body, whatever the header says.
  if (message.method == "initialize") return std::nullopt;
  const std::optional<absl::string_view> version = headers.Get("mcp-protocol-version");
  if (!version.has_value() || absl::c_linear_search(LegacyVersions(), *version)) {
    return std::nullopt;
  }
  std::vector<std::string> supported = ModernVersions();
  supported.insert(supported.end(), LegacyVersions().begin(), LegacyVersions().end());
  if (absl::c_linear_search(ModernVersions(), *version)) {
    return MetaIncomplete(absl::StrCat("a request of revision ", *version,
                                       " must carry its version and clientCapabilities in _meta"));
  }
  return VersionHeaderUnknown(*version, supported);
}

void Legacy::Serve(const Message& message, const CallContext& context, Tenant& tenant,
                   std::shared_ptr<Answer> answer) const {
  if (message.method == "tools/call") {
    ServeCallTool(*this, message, context, tenant, std::move(answer));
  } else if (message.method == "tools/list") {
    ServeListTools(*this, message, tenant, std::move(answer));
  } else if (message.method == "initialize") {
    Initialize(message, *answer);
  } else if (message.method == "ping") {
    answer->Result(Write({}));
  } else {
    answer->Error(MethodNotFound(message.method));
  }
}

void Legacy::Initialize(const Message& message, Answer& answer) const {
  const bool known = message.protocol_version.has_value() &&
                     absl::c_linear_search(LegacyVersions(), *message.protocol_version);
  const std::string& version = known ? *message.protocol_version : LegacyVersions().front();
  answer.Result(Write({.members = absl::Cord(absl::StrCat(R"("protocolVersion":")", version, "\",",
                                                          introduction_))}));
}

}  // namespace mesh::mcp
