// What Zoho last said of each account's limits.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/errors.h"
#include "services/zoho_proxy/rate_limit.h"

namespace mesh::zoho_proxy {

struct LimitState {
  RateLimitFacts facts = {};
  absl::Time seen = absl::InfinitePast();

  // Until when Zoho refuses, as far as it said; in the past where it does not.
  absl::Time limited_until = absl::InfinitePast();
};

// Thread-safe. Knows this process's own answers only, and forgets the account that it heard of
// longest ago where there are too many.
class LimitBoard {
 public:
  explicit LimitBoard(size_t max_accounts = 10'000) : max_accounts_(max_accounts) {}

  // Ignores an answer that tells nothing.
  void Record(const std::string& account, const RateLimitReading& reading, absl::Time now);

  std::optional<LimitState> Get(const std::string& account) const;

  // At most `count` accounts after `after`, by id.
  std::vector<std::pair<std::string, LimitState>> List(absl::string_view after, size_t count) const;

 private:
  const size_t max_accounts_;
  mutable std::mutex mu_;
  std::map<std::string, LimitState, std::less<>> states_;
};

}  // namespace mesh::zoho_proxy
