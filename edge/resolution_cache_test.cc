#include "edge/resolution_cache.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/status_matchers.h"

namespace mesh::edge {
namespace {

using Cache = ResolutionCache<int>;

// Answers fetches when a test says so. Thread-safe.
class FakeService {
 public:
  Cache::Fetch fetch() {
    return [this](const std::string& key, Cache::Fetched fetched) {
      std::optional<absl::StatusOr<int>> answer;
      {
        const std::lock_guard lock(mu_);
        ++fetches_[key];
        if (held_) {
          waiting_.emplace_back(std::move(fetched));
          return;
        }
        answer = answer_;
      }
      std::move(fetched)(*answer);
    };
  }

  void Say(absl::StatusOr<int> answer) {
    const std::lock_guard lock(mu_);
    answer_ = std::move(answer);
  }

  void Hold() {
    const std::lock_guard lock(mu_);
    held_ = true;
  }

  void Release(const absl::StatusOr<int>& answer) {
    std::vector<Cache::Fetched> waiting;
    {
      const std::lock_guard lock(mu_);
      held_ = false;
      waiting.swap(waiting_);
    }
    for (Cache::Fetched& fetched : waiting) std::move(fetched)(answer);
  }

  int fetches(const std::string& key) {
    const std::lock_guard lock(mu_);
    return fetches_[key];
  }

 private:
  std::mutex mu_;
  absl::StatusOr<int> answer_ = 1;
  bool held_ = false;
  std::vector<Cache::Fetched> waiting_;
  std::map<std::string, int> fetches_;
};

class ResolutionCacheTest : public testing::Test {
 protected:
  // What Get() hands over before it returns.
  absl::StatusOr<int> Get(const std::string& key) {
    absl::StatusOr<int> got = absl::UnknownError("not called");
    cache_.Get(key, [&got](absl::StatusOr<Cache::Record> record) {
      got = record.ok() ? absl::StatusOr<int>(**record) : record.status();
    });
    return got;
  }

  FakeClock clock_;
  FakeService service_;
  Cache cache_{clock_, {.max_records = 2, .max_refusals = 2}, service_.fetch()};
};

TEST_F(ResolutionCacheTest, HoldsARecordForASecond) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(2);
  clock_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(*Get("a"), 1);

  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(*Get("a"), 2);
  EXPECT_EQ(service_.fetches("a"), 2);
}

TEST_F(ResolutionCacheTest, DropsWhatTheServiceRefuses) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(McpTokenInvalid());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Get("a"), HasReason("MCP_TOKEN_INVALID"));

  // Also when it then goes away: a refusal does not bring back what it replaced.
  service_.Say(StoreUnavailable("gone"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Get("a"), HasReason("STORE_UNAVAILABLE"));
}

TEST_F(ResolutionCacheTest, HoldsARefusalForASecond) {
  service_.Say(McpTokenInvalid());
  EXPECT_THAT(Get("a"), HasReason("MCP_TOKEN_INVALID"));
  service_.Say(7);
  EXPECT_THAT(Get("a"), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_EQ(service_.fetches("a"), 1);

  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(*Get("a"), 7);
}

TEST_F(ResolutionCacheTest, ServesARecordFor30SecondsWhileTheServiceDoesNotAnswer) {
  for (const absl::Status& away :
       {absl::UnavailableError(""), absl::DeadlineExceededError(""), Overloaded()}) {
    service_.Say(1);
    clock_.Advance(absl::Minutes(1));
    ASSERT_EQ(*Get("a"), 1);
    service_.Say(away);

    clock_.Advance(absl::Seconds(30));
    EXPECT_EQ(*Get("a"), 1) << away;

    clock_.Advance(absl::Milliseconds(1));
    EXPECT_THAT(Get("a"), StatusIs(away.code()));
  }
}

TEST_F(ResolutionCacheTest, AsksAServiceThatIsAwayOnceASecond) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(absl::UnavailableError(""));
  clock_.Advance(absl::Seconds(5));
  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(service_.fetches("a"), 2);

  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(service_.fetches("a"), 3);
}

TEST_F(ResolutionCacheTest, SeesARevocationWithinASecondAfterAnOutage) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(absl::UnavailableError(""));
  clock_.Advance(absl::Seconds(5));
  EXPECT_EQ(*Get("a"), 1);

  service_.Say(McpTokenInvalid());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Get("a"), HasReason("MCP_TOKEN_INVALID"));
}

TEST_F(ResolutionCacheTest, DoesNotHoldAnOutage) {
  service_.Say(absl::UnavailableError(""));
  EXPECT_THAT(Get("a"), StatusIs(absl::StatusCode::kUnavailable));
  service_.Say(3);
  EXPECT_EQ(*Get("a"), 3);
}

TEST_F(ResolutionCacheTest, FetchesOnceForAllWhoWait) {
  service_.Hold();
  int answered = 0;
  for (int i = 0; i < 5; ++i) {
    cache_.Get("a",
               [&answered](const absl::StatusOr<Cache::Record>& record) { answered += **record; });
  }
  EXPECT_EQ(answered, 0);
  EXPECT_EQ(service_.fetches("a"), 1);

  service_.Release(10);
  EXPECT_EQ(answered, 50);
}

TEST_F(ResolutionCacheTest, LetsTheLeastRecentlyUsedGo) {
  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(*Get("b"), 1);
  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(*Get("c"), 1);  // Takes the place of b.

  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(service_.fetches("a"), 1);
  EXPECT_EQ(*Get("b"), 1);
  EXPECT_EQ(service_.fetches("b"), 2);
}

TEST_F(ResolutionCacheTest, LetsNoFloodOfUnknownKeysPushOutRecords) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(McpTokenInvalid());
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Get("unknown" + std::to_string(i)).ok());

  EXPECT_EQ(*Get("a"), 1);
  EXPECT_EQ(service_.fetches("a"), 1);
  EXPECT_FALSE(Get("unknown0").ok());
  EXPECT_EQ(service_.fetches("unknown0"), 2);  // Refusals are bounded as well.
}

TEST_F(ResolutionCacheTest, HoldsARecordForAsLongAsItIsConfirmed) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(2);
  for (int i = 0; i < 100; ++i) {
    clock_.Advance(absl::Milliseconds(900));
    cache_.Confirm();
    EXPECT_EQ(*Get("a"), 1);
  }
  EXPECT_EQ(service_.fetches("a"), 1);

  // Nobody confirms it any longer.
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(*Get("a"), 2);
}

TEST_F(ResolutionCacheTest, FetchesARecordNowAndThenHoweverOftenItIsConfirmed) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(2);
  clock_.Advance(absl::Minutes(5));
  cache_.Confirm();

  EXPECT_EQ(*Get("a"), 2);
}

TEST_F(ResolutionCacheTest, ServesFor30SecondsAfterTheLastConfirmationWhileTheServiceIsAway) {
  EXPECT_EQ(*Get("a"), 1);
  clock_.Advance(absl::Seconds(60));
  cache_.Confirm();
  service_.Say(absl::UnavailableError(""));

  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(*Get("a"), 1);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(Get("a"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ResolutionCacheTest, ConfirmsNoRefusal) {
  service_.Say(McpTokenInvalid());
  EXPECT_THAT(Get("a"), HasReason("MCP_TOKEN_INVALID"));
  service_.Say(7);
  clock_.Advance(absl::Seconds(1));
  cache_.Confirm();

  EXPECT_EQ(*Get("a"), 7);
}

TEST_F(ResolutionCacheTest, FetchesWhatWasDroppedAndNothingElse) {
  EXPECT_EQ(*Get("a"), 1);
  service_.Say(2);
  EXPECT_EQ(*Get("b"), 2);

  cache_.Drop([](int value) { return value == 1; });

  service_.Say(3);
  EXPECT_EQ(*Get("a"), 3);
  EXPECT_EQ(*Get("b"), 2);
}

TEST_F(ResolutionCacheTest, DoesNotKeepWhatWasFetchedWhileSomethingChanged) {
  service_.Hold();
  int answered = 0;
  cache_.Get("a", [&](const absl::StatusOr<Cache::Record>& record) { answered = **record; });
  // The change overtakes the answer, which was given before it.
  cache_.Drop([](int) { return true; });
  cache_.Confirm();
  service_.Release(1);
  EXPECT_EQ(answered, 1);

  service_.Say(McpTokenInvalid());
  EXPECT_THAT(Get("a"), HasReason("MCP_TOKEN_INVALID"));
}

TEST_F(ResolutionCacheTest, AnswersEveryCallerOfEveryThread) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 500;
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &answered] {
      for (int i = 0; i < kCalls; ++i) {
        cache_.Get(std::to_string((i + t) % 3), [&](const absl::StatusOr<Cache::Record>& record) {
          if (record.ok()) ++answered;
        });
        if (i % 100 == 0) clock_.Advance(absl::Seconds(1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, kThreads * kCalls);
}

}  // namespace
}  // namespace mesh::edge
