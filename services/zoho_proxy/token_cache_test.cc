#include "services/zoho_proxy/token_cache.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"

namespace mesh::zoho_proxy {
namespace {

using Result = absl::StatusOr<std::shared_ptr<const Lease>>;

// Keeps each request until the test answers it.
struct Asked {
  auth::v1::GetAccessTokenRequest request;
  TokenCache::Fetched done;
};

class TokenCacheTest : public ::testing::Test {
 protected:
  auth::v1::AccessToken Token(int64_t generation, absl::Duration lives = absl::Hours(1)) {
    auth::v1::AccessToken token;
    token.set_access_token(absl::StrCat("token-", generation));
    token.set_generation(generation);
    *token.mutable_expire_time() = rpc::TimestampOf(clock_.Now() + lives);
    return token;
  }

  void Get(Mailbox<Result>& to, int64_t refused = 0, const std::string& account = "a") {
    cache_.Get({}, account, refused, [&to](Result result) { to.Put(std::move(result)); });
  }

  void Answer(absl::StatusOr<auth::v1::AccessToken> token) {
    Asked asked = asked_.Take();
    std::move(asked.done)(std::move(token));
  }

  static int64_t Generation(Result result) {
    EXPECT_THAT(result, IsOk());
    return result.ok() ? (*result)->generation : -1;
  }

  FakeClock clock_;
  Mailbox<Asked> asked_;
  TokenCache cache_{[this](const CallContext&, const auth::v1::GetAccessTokenRequest& request,
                           TokenCache::Fetched done) {
                      asked_.Put({.request = request, .done = std::move(done)});
                    },
                    clock_};
  Mailbox<Result> got_;
};

TEST_F(TokenCacheTest, ManyWaitersCauseOneRequest) {
  for (int i = 0; i < 10; ++i) Get(got_);
  EXPECT_EQ(asked_.size(), 1u);
  Answer(Token(1));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Generation(got_.Take()), 1);
  EXPECT_EQ(asked_.size(), 0u);
}

TEST_F(TokenCacheTest, ALeaseIsHeldUntilFiveMinutesBeforeItEnds) {
  Get(got_);
  Answer(Token(1));
  ASSERT_THAT(got_.Take(), IsOk());

  clock_.Advance(absl::Minutes(54));
  Get(got_);
  EXPECT_EQ(Generation(got_.Take()), 1);
  EXPECT_EQ(asked_.size(), 0u);

  clock_.Advance(absl::Minutes(2));
  Get(got_);
  Answer(Token(2));
  EXPECT_EQ(Generation(got_.Take()), 2);
}

TEST_F(TokenCacheTest, ARefusedGenerationIsReplacedOnceForAllWhoSawIt) {
  Get(got_);
  Answer(Token(1));
  ASSERT_THAT(got_.Take(), IsOk());

  for (int i = 0; i < 3; ++i) Get(got_, /*refused=*/1);
  ASSERT_EQ(asked_.size(), 1u);
  Asked asked = asked_.Take();
  EXPECT_EQ(asked.request.refused_generation(), 1);
  std::move(asked.done)(Token(2));

  for (int i = 0; i < 3; ++i) EXPECT_EQ(Generation(got_.Take()), 2);
  // Who comes late with the old refusal gets what is there.
  Get(got_, /*refused=*/1);
  EXPECT_EQ(Generation(got_.Take()), 2);
  EXPECT_EQ(asked_.size(), 0u);
}

TEST_F(TokenCacheTest, ARefusalDuringARefreshIsAskedAboutAgain) {
  Get(got_);
  Mailbox<Result> refused;
  Get(refused, /*refused=*/1);
  EXPECT_EQ(asked_.size(), 1u);

  Answer(Token(1));

  EXPECT_EQ(Generation(got_.Take()), 1);
  EXPECT_EQ(refused.size(), 0u);
  Answer(Token(2));
  EXPECT_EQ(Generation(refused.Take()), 2);
}

TEST_F(TokenCacheTest, AFailureIsNoErrorWhileTheLeaseLivesAndWasNotRefused) {
  Get(got_);
  Answer(Token(1));
  ASSERT_THAT(got_.Take(), IsOk());
  clock_.Advance(absl::Minutes(57));

  Get(got_);
  Answer(ServiceUnavailable("auth-service", "gone"));
  EXPECT_EQ(Generation(got_.Take()), 1);

  Get(got_, /*refused=*/1);
  Answer(ServiceUnavailable("auth-service", "gone"));
  EXPECT_THAT(got_.Take(), HasReason("SERVICE_UNAVAILABLE"));

  clock_.Advance(absl::Minutes(5));
  Get(got_);
  Answer(ServiceUnavailable("auth-service", "gone"));
  EXPECT_THAT(got_.Take(), HasReason("SERVICE_UNAVAILABLE"));
}

TEST_F(TokenCacheTest, AnErrorIsNotRemembered) {
  Get(got_);
  Answer(AccountNotFound("a"));
  EXPECT_THAT(got_.Take(), HasReason("ACCOUNT_NOT_FOUND"));
  Get(got_);
  Answer(Token(1));
  EXPECT_EQ(Generation(got_.Take()), 1);
}

TEST_F(TokenCacheTest, AccountsDoNotWaitForEachOther) {
  Mailbox<Result> other;
  Get(got_);
  Get(other, 0, "b");
  Asked first = asked_.Take();
  Answer(Token(7));
  EXPECT_EQ(Generation(other.Take()), 7);
  EXPECT_EQ(got_.size(), 0u);
  std::move(first.done)(Token(1));
  EXPECT_EQ(Generation(got_.Take()), 1);
}

TEST_F(TokenCacheTest, ManyThreadsGetTheirLeases) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 200;
  std::atomic<bool> over = false;
  std::thread auth([&] {
    // The first answers of four accounts, and then whatever is refused in between.
    while (!over) {
      if (asked_.size() == 0) {
        std::this_thread::yield();
        continue;
      }
      Asked asked = asked_.Take();
      auth::v1::AccessToken token = Token(asked.request.refused_generation() + 1);
      std::move(asked.done)(std::move(token));
    }
  });
  std::atomic<int> answers = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < kThreads; ++t) {
    callers.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        cache_.Get({}, absl::StrCat("account-", (t + i) % 4), i % 50 == 0 ? i / 50 : 0,
                   [&answers](Result result) { answers += result.ok() ? 1 : 0; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  while (answers < kThreads * kCalls) std::this_thread::yield();
  over = true;
  auth.join();
  EXPECT_EQ(answers, kThreads * kCalls);
}

}  // namespace
}  // namespace mesh::zoho_proxy
