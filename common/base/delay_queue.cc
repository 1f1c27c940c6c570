#include "common/base/delay_queue.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mesh {

DelayQueue::DelayQueue() : thread_([this] { Run(); }) {}

DelayQueue::~DelayQueue() { Stop(); }

void DelayQueue::Post(absl::Duration delay, Task task) {
  // An infinite delay overflows in the library.
  const Clock::time_point due =
      Clock::now() + absl::ToChronoNanoseconds(std::min(delay, absl::Hours(24 * 365)));
  bool is_next = false;
  {
    const std::lock_guard lock(mu_);
    if (stopping_) return;
    const uint64_t number = next_number_++;
    entries_.push_back({due, number, std::move(task)});
    std::push_heap(entries_.begin(), entries_.end(), Later);
    is_next = entries_.front().number == number;
  }
  if (is_next) changed_.notify_one();
}

void DelayQueue::Stop() {
  std::vector<Entry> dropped;
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
    dropped.swap(entries_);
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool DelayQueue::Later(const Entry& a, const Entry& b) {
  return std::tie(a.due, a.number) > std::tie(b.due, b.number);
}

void DelayQueue::Run() {
  std::unique_lock lock(mu_);
  while (!stopping_) {
    if (entries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Clock::time_point due = entries_.front().due;
    if (Clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    std::pop_heap(entries_.begin(), entries_.end(), Later);
    Task task = std::move(entries_.back().task);
    entries_.pop_back();
    lock.unlock();
    std::move(task)();
    // Before the lock: what the task holds may post as it goes.
    task = nullptr;
    lock.lock();
  }
}

}  // namespace mesh
