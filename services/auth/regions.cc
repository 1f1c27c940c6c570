#include "services/auth/regions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/loopback.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "common/rpc/config.h"
#include "services/auth/region_table.h"

namespace mesh::auth {
namespace {

using config::v1::RegionConfig;

bool IsCode(absl::string_view code) {
  return !code.empty() && code.size() <= 16 && std::all_of(code.begin(), code.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c);
  });
}

// Takes a `/` at the end away. `field` is for the error.
absl::Status CheckBaseUrl(absl::string_view field, std::string& url) {
  if (absl::EndsWith(url, "/")) url.pop_back();
  const absl::StatusOr<net::Url> parsed = net::ParseUrl(url);
  if (!parsed.ok() || parsed->path != "/" || !parsed->query.empty() ||
      absl::StrContains(url, '?') || absl::StrContains(url, '#')) {
    return FieldInvalid(field, "must be a base URL without a path", "https://accounts.zoho.eu");
  }
  if (parsed->scheme != "https" && !IsLoopback(parsed->host)) {
    return FieldInvalid(field, "must be https; http is for loopback addresses only",
                        "https://accounts.zoho.eu");
  }
  return absl::OkStatus();
}

// `host` or `host:port`, in lower case, without the port that https implies.
std::string Authority(absl::string_view url) {
  const bool is_http = absl::ConsumePrefix(&url, "http://");
  if (!is_http) absl::ConsumePrefix(&url, "https://");
  url = url.substr(0, url.find_first_of("/?#"));
  absl::ConsumeSuffix(&url, is_http ? ":80" : ":443");
  return absl::AsciiStrToLower(url);
}

}  // namespace

absl::StatusOr<Regions> Regions::Create(
    const google::protobuf::RepeatedPtrField<RegionConfig>& config) {
  config::v1::AuthServiceConfig table;
  for (const EmbeddedFile& file : kRegionTable) {
    RETURN_IF_ERROR(rpc::MergeConfig(file.content, file.name, table));
  }
  table.mutable_regions()->MergeFrom(config);

  std::map<std::string, RegionConfig> by_code;
  for (RegionConfig& region : *table.mutable_regions()) {
    if (!IsCode(region.code())) {
      return FieldInvalid("regions.code", "must be 1 to 16 lower-case letters and digits", "eu");
    }
    const std::string field = absl::StrCat("regions[", region.code(), "]");
    RETURN_IF_ERROR(
        CheckBaseUrl(absl::StrCat(field, ".accounts_url"), *region.mutable_accounts_url()));
    RETURN_IF_ERROR(
        CheckBaseUrl(absl::StrCat(field, ".meeting_url"), *region.mutable_meeting_url()));
    RegionConfig& known = by_code[region.code()];
    if (region.name().empty()) {
      region.set_name(known.name().empty() ? region.code() : known.name());
    }
    known = std::move(region);
  }

  Regions regions;
  for (auto& [code, region] : by_code) regions.regions_.push_back(std::move(region));
  return regions;
}

absl::StatusOr<const RegionConfig*> Regions::Find(absl::string_view code) const {
  for (const RegionConfig& region : regions_) {
    if (region.code() == code) return &region;
  }
  const auto code_of = [](std::string* out, const RegionConfig& region) {
    out->append(region.code());
  };
  return RegionUnknown(code, absl::StrJoin(regions_, ", ", code_of));
}

absl::StatusOr<const RegionConfig*> Regions::FindByAccountsHost(absl::string_view host) const {
  const std::string wanted = Authority(host);
  for (const RegionConfig& region : regions_) {
    if (Authority(region.accounts_url()) == wanted) return &region;
  }
  return ZohoHostUnknown(host);
}

absl::StatusOr<const RegionConfig*> Regions::FindByMeetingHost(absl::string_view host) const {
  const std::string wanted = Authority(host);
  for (const RegionConfig& region : regions_) {
    if (Authority(region.meeting_url()) == wanted) return &region;
  }
  return ZohoHostUnknown(host);
}

}  // namespace mesh::auth
