#include "services/auth/token_broker.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/base/thread_pool.h"
#include "services/auth/store/forwarding_token_store.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/test_world.h"
#include "services/auth/token_seal.h"

namespace mesh::auth {
namespace {

// Fails on demand, as a database that is gone for a while.
class FlakyTokenStore final : public ForwardingTokenStore {
 public:
  using ForwardingTokenStore::ForwardingTokenStore;

  void FailReading(bool fail) { fail_reading_ = fail; }
  void FailSaving(bool fail) { fail_saving_ = fail; }

  // Waits until somebody has wanted to refresh so many times.
  void AwaitRefreshes(size_t count) { begun_.WaitForCount(count); }

  absl::StatusOr<StoredTokens> Get(absl::string_view account) override {
    if (fail_reading_) return StoreUnavailable("it is gone");
    return ForwardingTokenStore::Get(account);
  }
  absl::StatusOr<RefreshTurn> BeginRefresh(absl::string_view account, TokenVersion version,
                                           const RefreshLease& lease, absl::Time now,
                                           const RefreshBudget& budget) override {
    begun_.Put(true);
    return ForwardingTokenStore::BeginRefresh(account, version, lease, now, budget);
  }
  absl::StatusOr<bool> SaveAccessToken(absl::string_view account, TokenVersion version,
                                       const SealedAccessToken& token) override {
    if (fail_saving_) return StoreUnavailable("it is gone");
    return ForwardingTokenStore::SaveAccessToken(account, version, token);
  }
  absl::StatusOr<bool> MarkRefused(absl::string_view account, TokenVersion version,
                                   absl::Time now) override {
    if (fail_saving_) return StoreUnavailable("it is gone");
    return ForwardingTokenStore::MarkRefused(account, version, now);
  }

 private:
  std::atomic<bool> fail_reading_ = false;
  std::atomic<bool> fail_saving_ = false;
  Mailbox<bool> begun_;
};

constexpr TokenBrokerOptions kOptions{.lease_poll = absl::Milliseconds(1)};

class TokenBrokerTest : public testing::Test {
 protected:
  TokenBrokerTest() : store_(NewMemoryStore()), tokens_(store_->tokens()) {
    Insert("acc_1", "100");
    Restart();
  }

  // An account whose first token, `<id> first`, lives for an hour from now.
  void Insert(const std::string& id, const std::string& organization) {
    v1::Account account;
    account.set_id(id);
    account.set_state(v1::Account::ACTIVE);
    account.set_region("eu");
    account.set_organization_id(organization);
    account.set_user_id("7001");
    const absl::Time now = world_.clock.Now();
    const SealedGrant grant{.region = "eu",
                            .refresh_token = SealToken(world_.sealer, TokenColumn::kRefreshToken,
                                                       id, Secret("1000.refresh")),
                            .access = {.token = Seal(id, absl::StrCat(id, " first")),
                                       .issue_time = now,
                                       .expire_time = now + absl::Hours(1)}};
    ASSERT_THAT(store_->accounts().Insert(account, grant), IsOk());
  }

  std::string Seal(const std::string& account, const std::string& access_token) {
    return SealToken(world_.sealer, TokenColumn::kAccessToken, account, Secret(access_token));
  }

  void Restart() {
    broker_.reset();
    broker_.emplace(tokens_, world_.sealer, world_.zoho, world_.regions, world_.clients, pool_,
                    world_.clock, world_.metrics, kOptions);
  }

  // Without waiting.
  void Ask(LeaseRequest request = {.account = "acc_1"}) {
    broker_->Get(std::move(request),
                 [this](absl::StatusOr<Lease> lease) { answers_.Put(std::move(lease)); });
  }

  absl::StatusOr<Lease> Get(LeaseRequest request = {.account = "acc_1"}) {
    Ask(std::move(request));
    return answers_.Take();
  }

  // The token that Get() brings, or the reason why none came.
  std::string Token(LeaseRequest request = {.account = "acc_1"}) {
    const absl::StatusOr<Lease> lease = Get(std::move(request));
    return lease.ok() ? std::string(lease->access_token.Reveal()) : ErrorReason(lease.status());
  }

  // Waits for what is done in the background of a call.
  void WaitForTokenRequests(int count) {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (world_.token_requests() < count && absl::Now() < deadline) std::this_thread::yield();
    ASSERT_EQ(world_.token_requests(), count);
  }

  // Zoho lets a token expire.
  void Expire() { world_.clock.Advance(absl::Hours(2)); }

  v1::Account::State State() { return store_->accounts().Get("acc_1")->state(); }

  TestWorld world_;
  std::unique_ptr<Store> store_;
  FlakyTokenStore tokens_;
  ThreadPool pool_{2, 4096};
  Mailbox<absl::StatusOr<Lease>> answers_;
  std::optional<TokenBroker> broker_;
};

TEST_F(TokenBrokerTest, LendsTheStoredTokenWithoutAskingZoho) {
  ASSERT_OK_AND_ASSIGN(const Lease lease, Get());

  EXPECT_EQ(lease.access_token.Reveal(), "acc_1 first");
  EXPECT_EQ(lease.generation, 1);
  EXPECT_EQ(lease.expire_time, world_.clock.Now() + absl::Hours(1));
  EXPECT_EQ(lease.organization_id, "100");
  EXPECT_EQ(lease.user_id, "7001");
  EXPECT_EQ(lease.region, "eu");
  EXPECT_EQ(lease.meeting_url, "http://127.0.0.1:2002");
  EXPECT_EQ(world_.token_requests(), 0);
}

TEST_F(TokenBrokerTest, AnswersFromMemoryOnTheCallersThread) {
  ASSERT_THAT(Get(), IsOk());
  tokens_.FailReading(true);

  Ask();

  EXPECT_EQ(answers_.size(), 1u);
  EXPECT_THAT(answers_.Take(), IsOk());
}

TEST_F(TokenBrokerTest, RefreshesAnExpiredToken) {
  Expire();
  world_.zoho.Answer(TokenGranted("second"));

  ASSERT_OK_AND_ASSIGN(const Lease lease, Get());

  EXPECT_EQ(lease.access_token.Reveal(), "second");
  EXPECT_EQ(lease.generation, 2);
  EXPECT_EQ(lease.expire_time, world_.clock.Now() + absl::Hours(1));
  const auto sent = world_.zoho.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].url, "http://127.0.0.1:2001/oauth/v2/token");
  EXPECT_TRUE(absl::StrContains(sent[0].body, "refresh_token=1000.refresh"));
  EXPECT_TRUE(absl::StrContains(sent[0].body, "client_secret=client-secret"));
}

TEST_F(TokenBrokerTest, ConcurrentCallersCauseOneRequest) {
  Expire();
  world_.zoho.Answer(TokenGranted("second"));
  constexpr int kThreads = 8;
  constexpr int kCallsOfEach = 125;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCallsOfEach; ++call) Ask();
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (int i = 0; i < kThreads * kCallsOfEach; ++i) {
    const absl::StatusOr<Lease> lease = answers_.Take();
    ASSERT_THAT(lease, IsOk());
    ASSERT_EQ(lease->access_token.Reveal(), "second");
  }
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TokenBrokerTest, WaitingHoldsNoThreadOfThePool) {
  for (int i = 2; i <= 10; ++i) Insert(absl::StrCat("acc_", i), absl::StrCat(100 * i));
  Expire();
  Insert("acc_live", "9000");
  world_.zoho.Hold();
  for (int i = 1; i <= 10; ++i) Ask({.account = absl::StrCat("acc_", i)});
  WaitForTokenRequests(10);

  // Zoho hangs for ten accounts; two threads still serve the eleventh.
  EXPECT_EQ(Token({.account = "acc_live"}), "acc_live first");

  world_.zoho.AnswerAll([](const net::HttpRequest&) { return TokenGranted("second"); });
  world_.zoho.Release();
  for (int i = 1; i <= 10; ++i) EXPECT_THAT(answers_.Take(), IsOk());
}

TEST_F(TokenBrokerTest, RefreshesBeforeItAnswersWhereTooLittleIsLeft) {
  world_.clock.Advance(absl::Minutes(56));
  world_.zoho.Answer(TokenGranted("second"));

  EXPECT_EQ(Token({.account = "acc_1", .min_ttl = absl::Minutes(5)}), "second");
}

TEST_F(TokenBrokerTest, RefreshesInTheBackgroundWhereTheCallerNeedsLess) {
  world_.clock.Advance(absl::Minutes(56));
  ASSERT_EQ(Token({.account = "acc_1", .min_ttl = absl::Minutes(1)}), "acc_1 first");
  world_.zoho.Answer(TokenGranted("second"));

  EXPECT_EQ(Token({.account = "acc_1", .min_ttl = absl::Minutes(1)}), "acc_1 first");

  WaitForTokenRequests(1);
  EXPECT_EQ(Token(), "second");
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TokenBrokerTest, ATokenThatIsShortFromTheStartIsNotRefreshedByEveryCaller) {
  Expire();
  world_.zoho.Answer(TokenGranted("short", /*expires_in_seconds=*/20));
  ASSERT_EQ(Token(), "short");

  world_.clock.Advance(absl::Seconds(10));
  EXPECT_EQ(Token(), "short");
  EXPECT_EQ(world_.token_requests(), 1);

  world_.clock.Advance(absl::Seconds(1));
  world_.zoho.Answer(TokenGranted("next", /*expires_in_seconds=*/20));
  EXPECT_EQ(Token(), "next");
}

TEST_F(TokenBrokerTest, KeepsALivingTokenWhenTheRefreshFails) {
  const std::vector<absl::StatusOr<net::HttpResponse>> failures = {
      NoAnswer("http://127.0.0.1:2001", "refused"), net::HttpResponse{.status = 500},
      net::HttpResponse{.status = 200, .body = "<html>"}, TokenError("invalid_client"),
      TokenError("general_error")};
  world_.clock.Advance(absl::Minutes(56));
  for (const auto& failure : failures) {
    world_.zoho.Answer(failure);
    EXPECT_EQ(Token(), "acc_1 first");
    world_.clock.Advance(absl::Seconds(2));
  }

  EXPECT_EQ(world_.token_requests(), 5);
  EXPECT_EQ(State(), v1::Account::ACTIVE);
  EXPECT_EQ(store_->tokens().Get("acc_1")->version, (TokenVersion{1, 1}));
}

struct FailureRow {
  absl::StatusOr<net::HttpResponse> answer;
  std::string reason;
};

TEST_F(TokenBrokerTest, NamesEachFailureAndRecoversFromIt) {
  const std::vector<FailureRow> rows = {
      {NoAnswer("http://127.0.0.1:2001", "refused"), "ZOHO_UNREACHABLE"},
      {TimedOut("waiting"), "ZOHO_UNREACHABLE"},
      {net::HttpResponse{.status = 503}, "ZOHO_ERROR"},
      {net::HttpResponse{.status = 500, .body = R"({"error":"invalid_code"})"}, "ZOHO_ERROR"},
      {net::HttpResponse{.status = 200, .body = "{}"}, "ZOHO_ERROR"},
      {TokenError("general_error"), "ZOHO_ERROR"},
      {TokenError("invalid_client_secret"), "OAUTH_CLIENT_REFUSED"},
  };
  for (const FailureRow& row : rows) {
    world_.clock.Advance(absl::Hours(2));
    world_.zoho.Answer(row.answer);
    EXPECT_EQ(Token(), row.reason);
    EXPECT_EQ(State(), v1::Account::ACTIVE) << row.reason;

    world_.clock.Advance(absl::Seconds(2));
    world_.zoho.Answer(TokenGranted("good again"));
    EXPECT_EQ(Token(), "good again") << row.reason;
  }
}

TEST_F(TokenBrokerTest, AFailureIsSharedForASecond) {
  Expire();
  world_.zoho.Answer(net::HttpResponse{.status = 503});
  ASSERT_EQ(Token(), "ZOHO_ERROR");

  EXPECT_EQ(Token(), "ZOHO_ERROR");
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TokenBrokerTest, ARefusedTokenIsReplacedOnce) {
  ASSERT_EQ(Token(), "acc_1 first");
  world_.zoho.Answer(TokenGranted("second"));

  EXPECT_EQ(Token({.account = "acc_1", .refused_generation = 1}), "second");

  // Late news of the first token's refusal do not hurt the second.
  EXPECT_EQ(Token({.account = "acc_1", .refused_generation = 1}), "second");
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TokenBrokerTest, WhileARefusalIsLookedIntoOthersWait) {
  ASSERT_EQ(Token(), "acc_1 first");
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();
  Ask({.account = "acc_1", .refused_generation = 1});
  WaitForTokenRequests(1);

  Ask();

  EXPECT_EQ(answers_.size(), 0u);
  world_.zoho.Release();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(answers_.Take()->access_token.Reveal(), "second");
}

TEST_F(TokenBrokerTest, WhereTheRefreshFailsOnlyWhoWasRefusedGoesWithout) {
  ASSERT_EQ(Token(), "acc_1 first");
  world_.zoho.Answer(net::HttpResponse{.status = 503});

  EXPECT_EQ(Token({.account = "acc_1", .refused_generation = 1}), "ZOHO_ERROR");

  EXPECT_EQ(Token(), "acc_1 first");
  EXPECT_EQ(Token({.account = "acc_1", .refused_generation = 1}), "ZOHO_ERROR");
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TokenBrokerTest, ARefusedRefreshTokenMarksTheAccountAndIsNotSentAgain) {
  Expire();
  world_.zoho.Answer(TokenError("invalid_code"));

  EXPECT_EQ(Token(), "REAUTHORIZATION_REQUIRED");

  EXPECT_EQ(State(), v1::Account::REAUTHORIZATION_REQUIRED);
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Token(), "REAUTHORIZATION_REQUIRED");
  Restart();
  EXPECT_EQ(Token(), "REAUTHORIZATION_REQUIRED");
  EXPECT_EQ(world_.token_requests(), 1);
  EXPECT_EQ(world_.metrics.reauthorizations.Value(), 1);
}

TEST_F(TokenBrokerTest, ARefusedRefreshTokenLeavesALivingAccessTokenAlone) {
  world_.clock.Advance(absl::Minutes(56));
  world_.zoho.Answer(TokenError("invalid_code"));

  EXPECT_EQ(Token(), "acc_1 first");

  EXPECT_EQ(State(), v1::Account::REAUTHORIZATION_REQUIRED);
  world_.clock.Advance(absl::Minutes(4));
  EXPECT_EQ(Token(), "REAUTHORIZATION_REQUIRED");
}

TEST_F(TokenBrokerTest, HoldsItselfToItsBudget) {
  for (int i = 0; i < 5; ++i) {
    world_.zoho.Answer(TokenGranted(absl::StrCat("token ", i)));
    const int64_t newest = i + 1;
    ASSERT_EQ(Token({.account = "acc_1", .refused_generation = newest}), absl::StrCat("token ", i));
    world_.clock.Advance(absl::Minutes(1));
  }

  const absl::Status sixth = Get({.account = "acc_1", .refused_generation = 6}).status();

  EXPECT_THAT(sixth, HasReason("OAUTH_THROTTLED"));
  EXPECT_EQ(GetErrorDetail(sixth)->retry_after, absl::Minutes(5));
  EXPECT_EQ(world_.token_requests(), 5);
  EXPECT_EQ(Token(), "token 4");

  world_.clock.Advance(absl::Minutes(5));
  world_.zoho.Answer(TokenGranted("later"));
  EXPECT_EQ(Token({.account = "acc_1", .refused_generation = 6}), "later");
}

TEST_F(TokenBrokerTest, LeavesZohoAloneWhileItThrottles) {
  Expire();
  world_.zoho.Answer(TokenThrottled());

  const absl::Status status = Get().status();

  EXPECT_THAT(status, HasReason("OAUTH_THROTTLED"));
  EXPECT_EQ(GetErrorDetail(status)->retry_after, absl::Minutes(10));
  world_.clock.Advance(absl::Minutes(4));
  Restart();
  EXPECT_EQ(GetErrorDetail(Get().status())->retry_after, absl::Minutes(6));
  EXPECT_EQ(world_.token_requests(), 1);
  EXPECT_EQ(State(), v1::Account::ACTIVE);

  world_.clock.Advance(absl::Minutes(6));
  world_.zoho.Answer(TokenGranted("second"));
  EXPECT_EQ(Token(), "second");
}

TEST_F(TokenBrokerTest, ARestartKeepsTheToken) {
  Expire();
  world_.zoho.Answer(TokenGranted("second"));
  ASSERT_EQ(Token(), "second");

  Restart();

  EXPECT_EQ(Token(), "second");
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TokenBrokerTest, TheLoserOfARaceTakesTheWinnersToken) {
  Expire();
  const absl::Time now = world_.clock.Now();
  world_.zoho.AnswerAll([&](const net::HttpRequest&) {
    // Another replica was faster.
    const SealedAccessToken winner{
        .token = Seal("acc_1", "winner"), .issue_time = now, .expire_time = now + absl::Hours(1)};
    EXPECT_TRUE(*store_->tokens().SaveAccessToken("acc_1", {1, 1}, winner));
    return TokenGranted("loser");
  });

  ASSERT_OK_AND_ASSIGN(const Lease lease, Get());

  EXPECT_EQ(lease.access_token.Reveal(), "winner");
  EXPECT_EQ(lease.generation, 2);
}

TEST_F(TokenBrokerTest, ARefusalThatComesAfterAnotherReplicasSuccessMarksNothing) {
  Expire();
  const absl::Time now = world_.clock.Now();
  world_.zoho.AnswerAll([&](const net::HttpRequest&) {
    const SealedAccessToken winner{
        .token = Seal("acc_1", "winner"), .issue_time = now, .expire_time = now + absl::Hours(1)};
    EXPECT_TRUE(*store_->tokens().SaveAccessToken("acc_1", {1, 1}, winner));
    return TokenError("invalid_code");
  });

  EXPECT_EQ(Token(), "winner");
  EXPECT_EQ(State(), v1::Account::ACTIVE);
}

TEST_F(TokenBrokerTest, SeesWhatAnotherReplicaRefreshed) {
  ASSERT_EQ(Token(), "acc_1 first");
  Expire();
  const absl::Time now = world_.clock.Now();
  const SealedAccessToken other{.token = Seal("acc_1", "of the other"),
                                .issue_time = now,
                                .expire_time = now + absl::Hours(1)};
  ASSERT_TRUE(*store_->tokens().SaveAccessToken("acc_1", {1, 1}, other));

  EXPECT_EQ(Token(), "of the other");
  EXPECT_EQ(world_.token_requests(), 0);
}

TEST_F(TokenBrokerTest, ATokenThatCannotBeSavedIsLentAndSavedLater) {
  Expire();
  tokens_.FailSaving(true);
  world_.zoho.Answer(TokenGranted("second"));

  ASSERT_OK_AND_ASSIGN(const Lease lease, Get());

  EXPECT_EQ(lease.access_token.Reveal(), "second");
  EXPECT_EQ(lease.generation, 2);
  EXPECT_EQ(Token(), "second");
  EXPECT_EQ(store_->tokens().Get("acc_1")->version.generation, 1);
  tokens_.FailSaving(false);
  world_.zoho.Answer(TokenGranted("third"));
  ASSERT_OK_AND_ASSIGN(const Lease third, Get({.account = "acc_1", .refused_generation = 2}));
  EXPECT_EQ(third.access_token.Reveal(), "third");
  EXPECT_EQ(third.generation, 3);
  EXPECT_EQ(store_->tokens().Get("acc_1")->version.generation, 3);
}

TEST_F(TokenBrokerTest, WithoutTheStoreALivingTokenIsStillLent) {
  ASSERT_EQ(Token(), "acc_1 first");
  tokens_.FailReading(true);
  world_.clock.Advance(absl::Minutes(56));

  EXPECT_EQ(Token(), "acc_1 first");

  world_.clock.Advance(absl::Minutes(4));
  EXPECT_EQ(Token(), "STORE_UNAVAILABLE");
  tokens_.FailReading(false);
  world_.clock.Advance(absl::Seconds(2));
  world_.zoho.Answer(TokenGranted("second"));
  EXPECT_EQ(Token(), "second");
}

TEST_F(TokenBrokerTest, AnUnknownAccountIsNotFound) {
  EXPECT_EQ(Token({.account = "acc_none"}), "ACCOUNT_NOT_FOUND");
  Insert("acc_none", "200");
  EXPECT_EQ(Token({.account = "acc_none"}), "acc_none first");
}

TEST_F(TokenBrokerTest, AnAccountDeletedWhileZohoIsAskedIsNotFound) {
  Expire();
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();
  Ask();
  WaitForTokenRequests(1);
  ASSERT_THAT(store_->accounts().Delete("acc_1"), IsOk());
  broker_->Forget("acc_1");

  world_.zoho.Release();

  EXPECT_THAT(answers_.Take(), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_EQ(Token(), "ACCOUNT_NOT_FOUND");
}

TEST_F(TokenBrokerTest, AForgottenAccountIsReadAnew) {
  ASSERT_EQ(Token(), "acc_1 first");
  ASSERT_THAT(store_->accounts().Delete("acc_1"), IsOk());

  broker_->Forget("acc_1");

  EXPECT_EQ(Token(), "ACCOUNT_NOT_FOUND");
}

TEST_F(TokenBrokerTest, ATokenThatWasMovedFromAnotherAccountDoesNotOpen) {
  const SealedAccessToken moved{.token = Seal("acc_2", "of another"),
                                .issue_time = world_.clock.Now(),
                                .expire_time = world_.clock.Now() + absl::Hours(1)};
  ASSERT_TRUE(*store_->tokens().SaveAccessToken("acc_1", {1, 1}, moved));

  EXPECT_EQ(Token(), "SEAL_BROKEN");
}

TEST_F(TokenBrokerTest, DestructionAnswersWhoStillWaits) {
  Expire();
  world_.zoho.Hold();
  Ask();
  WaitForTokenRequests(1);

  broker_.reset();

  EXPECT_THAT(answers_.Take(), HasReason("ZOHO_UNREACHABLE"));
}

TEST_F(TokenBrokerTest, AFullPoolAnswersAtOnce) {
  Mailbox<int> running;
  Mailbox<int> go_on;
  ThreadPool full(1, 1);
  ASSERT_TRUE(full.TryPost([&] {
    running.Put(1);
    go_on.Take();
  }));
  running.Take();
  ASSERT_TRUE(full.TryPost([] {}));
  TokenBroker broker(tokens_, world_.sealer, world_.zoho, world_.regions, world_.clients, full,
                     world_.clock, world_.metrics, {});

  broker.Get({.account = "acc_1"},
             [this](absl::StatusOr<Lease> lease) { answers_.Put(std::move(lease)); });

  EXPECT_EQ(answers_.size(), 1u);
  EXPECT_THAT(answers_.Take(), HasReason("OVERLOADED"));
  go_on.Put(1);
}

// Another replica, on the same store.
class TwoTokenBrokersTest : public TokenBrokerTest {
 protected:
  void AskOther(LeaseRequest request = {.account = "acc_1"}) {
    other_.Get(std::move(request),
               [this](absl::StatusOr<Lease> lease) { others_answers_.Put(std::move(lease)); });
  }

  // Until the other replica has seen that somebody else refreshes.
  void WaitUntilItWaits() {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (world_.metrics.refreshes_awaited.Value() < 1 && absl::Now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_GE(world_.metrics.refreshes_awaited.Value(), 1);
  }

  Mailbox<absl::StatusOr<Lease>> others_answers_;
  TokenBroker other_{tokens_, world_.sealer, world_.zoho,    world_.regions, world_.clients,
                     pool_,   world_.clock,  world_.metrics, kOptions};
};

TEST_F(TwoTokenBrokersTest, CauseOneRequestTogether) {
  Expire();
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();
  Ask();
  WaitForTokenRequests(1);
  for (int i = 0; i < 100; ++i) AskOther();
  WaitUntilItWaits();

  world_.zoho.Release();

  EXPECT_EQ(answers_.Take()->access_token.Reveal(), "second");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(others_answers_.Take()->access_token.Reveal(), "second");
  }
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(TwoTokenBrokersTest, WhoeverWaitsIsCountedOnceHoweverOftenItLooks) {
  Expire();
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();
  Ask();
  WaitForTokenRequests(1);
  AskOther();
  tokens_.AwaitRefreshes(4);

  world_.zoho.Release();

  EXPECT_THAT(others_answers_.Take(), IsOk());
  EXPECT_EQ(world_.metrics.refreshes_awaited.Value(), 1);
}

TEST_F(TwoTokenBrokersTest, TheOtherTriesWhenTheOneFails) {
  Expire();
  world_.zoho.Answer(net::HttpResponse{.status = 503});
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();
  Ask();
  WaitForTokenRequests(1);
  AskOther();
  WaitUntilItWaits();

  world_.zoho.Release();

  EXPECT_EQ(ErrorReason(answers_.Take().status()), "ZOHO_ERROR");
  EXPECT_EQ(others_answers_.Take()->access_token.Reveal(), "second");
}

TEST_F(TwoTokenBrokersTest, TheOtherTakesOverWhenTheLeaseOfTheOneEnds) {
  Expire();
  const absl::Time now = world_.clock.Now();
  const absl::Duration lease_time = kOptions.request_timeout + kOptions.lease_margin;
  ASSERT_EQ(*tokens_.BeginRefresh("acc_1", {1, 1}, {.holder = "dead", .until = now + lease_time},
                                  now, {}),
            RefreshTurn::kMine);
  world_.zoho.Answer(TokenGranted("second"));
  AskOther();
  WaitUntilItWaits();
  EXPECT_EQ(others_answers_.size(), 0u);

  world_.clock.Advance(lease_time);

  EXPECT_EQ(others_answers_.Take()->access_token.Reveal(), "second");
}

TEST_F(TwoTokenBrokersTest, WhoeverWasAwayForItsWholeLeaseTakesWhatTheOtherGot) {
  Expire();
  world_.zoho.Hold();
  Ask();
  WaitForTokenRequests(1);
  // This replica sleeps; the other takes over, and has its token before the first answer comes.
  world_.clock.Advance(absl::Minutes(1));
  const StoredTokens stored = *tokens_.Get("acc_1");
  ASSERT_TRUE(*tokens_.SaveAccessToken("acc_1", stored.version,
                                       {.token = Seal("acc_1", "of the other"),
                                        .issue_time = world_.clock.Now(),
                                        .expire_time = world_.clock.Now() + absl::Hours(1)}));

  world_.zoho.Answer(TokenError("invalid_code"));
  world_.zoho.Release();

  EXPECT_EQ(answers_.Take()->access_token.Reveal(), "of the other");
  EXPECT_EQ(State(), v1::Account::ACTIVE);
}

TEST_F(TwoTokenBrokersTest, WhileOneRefreshesEarlyTheOtherLendsWhatItHas) {
  AskOther();
  ASSERT_THAT(others_answers_.Take(), IsOk());
  world_.clock.Advance(absl::Minutes(56));
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();
  Ask({.account = "acc_1", .min_ttl = absl::Minutes(1)});
  ASSERT_THAT(answers_.Take(), IsOk());
  Ask({.account = "acc_1", .min_ttl = absl::Minutes(1)});
  ASSERT_THAT(answers_.Take(), IsOk());
  WaitForTokenRequests(1);

  AskOther({.account = "acc_1", .min_ttl = absl::Minutes(1)});
  WaitUntilItWaits();
  AskOther({.account = "acc_1", .min_ttl = absl::Minutes(1)});

  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(others_answers_.Take()->access_token.Reveal(), "acc_1 first");
  }
  world_.zoho.Release();
  AskOther({.account = "acc_1", .min_ttl = absl::Minutes(5)});
  EXPECT_EQ(others_answers_.Take()->access_token.Reveal(), "second");
  EXPECT_EQ(world_.token_requests(), 1);
}

}  // namespace
}  // namespace mesh::auth
