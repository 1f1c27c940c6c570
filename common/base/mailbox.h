// Hands values from other threads to a test, which waits for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

#include "common/base/check.h"

namespace mesh {

// Thread-safe. A value that does not come within ten seconds ends the test.
template <typename T>
class Mailbox {
 public:
  void Put(T value) {
    {
      const std::lock_guard lock(mu_);
      values_.push_back(std::move(value));
    }
    changed_.notify_all();
  }

  // Waits for the next value.
  T Take() {
    std::unique_lock lock(mu_);
    WaitFor(lock, 1);
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

  // Waits until `count` values are there.
  void WaitForCount(size_t count) {
    std::unique_lock lock(mu_);
    WaitFor(lock, count);
  }

  size_t size() const {
    const std::lock_guard lock(mu_);
    return values_.size();
  }

 private:
  void WaitFor(std::unique_lock<std::mutex>& lock, size_t count) {
    CHECK(changed_.wait_for(lock, std::chrono::seconds(10),
                            [this, count] { return values_.size() >= count; }));
  }

  mutable std::mutex mu_;
  std::condition_variable changed_;
  std::deque<T> values_;
};

}  // namespace mesh
