// Devices without a browser: codes that a user approves elsewhere while the device polls.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "tests/fake_zoho/oauth.h"
#include "tests/fake_zoho/region.h"

namespace fake_zoho {

struct DevicePolicy {
  absl::Duration lifetime = absl::Minutes(5);
  absl::Duration poll_interval = absl::Seconds(30);
};

// Spans the data centres: a device may begin at one and its user belong to another. Time is an
// argument. Not thread-safe.
class DeviceFlow {
 public:
  struct Codes {
    std::string user_code = {};
    std::string device_code = {};
  };

  // What a poll finds.
  struct Poll {
    // `slow_down`, `authorization_pending`, `access_denied`, `expired`, `other_dc`, `invalid_code`;
    // empty where the device may have its token.
    std::string error = {};
    // Where the user lives, with `other_dc`.
    Region location = Region::kUs;
    Grant grant = {};
    bool offline = false;
  };

  DevicePolicy& policy() { return policy_; }

  // `grant.zuid` is not looked at.
  Codes Begin(Grant grant, bool offline, absl::Time now);

  // The scopes that a user code asks for; null where it is unknown or expired.
  const Grant* Find(absl::string_view user_code, absl::Time now) const;

  // A user of `home` approves or denies. False where the code is unknown, expired or decided.
  bool Decide(absl::string_view user_code, bool approve, Region home, int64_t zuid, absl::Time now);

  // A device asks at the accounts host of `region`. Once it may have its token, the code is used
  // up.
  Poll Ask(absl::string_view device_code, absl::string_view client_id, Region region,
           absl::Time now);

 private:
  enum class Decision { kPending, kApproved, kDenied };
  struct Device {
    std::string user_code = {};
    Grant grant = {};
    bool offline = false;
    absl::Time expires = absl::InfinitePast();
    absl::Time last_poll = absl::InfinitePast();
    Decision decision = Decision::kPending;
    Region home = Region::kUs;
  };

  DevicePolicy policy_;
  // By device code.
  std::map<std::string, Device, std::less<>> devices_;
};

}  // namespace fake_zoho
