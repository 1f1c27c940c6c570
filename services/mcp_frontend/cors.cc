#include "services/mcp_frontend/cors.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace mesh::frontend {
namespace {

constexpr absl::string_view kAllowHeaders =
    "Content-Type, Accept, Authorization, X-Api-Key, MCP-Protocol-Version, Mcp-Session-Id, "
    "Mcp-Method, Mcp-Name, Last-Event-ID, X-Request-Id, Traceparent, Tracestate, Baggage";

constexpr absl::string_view kExposeHeaders =
    "Mcp-Session-Id, WWW-Authenticate, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";

bool IsHeaderName(absl::string_view name) {
  return absl::c_all_of(name, [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

}  // namespace

bool Cors::Allows(const net::HttpHeaders& request) const {
  const std::optional<absl::string_view> origin = request.Get("origin");
  if (!origin.has_value()) return true;
  return hosts_.AllowsOrigin(*origin) || absl::c_any_of(origins_, [&](const std::string& allowed) {
           return allowed == "*" || absl::EqualsIgnoreCase(allowed, *origin);
         });
}

net::HttpHeaders Cors::AnswerHeaders(const net::HttpHeaders& request) const {
  const std::optional<absl::string_view> origin = request.Get("origin");
  if (!origin.has_value()) return {};
  return {{"Access-Control-Allow-Origin", std::string(*origin)},
          {"Vary", "Origin"},
          {"Access-Control-Expose-Headers", std::string(kExposeHeaders)}};
}

net::HttpHeaders Cors::PreflightHeaders(const net::HttpHeaders& request) const {
  std::string allowed(kAllowHeaders);
  // The one family whose names a tool decides.
  for (absl::string_view name :
       absl::StrSplit(request.Get("access-control-request-headers").value_or(""), ',')) {
    name = absl::StripAsciiWhitespace(name);
    if (absl::StartsWithIgnoreCase(name, "mcp-param-") && IsHeaderName(name)) {
      absl::StrAppend(&allowed, ", ", name);
    }
  }
  return {{"Access-Control-Allow-Headers", allowed}, {"Access-Control-Max-Age", "86400"}};
}

}  // namespace mesh::frontend
