#include "services/zoho_proxy/circuit_breaker.h"

#include <gtest/gtest.h>

namespace mesh::zoho_proxy {
namespace {

using Outcome = CircuitBreaker::Outcome;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  // A call that is admitted and ends at once. Returns whether it was admitted.
  bool Call(Outcome outcome, absl::string_view account = "a") {
    if (!breaker_.Admit(now_)) return false;
    breaker_.Record(outcome, account, now_);
    return true;
  }

  void Fail(int times) {
    for (int i = 0; i < times; ++i) Call(Outcome::kFailed);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'780'000'000);
  CircuitBreaker breaker_{{.failures = 3,
                           .first_pause = absl::Seconds(5),
                           .longest_pause = absl::Seconds(15),
                           .probe_patience = absl::Seconds(2)}};
};

TEST_F(CircuitBreakerTest, OpensAfterSomeFailuresInARow) {
  Fail(2);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  Fail(1);
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
  EXPECT_EQ(breaker_.until(), now_ + absl::Seconds(5));
  EXPECT_FALSE(breaker_.Admit(now_ + absl::Seconds(4.9)));
}

TEST_F(CircuitBreakerTest, AnAnswerInBetweenEndsTheRow) {
  Fail(2);
  Call(Outcome::kAnswered);
  Fail(2);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
}

TEST_F(CircuitBreakerTest, TimeoutsOfOneAccountAreItsOwnAffair) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(Call(Outcome::kTimedOut));
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
}

TEST_F(CircuitBreakerTest, TimeoutsOfSeveralAccountsAreTheHosts) {
  Call(Outcome::kTimedOut, "a");
  Call(Outcome::kTimedOut, "b");
  Call(Outcome::kTimedOut, "a");
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
}

TEST_F(CircuitBreakerTest, HalfOpenAdmitsOneProbe) {
  Fail(3);
  now_ += absl::Seconds(5);
  EXPECT_EQ(breaker_.state(now_), State::kHalfOpen);
  EXPECT_TRUE(breaker_.Admit(now_));
  EXPECT_FALSE(breaker_.Admit(now_));
  breaker_.Record(Outcome::kAnswered, "a", now_);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  EXPECT_TRUE(breaker_.Admit(now_));
}

TEST_F(CircuitBreakerTest, AFailedProbeOpensItForLongerUpToALimit) {
  Fail(3);
  for (const int pause : {10, 15, 15}) {
    now_ = breaker_.until();
    EXPECT_TRUE(Call(Outcome::kFailed));
    EXPECT_EQ(breaker_.until(), now_ + absl::Seconds(pause));
  }
}

TEST_F(CircuitBreakerTest, AnAnswerShortensTheNextPauseAgain) {
  Fail(3);
  now_ = breaker_.until();
  Fail(1);
  now_ = breaker_.until();
  Call(Outcome::kAnswered);
  Fail(3);
  EXPECT_EQ(breaker_.until(), now_ + absl::Seconds(5));
}

TEST_F(CircuitBreakerTest, AProbeThatHangsMakesRoomForAnother) {
  Fail(3);
  now_ = breaker_.until();
  EXPECT_TRUE(breaker_.Admit(now_));
  EXPECT_EQ(breaker_.until(), now_ + absl::Seconds(2));
  now_ += absl::Seconds(2);
  EXPECT_TRUE(breaker_.Admit(now_));
}

TEST_F(CircuitBreakerTest, AProbeWhoseCallerWentAwayMakesRoomForAnother) {
  Fail(3);
  now_ = breaker_.until();
  EXPECT_TRUE(Call(Outcome::kUnknown));
  EXPECT_TRUE(breaker_.Admit(now_));
}

TEST_F(CircuitBreakerTest, CallsFromBeforeItOpenedDoNotKeepItOpen) {
  Fail(3);
  const absl::Time until = breaker_.until();
  now_ += absl::Seconds(1);
  breaker_.Record(Outcome::kFailed, "a", now_);
  EXPECT_EQ(breaker_.until(), until);
}

TEST_F(CircuitBreakerTest, AnAnswerToACallFromBeforeClosesIt) {
  Fail(3);
  breaker_.Record(Outcome::kAnswered, "a", now_);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
}

}  // namespace
}  // namespace mesh::zoho_proxy
