// Zoho's rate limits, in the guises that its products give them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/net/http.h"
#include "tests/fake_zoho/message.h"

namespace fake_zoho {

struct ThrottleProfile {
  // `none`
  // `filter`: the shared security filter, HTTP 400 and URL_ROLLING_THROTTLES_LIMIT_EXCEEDED.
  // `filter-200`: the same with HTTP 200 and the variants of the body that were seen.
  // `plain-429`: HTTP 429 with Retry-After and no body.
  // `desk`: HTTP 429, THRESHOLD_EXCEEDED, X-Rate-Limit-*-v3 on every answer.
  // `desk-concurrency`: HTTP 429, TOO_MANY_REQUESTS, no Retry-After.
  // `crm`: HTTP 429, X-API-CREDITS-REMAINING once half is used up, no Retry-After.
  // `x-ratelimit`: X-RateLimit-Limit, -Remaining and -Reset (epoch seconds) on every answer.
  // `ratelimit`: RateLimit and RateLimit-Policy (drafts 07 and later) on every answer.
  std::string name = "none";
  // Calls of one user to one endpoint within `window` (`filter*`), or of one organisation.
  int64_t limit = 100;
  absl::Duration window = absl::Minutes(2);
  // How long calls are refused after one too many. `filter*`: from then on; others: no effect, the
  // window's end is.
  absl::Duration lock = absl::Minutes(22);
};

// Whether `name` is one of the above.
bool IsThrottleProfile(absl::string_view name);

// Counts and refuses. Time is an argument. Not thread-safe.
class Throttle {
 public:
  struct Verdict {
    // The refusal; absent where the call may go on.
    std::optional<Answer> refusal = {};
    // For the answer of a call that goes on.
    mesh::net::HttpHeaders headers = {};
  };

  // Counts a call of `user`, who belongs to `organization`, to `endpoint`.
  Verdict Admit(const ThrottleProfile& profile, absl::string_view organization,
                absl::string_view user, absl::string_view endpoint, absl::Time now);

  // Forgets what was counted.
  void Reset() { counters_.clear(); }

 private:
  struct Counter {
    // Rolling, for the filter.
    std::deque<absl::Time> calls = {};
    absl::Time locked_until = absl::InfinitePast();
    // Fixed, for the others.
    absl::Time window_start = absl::InfinitePast();
    int64_t used = 0;
  };

  Verdict AdmitByFilter(const ThrottleProfile& profile, Counter& counter, absl::Time now);
  Verdict AdmitByWindow(const ThrottleProfile& profile, Counter& counter, absl::Time now);

  std::map<std::string, Counter> counters_;
};

}  // namespace fake_zoho
