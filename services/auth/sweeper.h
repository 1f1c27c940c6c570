// Removes what has expired, now and then.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "services/auth/metrics.h"
#include "services/auth/store/store.h"

namespace mesh::auth {

// How long audit events and usage are kept.
struct Retention {
  absl::Duration audit = absl::Hours(24 * 400);
  absl::Duration usage = absl::Hours(24 * 800);
};

// Removes what has expired, token requests that no budget counts any longer, and what is kept no
// longer, changes that nobody asks for any more among it. Fails with UNAVAILABLE
// (`STORE_UNAVAILABLE`).
absl::Status Sweep(Store& store, absl::Time now, AuthMetrics& metrics,
                   const Retention& retention = {});

// Sweeps at once and then every `interval`, on a thread of its own, until destroyed. A sweep that
// fails is logged; the next one catches up.
class Sweeper {
 public:
  Sweeper(Store& store, const Clock& clock, AuthMetrics& metrics, const Retention& retention,
          absl::Duration interval);
  ~Sweeper();

 private:
  void Run(absl::Duration interval);

  Store& store_;
  const Clock& clock_;
  AuthMetrics& metrics_;
  const Retention retention_;
  std::mutex mu_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mesh::auth
