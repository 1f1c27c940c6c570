#include "tests/fake_zoho/scopes.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace fake_zoho {
namespace {

// `ZohoMeeting.meeting.` of `ZohoMeeting.meeting.READ`.
absl::string_view Family(absl::string_view scope) { return scope.substr(0, scope.rfind('.') + 1); }

bool Covers(absl::string_view granted, absl::string_view needed) {
  if (absl::EqualsIgnoreCase(granted, needed)) return true;
  return absl::EndsWithIgnoreCase(granted, ".ALL") &&
         absl::EqualsIgnoreCase(Family(granted), Family(needed));
}

}  // namespace

std::vector<std::string> SplitScopes(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar(", "), absl::SkipEmpty());
}

const std::vector<std::string>& AllScopes() {
  static const auto& scopes = *new std::vector<std::string>{
      "ZohoMeeting.manageOrg.READ",    "ZohoMeeting.license.READ",
      "ZohoMeeting.user.READ",         "ZohoMeeting.department.READ",
      "ZohoMeeting.meeting.CREATE",    "ZohoMeeting.meeting.READ",
      "ZohoMeeting.meeting.UPDATE",    "ZohoMeeting.meeting.DELETE",
      "ZohoMeeting.webinar.CREATE",    "ZohoMeeting.webinar.READ",
      "ZohoMeeting.webinar.UPDATE",    "ZohoMeeting.webinar.DELETE",
      "ZohoMeeting.recording.READ",    "ZohoMeeting.recording.DELETE",
      "ZohoMeeting.meetinguds.READ",   "ZohoMeeting.sdk.READ",
      "ZohoMeeting.sdk.CREATE",        "ZohoFiles.files.READ",
      "ZohoWebinar.manageOrg.READ",    "ZohoWebinar.webinar.CREATE",
      "ZohoWebinar.webinar.READ",      "ZohoWebinar.webinar.UPDATE",
      "ZohoWebinar.webinar.DELETE",    "ZohoWebinar.user.READ",
      "ZohoWebinar.registration.READ", "ZohoWebinar.recording.READ",
      "ZohoWebinar.recording.DELETE",  "ZohoWebinar.misc.READ",
      "ZohoWebinar.meetinguds.READ",
  };
  return scopes;
}

bool IsKnownScope(absl::string_view scope) {
  const std::vector<std::string>& all = AllScopes();
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& known) { return Covers(scope, known); });
}

bool Allows(const std::vector<std::string>& granted, absl::string_view needed) {
  for (const absl::string_view part : absl::StrSplit(needed, ',', absl::SkipEmpty())) {
    const std::vector<absl::string_view> any = absl::StrSplit(part, '|');
    const bool allowed = std::any_of(any.begin(), any.end(), [&](absl::string_view one) {
      return std::any_of(granted.begin(), granted.end(),
                         [&](const std::string& scope) { return Covers(scope, one); });
    });
    if (!allowed) return false;
  }
  return true;
}

}  // namespace fake_zoho
