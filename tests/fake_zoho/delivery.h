// How an answer goes over the wire.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"

namespace fake_zoho {

struct Delivery {
  enum class Kind {
    kWhole,
    // The connection is reset instead.
    kReset,
    // The connection ends after `bytes` of the body.
    kTruncate,
    // `bytes` of the body every `interval`.
    kDrip,
    // Nothing comes, until the client goes away.
    kHang,
  };

  Kind kind = Kind::kWhole;
  Answer answer = {};
  // Before the answer.
  absl::Duration delay = absl::ZeroDuration();
  size_t bytes = 0;
  absl::Duration interval = absl::ZeroDuration();
};

}  // namespace fake_zoho
