// Whether a caller has gone, and whom to tell.
#pragma once

#include <mutex>

#include "absl/functional/any_invocable.h"

namespace mesh::rpc {

// Thread-safe. For one who asks.
class Cancellation {
 public:
  void Set();

  // Calls `callback` once, when Set() is or was called.
  void Notify(absl::AnyInvocable<void() &&> callback);

 private:
  std::mutex mu_;
  bool set_ = false;
  absl::AnyInvocable<void() &&> callback_;
};

}  // namespace mesh::rpc
