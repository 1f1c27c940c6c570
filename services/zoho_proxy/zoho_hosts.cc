#include "services/zoho_proxy/zoho_hosts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/loopback.h"
#include "common/base/status_macros.h"

namespace mesh::zoho_proxy {
namespace {

// `zoho.eu` of `meeting.zoho.eu`; empty for a host of another kind.
absl::string_view DomainOf(absl::string_view meeting_host) {
  return absl::ConsumePrefix(&meeting_host, "meeting.") ? meeting_host : absl::string_view();
}

bool IsDownloadHost(absl::string_view host, absl::string_view domain) {
  if (domain.empty()) return false;
  for (const char* service : {"download", "download-accl", "files", "meeting", "webinar"}) {
    if (host == absl::StrCat(service, ".", domain)) return true;
  }
  absl::string_view country = domain;
  return absl::ConsumePrefix(&country, "zoho.") &&
         host == absl::StrCat("files-accl.zohopublic.", country);
}

}  // namespace

absl::StatusOr<std::string> ZohoHosts::ApiBase(absl::string_view host, const Lease& lease) const {
  ASSIGN_OR_RETURN(const net::Url meeting, net::ParseUrl(lease.meeting_url));
  const std::string wanted = absl::AsciiStrToLower(host);
  if (wanted.empty() || wanted == HostAndPort(meeting)) {
    return std::string(absl::StripSuffix(lease.meeting_url, "/"));
  }
  const absl::string_view domain = DomainOf(meeting.host);
  const bool is_webinar = !domain.empty() && wanted == absl::StrCat("webinar.", domain);
  if (!is_webinar && !IsExtra(wanted)) return HostNotAllowed(wanted);
  const bool is_loopback = IsLoopback(absl::string_view(wanted).substr(0, wanted.rfind(':')));
  const std::string base = absl::StrCat(is_loopback ? "http" : "https", "://", wanted);
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
  // Hosts of Zoho's are named without a port: another one than https's own is none of them.
  const bool is_zohos = IsDownloadHost(host, DomainOf(meeting.host));
  const bool is_own = host == HostAndPort(meeting);
  if (is_safe && (is_own || is_zohos || IsExtra(host))) return absl::OkStatus();
  return HostNotAllowed(host);
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
