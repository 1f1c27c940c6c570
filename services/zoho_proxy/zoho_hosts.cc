#include "services/zoho_proxy/zoho_hosts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/loopback.h"
#include "common/base/status_macros.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

bool IsLoopbackHost(absl::string_view host) { return IsLoopback(host.substr(0, host.rfind(':'))); }

}  // namespace

absl::StatusOr<std::string> ZohoHosts::ApiBase(absl::string_view host, const Lease& lease) const {
  ASSIGN_OR_RETURN(const net::Url meeting, net::ParseUrl(lease.meeting_url));
  const std::string wanted = absl::AsciiStrToLower(host);
  if (wanted.empty() || wanted == HostAndPort(meeting)) {
    return std::string(absl::StripSuffix(lease.meeting_url, "/"));
  }
  const std::string base = absl::StrCat(IsLoopbackHost(wanted) ? "http" : "https", "://", wanted);
  if (base == WebinarUrlFor(lease.meeting_url)) return base;
  if (!IsExtra(wanted)) return HostNotAllowed(wanted);
  // An extra host is what the operator wrote.
  if (!net::ParseUrl(base).ok()) return HostNotAllowed(wanted);
  return base;
}

absl::Status ZohoHosts::CheckDownload(absl::string_view url, const Lease& lease) const {
  const absl::StatusOr<net::Url> parsed = net::ParseUrl(url);
  if (!parsed.ok()) return FieldInvalid("url", "must be the download link of a recording");
  ASSIGN_OR_RETURN(const net::Url meeting, net::ParseUrl(lease.meeting_url));
  const std::string host = HostAndPort(*parsed);
  const bool is_safe = parsed->scheme == "https" || IsLoopback(parsed->host);
  const bool is_own = host == HostAndPort(meeting);
  if (is_safe && (is_own || IsExtra(host))) return absl::OkStatus();
  return MayFetchFile(url, lease.meeting_url) ? absl::OkStatus() : HostNotAllowed(host);
}

bool ZohoHosts::IsExtra(absl::string_view host) const {
  return std::any_of(extra_.begin(), extra_.end(), [host](const std::string& allowed) {
    return absl::EqualsIgnoreCase(allowed, host);
  });
}

std::string HostAndPort(const net::Url& url) {
  if (url.port == (url.scheme == "https" ? 443 : 80)) return url.host;
  return absl::StrCat(url.host, ":", url.port);
}

}  // namespace mesh::zoho_proxy
