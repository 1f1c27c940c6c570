#include "services/zoho_proxy/account_gate.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::ElementsAre;

class AccountGateTest : public ::testing::Test {
 protected:
  // Enters; whoever gets in holds the place in `held_`, under its account.
  std::shared_ptr<AccountGate::Ticket> Enter(AccountGate& gate, const std::string& account) {
    return gate.Enter(account, [this, account](absl::StatusOr<AccountGate::Slot> slot) {
      if (!slot.ok()) return refused_.push_back(slot.status());
      entered_.push_back(account);
      held_.emplace_back(account, *std::move(slot));
    });
  }

  int Held(const std::string& account) const {
    int count = 0;
    for (const auto& [name, slot] : held_) count += name == account ? 1 : 0;
    return count;
  }

  // The oldest of an account's calls ends.
  void End(const std::string& account) {
    for (auto it = held_.begin(); it != held_.end(); ++it) {
      if (it->first != account) continue;
      AccountGate::Slot slot = std::move(it->second);
      held_.erase(it);
      return slot.Release();
    }
    FAIL() << account << " holds nothing";
  }

  // All calls end, those that get in meanwhile as well: a gate outlives its places.
  void EndAll() {
    while (!held_.empty()) End(held_.front().first);
  }

  std::vector<std::string> entered_;
  std::vector<absl::Status> refused_;
  std::deque<std::pair<std::string, AccountGate::Slot>> held_;
};

TEST_F(AccountGateTest, OneAccountGetsHalfAndEveryOtherHalfOfTheRest) {
  AccountGate gate({.in_flight = 32, .account_in_flight = 100, .waiting = 1000});
  const std::vector<std::pair<std::string, int>> shares = {
      {"a", 16}, {"b", 8}, {"c", 4}, {"d", 2}, {"e", 1}};
  for (const auto& [account, share] : shares) {
    for (int i = 0; i < 40; ++i) Enter(gate, account);
    EXPECT_EQ(Held(account), share);
  }
  EndAll();
}

TEST_F(AccountGateTest, AnAccountHasABoundOfItsOwn) {
  AccountGate gate({.in_flight = 100, .account_in_flight = 3, .waiting = 100});
  for (int i = 0; i < 9; ++i) Enter(gate, "a");
  EXPECT_EQ(Held("a"), 3);
  EXPECT_EQ(gate.waiting(), 6);
  EndAll();
  EXPECT_EQ(entered_.size(), 9u);
  EXPECT_EQ(gate.in_flight(), 0);
}

TEST_F(AccountGateTest, WhoWaitsIsServedAccountByAccountInTurn) {
  AccountGate gate({.in_flight = 2, .account_in_flight = 1, .waiting = 100});
  for (const char* account : {"x", "a", "a", "a", "b", "c", "b"}) Enter(gate, account);
  EXPECT_THAT(entered_, ElementsAre("x", "a"));
  EndAll();
  EXPECT_THAT(entered_, ElementsAre("x", "a", "b", "c", "a", "b", "a"));
}

TEST_F(AccountGateTest, AHangingAccountDoesNotKeepOthersWaiting) {
  AccountGate gate({.in_flight = 8, .account_in_flight = 8, .waiting = 100});
  for (int i = 0; i < 20; ++i) Enter(gate, "hangs");
  EXPECT_EQ(Held("hangs"), 4);
  for (int i = 0; i < 10; ++i) {
    Enter(gate, "other");
    End("other");
  }
  EXPECT_EQ(Held("hangs"), 4);
  EXPECT_TRUE(refused_.empty());
  EndAll();
}

TEST_F(AccountGateTest, WhereNobodyMayWaitTheNextIsRefused) {
  AccountGate gate({.in_flight = 4, .account_in_flight = 1, .waiting = 0});
  Enter(gate, "a");
  Enter(gate, "a");
  EXPECT_EQ(Held("a"), 1);
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_THAT(refused_[0], HasReason("ACCOUNT_BUSY"));
  Enter(gate, "b");
  EXPECT_EQ(Held("b"), 1);
  EndAll();
}

TEST_F(AccountGateTest, AnAccountMayFillHalfOfThePlacesToWaitIn) {
  AccountGate gate({.in_flight = 1, .account_in_flight = 1, .waiting = 8});
  for (int i = 0; i < 6; ++i) Enter(gate, "a");
  EXPECT_EQ(gate.waiting(), 4);
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_THAT(refused_[0], HasReason("ACCOUNT_BUSY"));
  for (int i = 0; i < 4; ++i) Enter(gate, absl::StrCat("b", i));
  EXPECT_EQ(gate.waiting(), 8);
  Enter(gate, "c");
  ASSERT_EQ(refused_.size(), 2u);
  EXPECT_THAT(refused_[1], HasReason("OVERLOADED"));
  EndAll();
}

TEST_F(AccountGateTest, WhoWithdrawsIsNotServed) {
  AccountGate gate({.in_flight = 2, .account_in_flight = 1, .waiting = 100});
  const auto first = Enter(gate, "a");
  const auto second = Enter(gate, "a");
  const auto third = Enter(gate, "a");
  EXPECT_FALSE(gate.Withdraw(first));
  EXPECT_TRUE(gate.Withdraw(second));
  EXPECT_FALSE(gate.Withdraw(second));
  EXPECT_EQ(gate.waiting(), 1);
  End("a");
  EXPECT_EQ(entered_.size(), 2u);
  EXPECT_FALSE(gate.Withdraw(third));
  End("a");
  EXPECT_EQ(gate.in_flight(), 0);
}

TEST_F(AccountGateTest, APlaceMovesAndIsGivenBackOnce) {
  AccountGate gate;
  Enter(gate, "a");
  AccountGate::Slot slot = std::move(held_.front().second);
  held_.clear();
  AccountGate::Slot last;
  last = std::move(slot);
  EXPECT_EQ(gate.in_flight(), 1);
  last.Release();
  last.Release();
  EXPECT_EQ(gate.in_flight(), 0);
}

TEST_F(AccountGateTest, ThousandsWhoEndAtOnceNeedNoDeepStack) {
  AccountGate gate({.in_flight = 2, .account_in_flight = 1, .waiting = 100'000});
  int ended = 0;
  Enter(gate, "a");
  for (int i = 0; i < 40'000; ++i) {
    gate.Enter("a", [&ended](absl::StatusOr<AccountGate::Slot>) { ++ended; });
  }
  End("a");
  EXPECT_EQ(ended, 40'000);
}

TEST_F(AccountGateTest, ThreadsLeaveItAsTheyFoundIt) {
  AccountGate gate({.in_flight = 8, .account_in_flight = 3, .waiting = 1000});
  std::atomic<int> ended = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&gate, &ended, account = absl::StrCat(i % 2)] {
      for (int n = 0; n < 2000; ++n) {
        const auto ticket =
            gate.Enter(account, [&ended](const absl::StatusOr<AccountGate::Slot>&) { ++ended; });
        if (n % 3 == 0 && gate.Withdraw(ticket)) ++ended;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(gate.in_flight(), 0);
  EXPECT_EQ(gate.waiting(), 0);
  EXPECT_EQ(ended, 8000);
}

}  // namespace
}  // namespace mesh::zoho_proxy
