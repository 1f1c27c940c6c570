#include "services/zoho_proxy/limit_board.h"

#include <algorithm>

namespace mesh::zoho_proxy {

void LimitBoard::Record(const std::string& account, const RateLimitReading& reading,
                        absl::Time now) {
  if (!reading.limited && !reading.told_anything()) return;
  const std::lock_guard lock(mu_);
  if (states_.size() >= max_accounts_ && !states_.contains(account)) {
    states_.erase(std::min_element(
        states_.begin(), states_.end(),
        [](const auto& a, const auto& b) { return a.second.seen < b.second.seen; }));
  }
  LimitState& state = states_[account];
  state.facts = reading.facts;
  state.seen = now;
  state.limited_until = reading.limited ? now + reading.retry_after : absl::InfinitePast();
}

std::optional<LimitState> LimitBoard::Get(const std::string& account) const {
  const std::lock_guard lock(mu_);
  const auto found = states_.find(account);
  if (found == states_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::pair<std::string, LimitState>> LimitBoard::List(absl::string_view after,
                                                                 size_t count) const {
  std::vector<std::pair<std::string, LimitState>> listed;
  const std::lock_guard lock(mu_);
  for (auto it = states_.upper_bound(std::string(after));
       it != states_.end() && listed.size() < count; ++it) {
    listed.emplace_back(*it);
  }
  return listed;
}

}  // namespace mesh::zoho_proxy
