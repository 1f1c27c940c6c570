// The whole simulator, apart from any socket.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/time/time.h"

#include "tests/fake_zoho/delivery.h"
#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/settings.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

// Thread-safe; nothing waits under its lock.
class FakeZoho {
 public:
  // Sessions lie around the day of `now`.
  FakeZoho(uint64_t seed, const Settings& settings, absl::Time now);

  // Once the listeners are bound.
  void SetAddresses(const Addresses& addresses);

  // Answers a request that arrived at `where`, faults and latency included. `now` is the system's.
  Delivery Handle(Listener where, const Request& request, absl::Time now);

  // The address file's content.
  std::string Report();

 private:
  std::mutex mu_;
  State state_;
};

}  // namespace fake_zoho
