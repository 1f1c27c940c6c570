#include "common/rpc/cancellation.h"

#include <utility>

namespace mesh::rpc {

void Cancellation::Set() {
  absl::AnyInvocable<void() &&> callback;
  {
    const std::lock_guard lock(mu_);
    set_ = true;
    callback = std::move(callback_);
    callback_ = nullptr;
  }
  if (callback) std::move(callback)();
}

void Cancellation::Notify(absl::AnyInvocable<void() &&> callback) {
  {
    const std::lock_guard lock(mu_);
    if (!set_) {
      callback_ = std::move(callback);
      return;
    }
  }
  std::move(callback)();
}

}  // namespace mesh::rpc
