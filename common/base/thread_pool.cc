#include "common/base/thread_pool.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"

namespace mesh {

ThreadPool::ThreadPool(size_t threads, size_t queue)
    : max_queued_(queue), max_of_tenant_(std::max<size_t>(1, (threads + queue) / 4)) {
  CHECK(threads > 0 && queue > 0);
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool ThreadPool::TryPost(Task task, absl::string_view tenant) {
  {
    const std::lock_guard lock(mu_);
    if (stopping_ || queue_.size() >= max_queued_) return false;
    std::string name(tenant);
    if (!name.empty()) {
      size_t& count = of_tenant_[name];
      if (count >= max_of_tenant_) return false;
      ++count;
    }
    queue_.push_back({std::move(task), std::move(name)});
  }
  ready_.notify_one();
  return true;
}

size_t ThreadPool::queued() const {
  const std::lock_guard lock(mu_);
  return queue_.size();
}

void ThreadPool::Work() {
  std::unique_lock lock(mu_);
  for (;;) {
    ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;  // Stopping, and nothing is left.
    Queued next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    std::move(next.task)();
    next.task = nullptr;  // What it holds goes before the tenant's place is free.
    lock.lock();
    if (next.tenant.empty()) continue;
    const auto count = of_tenant_.find(next.tenant);
    if (--count->second == 0) of_tenant_.erase(count);
  }
}

}  // namespace mesh
