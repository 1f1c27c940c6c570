#include "services/zoho_proxy/circuit_breaker.h"

#include <algorithm>

namespace mesh::zoho_proxy {

bool CircuitBreaker::Admit(absl::Time now) {
  if (!open_) return true;
  if (now < opens_until_ || IsProbing(now)) return false;
  probing_until_ = now + options_.probe_patience;
  return true;
}

void CircuitBreaker::Record(Outcome outcome, absl::string_view account, absl::Time now) {
  if (outcome == Outcome::kUnknown) {
    // A probe that was called off makes room for another.
    probing_until_ = absl::InfinitePast();
    return;
  }
  if (outcome == Outcome::kAnswered) {
    open_ = false;
    pause_ = options_.first_pause;
    probing_until_ = absl::InfinitePast();
    failed_ = timed_out_ = 0;
    several_accounts_ = false;
    account_.clear();
    return;
  }
  if (open_) {
    // Calls from before the circuit opened say nothing new.
    if (now < opens_until_) return;
    pause_ = std::min(pause_ * 2, options_.longest_pause);
    return Open(now);
  }
  if (failed_ + timed_out_ > 0 && account_ != account) several_accounts_ = true;
  account_ = std::string(account);
  ++(outcome == Outcome::kFailed ? failed_ : timed_out_);
  const bool timeouts_count = several_accounts_;
  if (failed_ + (timeouts_count ? timed_out_ : 0) >= options_.failures) Open(now);
}

CircuitBreaker::State CircuitBreaker::state(absl::Time now) const {
  if (!open_) return State::kClosed;
  return now < opens_until_ ? State::kOpen : State::kHalfOpen;
}

absl::Time CircuitBreaker::until() const { return std::max(opens_until_, probing_until_); }

void CircuitBreaker::Open(absl::Time now) {
  open_ = true;
  opens_until_ = now + pause_;
  probing_until_ = absl::InfinitePast();
}

}  // namespace mesh::zoho_proxy
