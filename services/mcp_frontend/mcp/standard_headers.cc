#include "services/mcp_frontend/mcp/standard_headers.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

namespace mesh::mcp {
namespace {

// nullopt where the escape is broken. A value with half of the escape is none.
std::optional<std::string> Decode(absl::string_view value) {
  value = absl::StripAsciiWhitespace(value);
  absl::string_view inside = value;
  if (!absl::ConsumePrefix(&inside, "=?base64?") || !absl::ConsumeSuffix(&inside, "?=")) {
    return std::string(value);
  }
  std::string decoded;
  // The library takes text without its padding.
  if (inside.size() % 4 != 0 || !absl::Base64Unescape(inside, &decoded)) return std::nullopt;
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

std::optional<RpcError> CheckParamHeaders(const std::vector<ParamHeader>& params,
                                          absl::string_view arguments_json,
                                          const net::HttpHeaders& headers) {
  const auto arguments = nlohmann::json::parse(arguments_json.begin(), arguments_json.end(),
                                               nullptr, /*allow_exceptions=*/false);
  if (!arguments.is_object()) return std::nullopt;
  for (const ParamHeader& param : params) {
    const auto value = arguments.find(param.property);
    if (value == arguments.end() || value->is_null()) continue;
    const std::string name = absl::StrCat("Mcp-Param-", param.header);
    if (!headers.Has(name)) return HeaderMismatch(absl::StrCat(name, " is missing"));
    const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
    if (!StandardHeaderIs(headers, name, text)) {
      return HeaderMismatch(
          absl::StrCat(name, " must be the argument ", param.property, ", as in the body"));
    }
  }
  return std::nullopt;
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
