#include "edge/request.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

#include "common/base/random.h"

namespace mesh::edge {
namespace {

// `host` of `host:port`, `[v6]` of `[v6]:port`.
absl::string_view WithoutPort(absl::string_view host) {
  const size_t end = absl::StartsWith(host, "[") ? host.find(']') : 0;
  return host.substr(0, host.find(':', end == host.npos ? 0 : end));
}

}  // namespace

std::string RequestId(const net::HttpHeaders& headers) {
  const absl::string_view given = headers.Get("x-request-id").value_or("");
  const bool sane = !given.empty() && given.size() <= 64 && absl::c_all_of(given, [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
  return sane ? std::string(given) : RandomId("req_");
}

absl::string_view BearerToken(const net::HttpHeaders& headers) {
  absl::string_view value = headers.Get("authorization").value_or("");
  constexpr absl::string_view kScheme = "bearer ";
  if (!absl::StartsWithIgnoreCase(value, kScheme)) return {};
  return absl::StripAsciiWhitespace(value.substr(kScheme.size()));
}

AllowedHosts::AllowedHosts(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {
  for (std::string& host : hosts_) absl::AsciiStrToLower(&host);
  any_ = absl::c_linear_search(hosts_, "*");
}

bool AllowedHosts::Matches(absl::string_view host) const {
  const std::string lower = absl::AsciiStrToLower(host);
  return absl::c_any_of(hosts_, [&](const std::string& allowed) {
    return allowed == lower || allowed == WithoutPort(lower);
  });
}

bool AllowedHosts::Allows(const net::HttpHeaders& headers) const {
  return any_ || Matches(headers.Get("host").value_or(""));
}

bool AllowedHosts::AllowsOrigin(absl::string_view origin) const {
  const size_t scheme = origin.find("://");
  return scheme != origin.npos && Matches(origin.substr(scheme + 3));
}

}  // namespace mesh::edge
