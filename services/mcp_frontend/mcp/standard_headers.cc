#include "services/mcp_frontend/mcp/standard_headers.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace mesh::mcp {
namespace {

// nullopt where the escape is broken.
std::optional<std::string> Decode(absl::string_view value) {
  value = absl::StripAsciiWhitespace(value);
  if (!absl::ConsumePrefix(&value, "=?base64?")) return std::string(value);
  std::string decoded;
  if (!absl::ConsumeSuffix(&value, "?=") || !absl::Base64Unescape(value, &decoded)) return {};
  return decoded;
}

// What `Mcp-Name` repeats; nullopt where the method has no such thing.
std::optional<std::string> NameOf(const Message& message) {
  if (message.method == "tools/call" || message.method == "prompts/get") return message.name;
  if (message.method == "resources/read") return message.uri;
  return std::nullopt;
}

}  // namespace

bool StandardHeaderIs(const net::HttpHeaders& headers, absl::string_view name,
                      absl::string_view value) {
  bool found = false;
  for (const auto& [key, sent] : headers) {
    if (!absl::EqualsIgnoreCase(key, name)) continue;
    if (Decode(sent) != value) return false;
    found = true;
  }
  return found;
}

std::optional<RpcError> CheckStandardHeaders(const Message& message,
                                             const net::HttpHeaders& headers) {
  if (!headers.Has("mcp-method")) return HeaderMismatch("Mcp-Method is missing");
  if (!StandardHeaderIs(headers, "mcp-method", message.method)) {
    return HeaderMismatch(absl::StrCat("Mcp-Method must be ", message.method, ", as in the body"));
  }
  const std::optional<std::string> name = NameOf(message);
  if (!name.has_value()) return std::nullopt;
  if (!headers.Has("mcp-name")) return HeaderMismatch("Mcp-Name is missing");
  if (!StandardHeaderIs(headers, "mcp-name", *name)) {
    return HeaderMismatch(absl::StrCat("Mcp-Name must be ", *name, ", as in the body"));
  }
  return std::nullopt;
}

}  // namespace mesh::mcp
