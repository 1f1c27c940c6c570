#include "gateway/login_limit.h"

#include <algorithm>
#include <iterator>

namespace mesh::gateway {

absl::Duration LoginLimit::Begin(absl::string_view address) {
  const std::lock_guard<std::mutex> lock(mu_);
  const absl::Time now = clock_.Now();
  for (auto at = addresses_.begin(); at != addresses_.end();) {
    at = at->second <= now ? addresses_.erase(at) : std::next(at);
  }
  const auto found = addresses_.find(std::string(address));
  const absl::Duration wait =
      std::max(Wait(all_, of_all_),
               found == addresses_.end() ? absl::ZeroDuration() : Wait(found->second, of_one_));
  if (wait > absl::ZeroDuration()) return wait;
  Take(all_, of_all_);
  Take(addresses_.emplace(std::string(address), absl::InfinitePast()).first->second, of_one_);
  return absl::ZeroDuration();
}

void LoginLimit::Forget(absl::string_view address) {
  const std::lock_guard<std::mutex> lock(mu_);
  all_ -= of_all_.every;
  const auto found = addresses_.find(std::string(address));
  if (found != addresses_.end()) found->second -= of_one_.every;
}

// A bucket that is full in less than `burst` intervals has room for one more.
absl::Duration LoginLimit::Wait(FullAt full_at, const Rate& rate) const {
  return std::max(full_at - clock_.Now() - (rate.burst - 1) * rate.every, absl::ZeroDuration());
}

void LoginLimit::Take(FullAt& full_at, const Rate& rate) const {
  full_at = std::max(full_at, clock_.Now()) + rate.every;
}

}  // namespace mesh::gateway
