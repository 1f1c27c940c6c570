// Tells whoever works for a client that the client has gone.
#pragma once

#include <mutex>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace mesh::net {

// Fires once or is settled, whichever comes first. Thread-safe. Callbacks run without a lock held.
class GoneSignal {
 public:
  using Callback = absl::AnyInvocable<void() &&>;

  // Keeps `callback` for Fire(); calls it at once after Fire(), drops it after Settle().
  void OnGone(Callback callback);

  // Calls what is kept.
  void Fire();

  // Nobody is to be told any more: drops what is kept.
  void Settle();

 private:
  enum class State { kOpen, kFired, kSettled };

  std::vector<Callback> Leave(State to);

  std::mutex mu_;
  State state_ = State::kOpen;
  std::vector<Callback> callbacks_;
};

}  // namespace mesh::net
