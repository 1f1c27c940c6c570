// One authenticated call of an endpoint of the Meeting hosts, as its handler sees it.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/settings.h"
#include "tests/fake_zoho/world.h"

namespace fake_zoho {

struct MeetingCall {
  const Request& request;
  // Of the query.
  const Parameters& query;
  // What stands in the path for braces, without the organisation's id.
  std::vector<std::string> values;
  Organization& org;
  const User& caller;
  const Settings& settings;
  const Addresses& addresses;
  absl::Time now;
  // The path under the prefix that Zoho's errors show.
  std::string resource_type;

  // A value of the path.
  const std::string& value(size_t n) const { return values[n]; }
  Listener listener() const { return {.region = org.region, .role = Role::kMeeting}; }
};

// An answer with ids and durations in the types that the settings ask for.
Answer Reply(const MeetingCall& call, int status, Json body);

// What a deletion answers.
Answer Deleted(const MeetingCall& call);

// `{"resourceType": …}` as answers of the directory have it.
void AddResourceType(const MeetingCall& call, Json& body);

}  // namespace fake_zoho
