#include "services/auth/change_feed.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace mesh::auth {
namespace {

// In one message, and in one look at the store.
constexpr int kMostAtOnce = 1000;

}  // namespace

ChangeFeed::ChangeFeed(ChangeStore& store, AuthMetrics& metrics, OnNews on_news,
                       const Options& options)
    : store_(store),
      metrics_(metrics),
      on_news_(std::move(on_news)),
      options_(options),
      thread_([this] { Run(); }) {}

ChangeFeed::~ChangeFeed() { Close(); }

bool ChangeFeed::Follow(const std::weak_ptr<ChangeFollower>& follower) {
  const std::lock_guard lock(mu_);
  if (closed_) return false;
  followers_.push_back(follower);
  return true;
}

std::optional<v1::WatchResponse> ChangeFeed::Since(std::optional<int64_t> after) const {
  const std::lock_guard lock(mu_);
  if (!ready_) return std::nullopt;
  v1::WatchResponse response;
  const int64_t oldest = newest_ - static_cast<int64_t>(changes_.size());
  // Whoever knows more than there is knew a database in whose place an older one was restored.
  if (!after.has_value() || *after < oldest || *after > newest_) {
    response.set_reset(true);
    response.set_sequence(newest_);
    return response;
  }
  response.set_sequence(*after);
  for (auto change = changes_.begin() + (*after - oldest);
       change != changes_.end() && response.changes_size() < kMostAtOnce; ++change) {
    *response.add_changes() = *change;
    response.set_sequence(change->sequence());
  }
  return response;
}

void ChangeFeed::Close() {
  {
    const std::lock_guard lock(mu_);
    closed_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const std::weak_ptr<ChangeFollower>& weak : LivingFollowers()) {
    if (const std::shared_ptr<ChangeFollower> follower = weak.lock()) follower->Close();
  }
}

void ChangeFeed::Run() {
  // So that an outage is logged when it begins and when it ends.
  bool failing = false;
  std::unique_lock lock(mu_);
  while (!closed_) {
    lock.unlock();
    const absl::Status polled = Poll();
    if (!polled.ok() && !failing) LogWarning("changes cannot be read", {{"error", polled}});
    if (polled.ok() && failing) LogInfo("changes can be read again");
    failing = !polled.ok();
    lock.lock();
    stop_.wait_for(lock, absl::ToChronoNanoseconds(options_.interval), [this] { return closed_; });
  }
}

absl::Status ChangeFeed::Poll() {
  ASSIGN_OR_RETURN(const v1::WatchResponse news, ReadNews());
  if (news.reset() || news.changes_size() > 0) {
    Keep(news);
    on_news_(news);
  }
  const std::vector<std::weak_ptr<ChangeFollower>> followers = LivingFollowers();
  metrics_.watchers.Set(static_cast<double>(followers.size()));
  for (const std::weak_ptr<ChangeFollower>& weak : followers) {
    if (const std::shared_ptr<ChangeFollower> follower = weak.lock()) follower->Tick();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::WatchResponse> ChangeFeed::ReadNews() {
  v1::WatchResponse news;
  // This thread alone changes both.
  int64_t known = newest_;
  if (!ready_) {
    constexpr int64_t kNothing = std::numeric_limits<int64_t>::max();
    ASSIGN_OR_RETURN(const RecentChanges now, store_.Read(kNothing, kMostAtOnce));
    // Whoever comes back from a service that restarted finds the latest ones here.
    known = std::max<int64_t>(0, now.newest - static_cast<int64_t>(options_.memory));
    news.set_reset(true);
  }
  while (true) {
    ASSIGN_OR_RETURN(const RecentChanges recent, store_.Read(known, kMostAtOnce));
    if (recent.newest < known) {
      news.clear_changes();
      news.set_reset(true);
      known = recent.newest;
    }
    if (recent.changes.empty()) break;
    if (recent.changes.front().sequence() != known + 1) {
      news.clear_changes();
      news.set_reset(true);
    }
    for (const v1::Change& change : recent.changes) *news.add_changes() = change;
    known = recent.changes.back().sequence();
  }
  news.set_sequence(known);
  return news;
}

void ChangeFeed::Keep(const v1::WatchResponse& news) {
  const std::lock_guard lock(mu_);
  if (news.reset()) changes_.clear();
  changes_.insert(changes_.end(), news.changes().begin(), news.changes().end());
  while (changes_.size() > options_.memory) changes_.pop_front();
  newest_ = news.sequence();
  ready_ = true;
}

std::vector<std::weak_ptr<ChangeFollower>> ChangeFeed::LivingFollowers() {
  const std::lock_guard lock(mu_);
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  return followers_;
}

}  // namespace mesh::auth
