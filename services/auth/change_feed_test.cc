#include "services/auth/change_feed.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/mailbox.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A log that a test writes. Thread-safe.
class FakeChangeStore final : public ChangeStore {
 public:
  void Add(int count = 1) {
    const std::lock_guard lock(mu_);
    for (int i = 0; i < count; ++i) {
      v1::Change& change = changes_.emplace_back();
      change.set_sequence(++newest_);
      change.set_id(absl::StrCat("id_", newest_));
    }
  }

  // As another database, restored in this one's place, would be.
  void GoBackTo(int64_t newest) {
    const std::lock_guard lock(mu_);
    newest_ = newest;
    std::erase_if(changes_, [&](const v1::Change& change) { return change.sequence() > newest; });
  }

  void Fail(bool fail) {
    const std::lock_guard lock(mu_);
    fail_ = fail;
  }

  // From now on.
  void AwaitReads(size_t count) { reads_.WaitForCount(reads_.size() + count); }

  absl::StatusOr<RecentChanges> Read(int64_t after, int limit) override {
    reads_.Put(1);
    const std::lock_guard lock(mu_);
    if (fail_) return StoreUnavailable("it is gone");
    RecentChanges recent{.newest = newest_};
    for (const v1::Change& change : changes_) {
      if (recent.changes.size() == static_cast<size_t>(limit)) break;
      if (change.sequence() > after) recent.changes.push_back(change);
    }
    return recent;
  }

  absl::Status Trim(int64_t keep) override {
    const std::lock_guard lock(mu_);
    std::erase_if(changes_,
                  [&](const v1::Change& change) { return change.sequence() <= newest_ - keep; });
    return absl::OkStatus();
  }

 private:
  std::mutex mu_;
  std::vector<v1::Change> changes_;
  int64_t newest_ = 0;
  bool fail_ = false;
  Mailbox<int> reads_;
};

class CountingFollower final : public ChangeFollower {
 public:
  void Tick() override { ticks.Put(1); }
  void Close() override { closes.Put(1); }

  Mailbox<int> ticks;
  Mailbox<int> closes;
};

std::vector<int64_t> SequencesOf(const v1::WatchResponse& news) {
  std::vector<int64_t> sequences;
  for (const v1::Change& change : news.changes()) sequences.push_back(change.sequence());
  return sequences;
}

class ChangeFeedTest : public testing::Test {
 protected:
  // Until the store has been read once more, from the beginning of a look on.
  void AwaitLook() {
    auto follower = std::make_shared<CountingFollower>();
    ASSERT_TRUE(feed_->Follow(follower));
    follower->ticks.Take();
    follower->ticks.Take();
  }

  void Start() {
    feed_.emplace(
        store_, world_.metrics, [this](const v1::WatchResponse& news) { news_.Put(news); },
        ChangeFeed::Options{.interval = absl::Milliseconds(1), .memory = 5});
    AwaitLook();
  }

  TestWorld world_;
  FakeChangeStore store_;
  Mailbox<v1::WatchResponse> news_;
  std::optional<ChangeFeed> feed_;
};

TEST_F(ChangeFeedTest, TellsEverybodyWhatTheyDoNotKnow) {
  store_.Add(2);
  Start();
  EXPECT_TRUE(news_.Take().reset());

  store_.Add(2);
  EXPECT_THAT(SequencesOf(news_.Take()), ElementsAre(3, 4));

  const v1::WatchResponse one = *feed_->Since(3);
  EXPECT_FALSE(one.reset());
  EXPECT_THAT(SequencesOf(one), ElementsAre(4));
  EXPECT_EQ(one.sequence(), 4);
  const v1::WatchResponse nothing = *feed_->Since(4);
  EXPECT_FALSE(nothing.reset());
  EXPECT_THAT(SequencesOf(nothing), IsEmpty());
  EXPECT_EQ(nothing.sequence(), 4);
}

TEST_F(ChangeFeedTest, LetsThoseStartAnewOfWhomItDoesNotKnowWhatTheyKnow) {
  store_.Add(9);
  Start();

  for (const std::optional<int64_t> after :
       {std::optional<int64_t>(), std::optional<int64_t>(3), std::optional<int64_t>(10)}) {
    const v1::WatchResponse news = *feed_->Since(after);
    EXPECT_TRUE(news.reset());
    EXPECT_EQ(news.sequence(), 9);
  }
  // What it has just found in the log it knows.
  EXPECT_THAT(SequencesOf(*feed_->Since(4)), ElementsAre(5, 6, 7, 8, 9));
}

TEST_F(ChangeFeedTest, NoticesAGapAndADatabaseThatIsOlder) {
  Start();
  news_.Take();
  store_.Fail(true);
  store_.Add(20);
  ASSERT_TRUE(store_.Trim(3).ok());
  store_.Fail(false);

  const v1::WatchResponse gap = news_.Take();
  EXPECT_TRUE(gap.reset());
  EXPECT_EQ(gap.sequence(), 20);

  store_.GoBackTo(18);
  const v1::WatchResponse older = news_.Take();
  EXPECT_TRUE(older.reset());
  EXPECT_EQ(older.sequence(), 18);
  EXPECT_TRUE(feed_->Since(20)->reset());
}

TEST_F(ChangeFeedTest, SaysNothingWhileTheStoreDoesNotAnswer) {
  Start();
  store_.Fail(true);
  auto follower = std::make_shared<CountingFollower>();
  ASSERT_TRUE(feed_->Follow(follower));
  store_.AwaitReads(3);
  // A look may have been under way.
  EXPECT_LE(follower->ticks.size(), 1u);

  store_.Fail(false);

  for (int i = 0; i < 3; ++i) follower->ticks.Take();
}

TEST_F(ChangeFeedTest, TellsItsFollowersWhenItCloses) {
  Start();
  auto follower = std::make_shared<CountingFollower>();
  auto gone = std::make_shared<CountingFollower>();
  ASSERT_TRUE(feed_->Follow(follower));
  ASSERT_TRUE(feed_->Follow(gone));
  gone.reset();

  feed_->Close();

  EXPECT_EQ(follower->closes.size(), 1u);
  EXPECT_FALSE(feed_->Follow(follower));
}

}  // namespace
}  // namespace mesh::auth
