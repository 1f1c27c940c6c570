// Ten minutes in which everything around three brokers fails in every way it can, in virtual time:
// afterwards every credential still works.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include <gtest/gtest.h>

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/base/thread_pool.h"
#include "services/auth/store/forwarding_token_store.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/test_world.h"
#include "services/auth/token_broker.h"
#include "services/auth/token_seal.h"

namespace mesh::auth {
namespace {

constexpr int kAccounts = 6;
constexpr int kBrokers = 3;
// Of a round of calls, a millisecond at least each.
constexpr int kMostSteps = 30'000;
constexpr absl::Duration kTokenLife = absl::Seconds(40);
constexpr TokenBrokerOptions kOptions{.refresh_early = absl::Seconds(10),
                                      .budget = {.requests = 40},
                                      .request_timeout = absl::Seconds(3),
                                      .lease_poll = absl::Milliseconds(1)};

// Thread-safe. The same seed brings the same dice, though not to the same threads.
class Dice {
 public:
  // From 0 to `sides` - 1.
  int Roll(int sides) {
    const std::lock_guard lock(mu_);
    return std::uniform_int_distribution<int>(0, sides - 1)(engine_);
  }

 private:
  std::mutex mu_;
  std::mt19937 engine_{20261125};
};

// A database that fails now and then, before it has done what it was to do, or after.
class UnreliableTokenStore final : public ForwardingTokenStore {
 public:
  UnreliableTokenStore(TokenStore& store, Dice& dice) : ForwardingTokenStore(store), dice_(dice) {}

  void BeReliable() { reliable_ = true; }

  absl::StatusOr<StoredTokens> Get(absl::string_view account) override {
    return Try<absl::StatusOr<StoredTokens>>([&] { return ForwardingTokenStore::Get(account); });
  }
  absl::StatusOr<RefreshTurn> BeginRefresh(absl::string_view account, TokenVersion version,
                                           const RefreshLease& lease, absl::Time now,
                                           const RefreshBudget& budget) override {
    return Try<absl::StatusOr<RefreshTurn>>(
        [&] { return ForwardingTokenStore::BeginRefresh(account, version, lease, now, budget); });
  }
  absl::Status EndRefresh(absl::string_view account, absl::string_view holder) override {
    return Try<absl::Status>([&] { return ForwardingTokenStore::EndRefresh(account, holder); });
  }
  absl::StatusOr<bool> SaveAccessToken(absl::string_view account, TokenVersion version,
                                       const SealedAccessToken& token) override {
    return Try<absl::StatusOr<bool>>(
        [&] { return ForwardingTokenStore::SaveAccessToken(account, version, token); });
  }
  absl::Status NoteRequest(absl::string_view account, int64_t grant_number,
                           absl::Time now) override {
    return Try<absl::Status>(
        [&] { return ForwardingTokenStore::NoteRequest(account, grant_number, now); });
  }
  absl::StatusOr<std::vector<absl::Time>> RequestTimes(absl::string_view account,
                                                       int64_t grant_number,
                                                       absl::Time since) override {
    return Try<absl::StatusOr<std::vector<absl::Time>>>(
        [&] { return ForwardingTokenStore::RequestTimes(account, grant_number, since); });
  }
  absl::StatusOr<bool> MarkRefused(absl::string_view account, TokenVersion version,
                                   absl::Time now) override {
    return Try<absl::StatusOr<bool>>(
        [&] { return ForwardingTokenStore::MarkRefused(account, version, now); });
  }
  absl::Status Block(absl::string_view account, int64_t grant_number, absl::Time until) override {
    return Try<absl::Status>(
        [&] { return ForwardingTokenStore::Block(account, grant_number, until); });
  }

 private:
  template <typename Result>
  Result Try(const std::function<Result()>& work) {
    const int luck = reliable_ ? 99 : dice_.Roll(100);
    if (luck < 3) return StoreUnavailable("it is gone");
    Result result = work();
    if (luck < 6) return StoreUnavailable("it went before it said so");
    return result;
  }

  Dice& dice_;
  std::atomic<bool> reliable_ = false;
};

class TokenBrokerChaos : public testing::Test {
 protected:
  TokenBrokerChaos() {
    for (int i = 0; i < kAccounts; ++i) Connect(absl::StrCat("acc_", i));
    world_.zoho.AnswerAll([this](const net::HttpRequest& request) { return Answer(request); });
    for (int i = 0; i < kBrokers; ++i) {
      brokers_.push_back(std::make_unique<TokenBroker>(store_, world_.sealer, world_.zoho,
                                                       world_.regions, world_.clients, pool_,
                                                       world_.clock, world_.metrics, kOptions));
    }
  }

  static std::string RefreshTokenOf(const std::string& account) {
    return absl::StrCat("1000.refresh.", account, ".");
  }

  void Connect(const std::string& id) {
    v1::Account account;
    account.set_id(id);
    account.set_state(v1::Account::ACTIVE);
    account.set_region("eu");
    account.set_organization_id(id);
    const SealedGrant grant{.region = "eu",
                            .refresh_token = SealToken(world_.sealer, TokenColumn::kRefreshToken,
                                                       id, Secret(RefreshTokenOf(id))),
                            .access = NewToken(id)};
    ASSERT_THAT(memory_->accounts().Insert(account, grant), IsOk());
  }

  std::string Issue() {
    const std::lock_guard lock(mu_);
    return *issued_.insert(absl::StrCat("1000.access.", issued_.size())).first;
  }

  SealedAccessToken NewToken(const std::string& account) {
    const absl::Time now = world_.clock.Now();
    return {.token = SealToken(world_.sealer, TokenColumn::kAccessToken, account, Secret(Issue())),
            .issue_time = now,
            .expire_time = now + kTokenLife};
  }

  net::HttpResponse Granted() {
    return TokenGranted(Issue(), static_cast<int>(absl::ToInt64Seconds(kTokenLife)));
  }

  // Everything that an accounts host has been seen to answer.
  absl::StatusOr<net::HttpResponse> Answer(const net::HttpRequest& request) {
    switch (calm_ ? 0 : dice_.Roll(18)) {
      case 0:
      case 1:
        return Granted();
      case 2:
        Granted();  // The answer is lost on its way.
        return NoAnswer(request.url, "reset");
      case 3:
        return NoAnswer(request.url, "refused");
      case 4:
        return TimedOut("waiting");
      case 5:
        return net::HttpResponse{.status = 500};
      case 6:
        return net::HttpResponse{.status = 502, .body = "<html>Bad gateway</html>"};
      case 7:
        return net::HttpResponse{.status = 503, .body = R"({"error":"invalid_code"})"};
      case 8:
        return net::HttpResponse{.status = 200};
      case 9:
        return net::HttpResponse{.status = 200, .body = R"({"access_token":"1000.)"};
      case 10:
        return net::HttpResponse{.status = 200, .body = "{}"};
      case 11:
        return net::HttpResponse{.status = 404, .body = "<html>"};
      case 12:
        return TokenError("invalid_client");
      case 13:
        return TokenError("invalid_client_secret");
      case 14:
        return TokenError("general_error");
      case 15:
        // Seldom, or nothing else would ever be asked.
        return dice_.Roll(10) == 0 ? TokenThrottled() : net::HttpResponse{.status = 504};
      case 16:
        return dice_.Roll(10) == 0 ? net::HttpResponse{.status = 429}
                                   : net::HttpResponse{.status = 200, .body = "[]"};
      default:
        return RefusedAfterSomebodyElse(request);
    }
  }

  // Somebody else has refreshed meanwhile, and what this one asked about is no good any longer.
  absl::StatusOr<net::HttpResponse> RefusedAfterSomebodyElse(const net::HttpRequest& request) {
    for (int i = 0; i < kAccounts; ++i) {
      const std::string id = absl::StrCat("acc_", i);
      if (!absl::StrContains(request.body, RefreshTokenOf(id))) continue;
      const absl::StatusOr<StoredTokens> stored = memory_->tokens().Get(id);
      EXPECT_THAT(stored, IsOk());
      EXPECT_THAT(memory_->tokens().SaveAccessToken(id, stored->version, NewToken(id)), IsOk());
    }
    return TokenError("invalid_code");
  }

  // Asks every broker about every account, and lets time pass until all have answered.
  std::vector<absl::StatusOr<Lease>> AskAll() {
    Mailbox<absl::StatusOr<Lease>> answers;
    for (const auto& broker : brokers_) {
      for (int i = 0; i < kAccounts; ++i) {
        broker->Get({.account = absl::StrCat("acc_", i), .min_ttl = absl::Seconds(15)},
                    [&answers](absl::StatusOr<Lease> lease) { answers.Put(std::move(lease)); });
      }
    }
    const size_t asked = kBrokers * kAccounts;
    for (int steps = 0; answers.size() < asked; ++steps) {
      CHECK(steps < kMostSteps);  // Somebody is not answered at all.
      world_.clock.Advance(absl::Milliseconds(20));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::vector<absl::StatusOr<Lease>> taken;
    for (size_t i = 0; i < asked; ++i) taken.push_back(answers.Take());
    return taken;
  }

  bool IsIssued(const Lease& lease) {
    const std::lock_guard lock(mu_);
    return issued_.contains(std::string(lease.access_token.Reveal()));
  }

  TestWorld world_;
  Dice dice_;
  std::mutex mu_;
  std::set<std::string> issued_;
  std::atomic<bool> calm_ = false;
  std::unique_ptr<Store> memory_ = NewMemoryStore();
  UnreliableTokenStore store_{memory_->tokens(), dice_};
  ThreadPool pool_{4, 4096};
  std::vector<std::unique_ptr<TokenBroker>> brokers_;
};

TEST_F(TokenBrokerChaos, EndsWithEveryCredentialUsable) {
  const absl::Time end = world_.clock.Now() + absl::Minutes(10);
  int lent = 0;
  int failed = 0;
  while (world_.clock.Now() < end) {
    const absl::Time now = world_.clock.Now();
    for (const absl::StatusOr<Lease>& lease : AskAll()) {
      (lease.ok() ? lent : failed) += 1;
      if (!lease.ok()) continue;
      EXPECT_TRUE(IsIssued(*lease));
      EXPECT_GT(lease->expire_time, now);
    }
    world_.clock.Advance(absl::Seconds(1));
  }
  // It was neither all well nor all lost.
  EXPECT_GT(lent, 100);
  EXPECT_GT(failed, 100);

  calm_ = true;
  store_.BeReliable();
  // Zoho's throttle and the budget's window pass.
  world_.clock.Advance(absl::Minutes(11));

  for (const absl::StatusOr<Lease>& lease : AskAll()) {
    ASSERT_THAT(lease, IsOk());
    EXPECT_TRUE(IsIssued(*lease));
  }
  for (int i = 0; i < kAccounts; ++i) {
    const std::string id = absl::StrCat("acc_", i);
    EXPECT_EQ(memory_->accounts().Get(id)->state(), v1::Account::ACTIVE) << id;
    const StoredTokens stored = *memory_->tokens().Get(id);
    EXPECT_EQ(OpenToken(world_.sealer, TokenColumn::kRefreshToken, id, stored.grant.refresh_token)
                  ->Reveal(),
              RefreshTokenOf(id));
    EXPECT_EQ(stored.version.grant_number, 1);
  }
}

}  // namespace
}  // namespace mesh::auth
