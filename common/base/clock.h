// Where the time comes from. Only the edges of the program ask; everything else takes an
// absl::Time.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace mesh {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace mesh
