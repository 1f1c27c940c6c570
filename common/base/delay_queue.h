// Runs tasks later, on one thread for any number of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace mesh {

// Thread-safe. Tasks must not block. Destruction drops what is not due and joins.
class DelayQueue {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  DelayQueue();
  ~DelayQueue();

  DelayQueue(const DelayQueue&) = delete;
  DelayQueue& operator=(const DelayQueue&) = delete;

  // Runs `task` after `delay`; those of the same moment in the order they came. Drops it where
  // Stop() has been called.
  void Post(absl::Duration delay, Task task);

  // Drops what is not due, from now on everything, and waits for the task that runs.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    Clock::time_point due;
    uint64_t number;
    Task task;
  };
  // Whether `a` comes after `b`.
  static bool Later(const Entry& a, const Entry& b);

  void Run();

  std::mutex mu_;
  std::condition_variable changed_;
  // A heap: the next one is first.
  std::vector<Entry> entries_;
  uint64_t next_number_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mesh
