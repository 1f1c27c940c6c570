// Stops calling a host that fails again and again. Pure: time is an argument.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh::zoho_proxy {

struct CircuitBreakerOptions {
  // Failures in a row that open the circuit.
  int failures = 10;

  // How long it stays open: at first, and at most, doubling each time a probe fails.
  absl::Duration first_pause = absl::Seconds(5);
  absl::Duration longest_pause = absl::Minutes(1);

  // How long a probe keeps others from being one.
  absl::Duration probe_patience = absl::Seconds(10);
};

// Closed, it admits all. `failures` in a row open it: it admits nothing until the pause is over.
// Then it is half open: it admits one call as a probe, whose answer closes it and whose failure
// opens it for longer. Not thread-safe.
class CircuitBreaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };

  enum class Outcome {
    // The host answered, if only to refuse: 429 and any other 4xx count as life, and so does 500,
    // which is about one request.
    kAnswered,
    // No connection, a broken one, or a gateway's word that nobody is behind it.
    kFailed,
    // Nothing came in time. One account's endpoint that hangs is no reason to stop the others:
    // timeouts open the circuit only where they are those of several accounts.
    kTimedOut,
    // The call said nothing of the host, as when its caller went away.
    kUnknown,
  };

  explicit CircuitBreaker(const CircuitBreakerOptions& options = {})
      : options_(options), pause_(options.first_pause) {}

  // Whether a call may be sent now. Each one that may ends with Record().
  bool Admit(absl::Time now);

  void Record(Outcome outcome, absl::string_view account, absl::Time now);

  State state(absl::Time now) const;

  // When the next call may be sent, while none may.
  absl::Time until() const;

 private:
  void Open(absl::Time now);
  bool IsProbing(absl::Time now) const { return now < probing_until_; }

  CircuitBreakerOptions options_;

  bool open_ = false;
  absl::Time opens_until_ = absl::InfinitePast();
  absl::Duration pause_;
  absl::Time probing_until_ = absl::InfinitePast();

  // Of the row that is under way.
  int failed_ = 0;
  int timed_out_ = 0;
  std::string account_ = {};
  bool several_accounts_ = false;
};

}  // namespace mesh::zoho_proxy
