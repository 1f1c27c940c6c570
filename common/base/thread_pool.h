// A fixed number of threads and a bounded queue, for handlers that wait for a database or for Zoho.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"

namespace mesh {

// Thread-safe. Destruction runs what is queued, then joins.
class ThreadPool {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  // At least one of each.
  ThreadPool(size_t threads, size_t queue);
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Runs `task` on one of the threads, or returns false at once where the queue is full. A `tenant`
  // that is not empty gets no more than a quarter of threads and queue together, so that one whose
  // upstream hangs leaves the others their share.
  bool TryPost(Task task, absl::string_view tenant = {});

  // Tasks that wait for a thread.
  size_t queued() const;

 private:
  struct Queued {
    Task task;
    std::string tenant;
  };

  void Work();

  const size_t max_queued_;
  const size_t max_of_tenant_;
  mutable std::mutex mu_;
  std::condition_variable ready_;
  std::deque<Queued> queue_;
  // Queued and running tasks by tenant.
  std::map<std::string, size_t> of_tenant_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mesh
