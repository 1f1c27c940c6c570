// Reads the store's changes as they come and hands them to whoever follows them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/changes.pb.h"
#include "services/auth/metrics.h"
#include "services/auth/store/change_store.h"

namespace mesh::auth {

// Somebody who follows the changes.
class ChangeFollower {
 public:
  virtual ~ChangeFollower() = default;

  // The store has been read, whether anything changed or not. On the feed's thread; must not block.
  virtual void Tick() = 0;

  // The feed has closed. No Tick() comes after it.
  virtual void Close() = 0;
};

// Thread-safe. Has a thread of its own, which asks the store again and again: changes come from
// every replica, and the database is all that they share.
class ChangeFeed {
 public:
  struct Options {
    // Between two looks at the store.
    absl::Duration interval = absl::Milliseconds(100);

    // Changes at hand for those who come back; whoever missed more starts anew.
    size_t memory = 4096;
  };

  // Hears of every change, or that there may have been any (`reset`), before the followers do; on
  // the feed's thread; must not block.
  using OnNews = std::function<void(const v1::WatchResponse&)>;

  ChangeFeed(ChangeStore& store, AuthMetrics& metrics, OnNews on_news, const Options& options);
  ~ChangeFeed();

  ChangeFeed(const ChangeFeed&) = delete;
  ChangeFeed& operator=(const ChangeFeed&) = delete;

  // Ticks `follower` from now on until it goes. Returns false where the feed has closed.
  bool Follow(const std::weak_ptr<ChangeFollower>& follower);

  // What to tell somebody who knows everything up to `after`, whose next `after` is the answer's
  // sequence. nullopt until the store has first been read.
  std::optional<v1::WatchResponse> Since(std::optional<int64_t> after) const;

  // Ends the thread and tells all followers. Not to be called by them.
  void Close();

 private:
  void Run();
  absl::Status Poll();
  absl::StatusOr<v1::WatchResponse> ReadNews();
  void Keep(const v1::WatchResponse& news);
  std::vector<std::weak_ptr<ChangeFollower>> LivingFollowers();

  ChangeStore& store_;
  AuthMetrics& metrics_;
  const OnNews on_news_;
  const Options options_;

  mutable std::mutex mu_;
  std::condition_variable stop_;
  bool closed_ = false;
  std::vector<std::weak_ptr<ChangeFollower>> followers_;
  // Whether the store has been read.
  bool ready_ = false;
  // The latest changes, without a gap, up to `newest_`.
  std::deque<v1::Change> changes_;
  int64_t newest_ = 0;
  std::thread thread_;
};

}  // namespace mesh::auth
