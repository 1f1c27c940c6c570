#include "common/net/gone_signal.h"

#include <utility>

namespace mesh::net {

void GoneSignal::OnGone(Callback callback) {
  {
    const std::lock_guard lock(mu_);
    if (state_ == State::kSettled) return;
    if (state_ == State::kOpen) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  std::move(callback)();
}

void GoneSignal::Fire() {
  for (Callback& callback : Leave(State::kFired)) std::move(callback)();
}

void GoneSignal::Settle() { Leave(State::kSettled); }

std::vector<GoneSignal::Callback> GoneSignal::Leave(State to) {
  const std::lock_guard lock(mu_);
  if (state_ != State::kOpen) return {};
  state_ = to;
  return std::exchange(callbacks_, {});
}

}  // namespace mesh::net
