#include "tests/fake_zoho/seed_report.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/credentials.h"

namespace fake_zoho {
namespace {

using Json = nlohmann::ordered_json;

Json CodesOf(const User& user) {
  Json codes = Json::array();
  for (int number = 1; number <= kSeededCodes; ++number) {
    codes.push_back(SeededCode(user.zuid, number));
  }
  return codes;
}

size_t Count(const Organization& org, SessionKind kind) {
  return std::count_if(org.sessions.begin(), org.sessions.end(),
                       [&](const auto& entry) { return entry.second.kind == kind; });
}

}  // namespace

Json DescribeOrganization(const Organization& org) {
  const User& admin = org.users[0];
  const User& member = org.users[1];
  return {{"zsoid", absl::StrCat(org.zsoid)},
          {"organization", org.name},
          {"client_id", std::string(kClientId)},
          {"client_secret", std::string(ClientSecretOf(org.region))},
          {"admin_zuid", absl::StrCat(admin.zuid)},
          {"admin_email", admin.email},
          {"grant_code", SeededCode(admin.zuid, 1)},
          {"grant_codes", CodesOf(admin)},
          {"refresh_token", SeededRefreshToken(admin.zuid)},
          {"member_zuid", absl::StrCat(member.zuid)},
          {"member_email", member.email},
          {"member_grant_codes", CodesOf(member)},
          {"member_refresh_token", SeededRefreshToken(member.zuid)},
          {"departments", org.departments.size()},
          {"users", org.users.size()},
          {"meetings", Count(org, SessionKind::kMeeting)},
          {"webinars", Count(org, SessionKind::kWebinar)},
          {"recordings", org.recordings.size()}};
}

Json DescribeSeed(const State& state) {
  Json regions = Json::object();
  Json seed = Json::object();
  for (const Region region : kRegions) {
    Json urls = Json::object();
    for (const Role role : kRoles) {
      urls[absl::StrCat(NameOf(role), "_url")] =
          state.addresses.UrlOf({.region = region, .role = role});
    }
    regions[std::string(CodeOf(region))] = std::move(urls);
    seed[std::string(CodeOf(region))] =
        DescribeOrganization(state.centres[static_cast<size_t>(region)].organizations.front());
  }
  const Json us = regions["us"];
  return {{"accounts_url", us["accounts_url"]},
          {"meeting_url", us["meeting_url"]},
          {"download_url", us["download_url"]},
          {"regions", std::move(regions)},
          {"seed", std::move(seed)}};
}

}  // namespace fake_zoho
