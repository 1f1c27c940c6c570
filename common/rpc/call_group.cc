#include "common/rpc/call_group.h"

#include <vector>

namespace mesh::rpc {

void CallGroup::Close() {
  std::vector<PendingCall> under_way;
  {
    const std::lock_guard lock(mu_);
    closed_ = true;
    for (const auto& [id, call] : calls_) {
      if (call.has_value()) under_way.push_back(*call);
    }
  }
  // Not under the lock: a call may end, and say so, while it is being cancelled.
  for (PendingCall& call : under_way) call.Cancel();
  std::unique_lock lock(mu_);
  idle_.wait(lock, [this] { return calls_.empty(); });
}

std::optional<uint64_t> CallGroup::Begin() {
  const std::lock_guard lock(mu_);
  if (closed_) return std::nullopt;
  const uint64_t id = next_++;
  calls_.emplace(id, std::nullopt);
  return id;
}

void CallGroup::Track(uint64_t id, const PendingCall& call) {
  bool cancel = false;
  {
    const std::lock_guard lock(mu_);
    const auto found = calls_.find(id);
    if (found == calls_.end()) return;  // It has ended already.
    found->second = call;
    cancel = closed_;
  }
  if (cancel) PendingCall(call).Cancel();
}

void CallGroup::End(uint64_t id) {
  const std::lock_guard lock(mu_);
  calls_.erase(id);
  // Under the lock: the group may be gone as soon as it is released.
  if (calls_.empty()) idle_.notify_all();
}

}  // namespace mesh::rpc
