// Languages and time zones of the Webinar product: ReferenceEndpoints() of endpoint.h.
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"

namespace fake_zoho {
namespace {

Answer ListLanguages(MeetingCall& call) {
  constexpr std::pair<const char*, const char*> kLanguages[] = {
      {"en", "English"},  {"de", "Deutsch"},   {"fr", "Français"}, {"es", "Español"},
      {"it", "Italiano"}, {"pt", "Português"}, {"ja", "日本語"},   {"zh", "中文"},
      {"hi", "हिन्दी"},    {"nl", "Nederlands"}};
  Json rows = Json::array();
  for (const auto& [code, name] : kLanguages) {
    rows.push_back({{"languageCode", code}, {"displayName", name}});
  }
  return Reply(call, 200, {{"languages", std::move(rows)}});
}

Answer ListTimeZones(MeetingCall& call) {
  constexpr const char* kZones[] = {"America/Los_Angeles", "America/Denver",    "America/Chicago",
                                    "America/New_York",    "America/Sao_Paulo", "Europe/London",
                                    "Europe/Berlin",       "Europe/Moscow",     "Africa/Lagos",
                                    "Asia/Dubai",          "Asia/Calcutta",     "Asia/Singapore",
                                    "Asia/Tokyo",          "Australia/Sydney",  "Pacific/Auckland"};
  Json rows = Json::array();
  for (const char* name : kZones) {
    const int64_t minutes = OffsetAt(call.now, ZoneOrUtc(name)) / absl::Minutes(1);
    rows.push_back(
        {{"timeZoneId", name},
         {"displayName", absl::StrFormat("(GMT%+03d:%02d) %s", minutes / 60,
                                         (minutes < 0 ? -minutes : minutes) % 60, name)}});
  }
  return Reply(call, 200, {{"timezones", std::move(rows)}});
}

}  // namespace

std::vector<Endpoint> ReferenceEndpoints() {
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  return {
      {"GET", "language", "ZohoWebinar.misc.READ", kFamily, ListLanguages},
      {"GET", "timezone", "ZohoWebinar.misc.READ", kFamily, ListTimeZones},
  };
}

}  // namespace fake_zoho
