#include "services/zoho_proxy/zoho_services.h"

#include <algorithm>
#include <array>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/loopback.h"
#include "common/net/url.h"

namespace mesh::zoho_proxy {
namespace {

constexpr std::array<absl::string_view, 11> kDomains = {
    "zoho.com", "zoho.eu",     "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca",
    "zoho.sa",  "zoho.com.cn", "zoho.uk", "zoho.ae",     "zoho.sg"};

// Where files lie that a signed link leads to.
constexpr std::array<absl::string_view, 11> kPublicDomains = {
    "zohopublic.com", "zohopublic.eu", "zohopublic.in", "zohopublic.com.au",
    "zohopublic.jp",  "zohopublic.ca", "zohopublic.sa", "zohopublic.com.cn",
    "zohopublic.uk",  "zohopublic.ae", "zohopublic.sg"};

template <typename Domains>
bool IsOneOf(absl::string_view domain, const Domains& domains) {
  return std::find(domains.begin(), domains.end(), domain) != domains.end();
}

// `zoho.eu` of `download.zoho.eu`: what the hosts of a data centre share.
absl::string_view WithoutService(absl::string_view host) { return host.substr(host.find('.') + 1); }

}  // namespace

std::optional<ZohoService> ZohoServiceOf(absl::string_view host) {
  absl::string_view domain = host;
  if (absl::ConsumePrefix(&domain, "files-accl.")) {
    return IsOneOf(domain, kPublicDomains) ? std::optional(ZohoService::kFiles) : std::nullopt;
  }
  std::optional<ZohoService> service;
  if (absl::ConsumePrefix(&domain, "meeting.")) {
    service = ZohoService::kMeeting;
  } else if (absl::ConsumePrefix(&domain, "webinar.")) {
    service = ZohoService::kWebinar;
  } else if (absl::ConsumePrefix(&domain, "download.") || absl::ConsumePrefix(&domain, "files.")) {
    service = ZohoService::kFiles;
  }
  return IsOneOf(domain, kDomains) ? service : std::nullopt;
}

std::string WebinarUrlFor(absl::string_view meeting_url) {
  const absl::StatusOr<net::Url> url = net::ParseUrl(meeting_url);
  if (!url.ok() || ZohoServiceOf(url->host) != ZohoService::kMeeting) {
    return std::string(meeting_url);
  }
  return absl::StrCat("https://webinar.", absl::StripPrefix(url->host, "meeting."));
}

bool MayFetchFile(absl::string_view url, absl::string_view meeting_url) {
  const absl::StatusOr<net::Url> file = net::ParseUrl(url);
  const absl::StatusOr<net::Url> account = net::ParseUrl(meeting_url);
  if (!file.ok() || !account.ok()) return false;
  if (file->scheme == "https" && ZohoServiceOf(file->host) == ZohoService::kFiles) {
    const bool same = WithoutService(file->host) == WithoutService(account->host);
    return file->port == 443 && (same || IsSignedLink(url));
  }
  return IsLoopback(account->host) && IsLoopback(file->host);
}

bool IsSignedLink(absl::string_view url) {
  const absl::StatusOr<net::Url> file = net::ParseUrl(url);
  return file.ok() && absl::StartsWith(file->host, "files-accl.");
}

}  // namespace mesh::zoho_proxy
