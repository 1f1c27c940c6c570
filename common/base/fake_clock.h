// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

#include "common/base/clock.h"

namespace mesh {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'780'000'000))
      : nanos_(absl::ToUnixNanos(now)) {}

  absl::Time Now() const override { return absl::FromUnixNanos(nanos_); }

  void Advance(absl::Duration by) { nanos_ += absl::ToInt64Nanoseconds(by); }

 private:
  std::atomic<int64_t> nanos_;
};

}  // namespace mesh
