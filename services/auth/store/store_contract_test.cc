// What every Store keeps to: each test runs against every implementation.
#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/audit_hash.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/store/sql_store.h"
#include "services/auth/store/test_postgres.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Store>()> open;

  friend void PrintTo(const Implementation& implementation, std::ostream* out) {
    *out << implementation.name;
  }
};

v1::Account AccountWith(const std::string& id, const std::string& organization,
                        absl::Time created = kNow) {
  v1::Account account;
  account.set_id(id);
  account.set_name(absl::StrCat("Account ", id, " – Zürich"));
  account.set_state(v1::Account::ACTIVE);
  account.set_region("eu");
  account.set_organization_id(organization);
  account.set_user_id("53758790");
  account.set_user_email("admin@example.com");
  account.set_organization_admin(true);
  account.add_scopes("ZohoMeeting.manageOrg.READ");
  account.add_scopes("ZohoMeeting.meeting.ALL");
  *account.mutable_create_time() = rpc::TimestampOf(created);
  *account.mutable_update_time() = rpc::TimestampOf(created);
  return account;
}

SealedGrant Grant() {
  return {.region = "uk",
          .refresh_token = "c2VhbGVkIHJlZnJlc2g=",
          .access = {.token = "c2VhbGVkIGFjY2Vzcw==",
                     .issue_time = kNow,
                     .expire_time = kNow + absl::Hours(1)}};
}

v1::McpServer ServerWith(const std::string& id, const std::string& account,
                         absl::Time created = kNow) {
  v1::McpServer server;
  server.set_id(id);
  server.set_account(account);
  server.set_name("Worker's \"desk\"; DROP TABLE accounts --");
  server.mutable_config()->add_methods("read");
  server.mutable_config()->add_methods("write");
  server.mutable_config()->add_tags("users");
  server.mutable_config()->set_reveal_secrets(true);
  server.mutable_config()->set_approval(v1::McpServerConfig::DESTRUCTIVE);
  *server.mutable_create_time() = rpc::TimestampOf(created);
  *server.mutable_update_time() = rpc::TimestampOf(created);
  return server;
}

v1::ApiKey KeyWith(const std::string& id) {
  v1::ApiKey key;
  key.set_id(id);
  key.set_name("bootstrap");
  key.set_role(v1::ApiKey::ADMIN);
  return key;
}

std::string Digest(char filling) { return std::string(32, filling); }

class StoreContract : public testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override {
    store_ = GetParam().open();
    ASSERT_NE(store_, nullptr);
  }

  void Connect(const std::string& id = "acc_1", const std::string& organization = "100") {
    ASSERT_THAT(accounts().Insert(AccountWith(id, organization), Grant()), IsOk());
  }

  AccountStore& accounts() { return store_->accounts(); }
  ConnectStore& connect() { return store_->connect(); }
  AuditStore& audit() { return store_->audit(); }
  TokenStore& tokens() { return store_->tokens(); }
  McpServerStore& servers() { return store_->mcp_servers(); }
  ApiKeyStore& keys() { return store_->api_keys(); }
  ClientStore& clients() { return store_->clients(); }
  ApprovalStore& approvals() { return store_->approvals(); }

  // MCP servers `mcp_1` and `mcp_2`.
  void ConnectWithServers() {
    Connect();
    ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());
    ASSERT_THAT(servers().Insert(ServerWith("mcp_2", "acc_1"), Digest('b')), IsOk());
  }

  std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, AnAccountComesBackAsItWasInserted) {
  const v1::Account account = AccountWith("acc_1", "53758574", kNow + absl::Microseconds(123'457));
  ASSERT_THAT(accounts().Insert(account, Grant()), IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::Account got, accounts().Get("acc_1"));

  EXPECT_EQ(got.SerializeAsString(), account.SerializeAsString()) << got.ShortDebugString();
}

TEST_P(StoreContract, AnUnknownAccountIsNotFound) {
  EXPECT_THAT(accounts().Get("acc_1"), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(accounts().Delete("acc_1"), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(tokens().Get("acc_1"), HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_P(StoreContract, AnOrganisationIsConnectedOnce) {
  Connect("acc_1", "100");

  const absl::Status second = accounts().Insert(AccountWith("acc_2", "100"), Grant());

  EXPECT_THAT(second, HasReason("ACCOUNT_EXISTS"));
  EXPECT_EQ(GetErrorDetail(second)->metadata.at("id"), "acc_1");
  EXPECT_THAT(accounts().Get("acc_2"), HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_P(StoreContract, AccountsAreListedOldestFirstPageByPage) {
  // Two share a creation time: the id decides.
  ASSERT_THAT(accounts().Insert(AccountWith("acc_c", "1", kNow), Grant()), IsOk());
  ASSERT_THAT(accounts().Insert(AccountWith("acc_b", "2", kNow), Grant()), IsOk());
  ASSERT_THAT(accounts().Insert(AccountWith("acc_a", "3", kNow + absl::Microseconds(1)), Grant()),
              IsOk());

  std::vector<std::string> ids;
  PageRequest page{.limit = 1};
  for (;;) {
    ASSERT_OK_AND_ASSIGN(const Page<v1::Account> got, accounts().List(page));
    ASSERT_EQ(got.items.size(), 1u);
    ids.push_back(got.items.front().id());
    if (!got.next.has_value()) break;
    page.after = *got.next;
  }

  EXPECT_THAT(ids, ElementsAre("acc_b", "acc_c", "acc_a"));
}

TEST_P(StoreContract, AnEmptyListHasNoNextPage) {
  ASSERT_OK_AND_ASSIGN(const Page<v1::Account> got, accounts().List({}));

  EXPECT_THAT(got.items, IsEmpty());
  EXPECT_FALSE(got.next.has_value());
}

TEST_P(StoreContract, ARenamedAccountKeepsEverythingElse) {
  Connect();

  ASSERT_OK_AND_ASSIGN(const v1::Account renamed,
                       accounts().Rename("acc_1", "Büro", kNow + absl::Seconds(5)));

  v1::Account expected = AccountWith("acc_1", "100");
  expected.set_name("Büro");
  *expected.mutable_update_time() = rpc::TimestampOf(kNow + absl::Seconds(5));
  EXPECT_EQ(renamed.SerializeAsString(), expected.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const v1::Account got, accounts().Get("acc_1"));
  EXPECT_EQ(got.SerializeAsString(), expected.SerializeAsString());
  EXPECT_THAT(accounts().Rename("acc_2", "x", kNow), HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_P(StoreContract, AReconnectedAccountKeepsIdNameAndServersAndGetsTheNextGrant) {
  Connect();
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());
  ASSERT_TRUE(*tokens().MarkRefused("acc_1", {1, 1}, kNow));
  ASSERT_THAT(tokens().Block("acc_1", 1, kNow + absl::Hours(1)), IsOk());
  const absl::Time later = kNow + absl::Hours(2);
  v1::Account account = AccountWith("acc_1", "100", later);
  account.set_name("ignored");
  account.set_region("uk");
  account.set_user_id("42");
  account.set_user_email("other@example.com");
  account.set_organization_admin(false);
  account.clear_scopes();
  const SealedGrant grant{
      .region = "us",
      .refresh_token = "bmV3IHJlZnJlc2g=",
      .access = {
          .token = "bmV3IGFjY2Vzcw==", .issue_time = later, .expire_time = later + absl::Hours(1)}};

  ASSERT_OK_AND_ASSIGN(const Reconnected done, accounts().Reconnect(account, grant));

  const v1::Account& updated = done.account;
  account.set_name(AccountWith("acc_1", "100").name());
  *account.mutable_create_time() = rpc::TimestampOf(kNow);
  EXPECT_EQ(updated.SerializeAsString(), account.SerializeAsString()) << updated.ShortDebugString();
  EXPECT_EQ(done.version, (TokenVersion{.grant_number = 2, .generation = 2}));
  EXPECT_EQ(done.replaced.region, Grant().region);
  EXPECT_EQ(done.replaced.refresh_token, Grant().refresh_token);
  EXPECT_EQ(done.replaced.access.token, Grant().access.token);
  EXPECT_EQ(done.replaced.access.expire_time, Grant().access.expire_time);
  ASSERT_OK_AND_ASSIGN(const StoredTokens got, tokens().Get("acc_1"));
  EXPECT_EQ(got.version, (TokenVersion{.grant_number = 2, .generation = 2}));
  EXPECT_EQ(got.grant.region, "us");
  EXPECT_EQ(got.grant.refresh_token, grant.refresh_token);
  EXPECT_EQ(got.grant.access.token, grant.access.token);
  EXPECT_EQ(got.grant.access.expire_time, later + absl::Hours(1));
  EXPECT_EQ(got.blocked_until, absl::InfinitePast());
  EXPECT_FALSE(got.reauthorization_required);
  EXPECT_THAT(servers().Resolve(Digest('a'), later), IsOk());
  // What comes late of the old grant changes nothing.
  EXPECT_FALSE(*tokens().SaveAccessToken("acc_1", {1, 1}, {.token = "x"}));
  EXPECT_FALSE(*tokens().MarkRefused("acc_1", {1, 1}, later));
  account.set_id("acc_2");
  EXPECT_THAT(accounts().Reconnect(account, grant), HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_P(StoreContract, OfReconnectionsAtOneTimeEachReplacesAnotherGrant) {
  Connect();
  constexpr int kTimes = 8;
  std::vector<absl::StatusOr<Reconnected>> done(kTimes, absl::UnknownError("not done"));
  std::vector<std::thread> threads;
  for (int i = 0; i < kTimes; ++i) {
    threads.emplace_back([&, i] {
      done[i] = accounts().Reconnect(AccountWith("acc_1", "100"),
                                     {.region = "uk", .refresh_token = absl::StrCat("new ", i)});
    });
  }
  for (std::thread& thread : threads) thread.join();

  ASSERT_OK_AND_ASSIGN(const StoredTokens last, tokens().Get("acc_1"));
  std::set<std::string> left = {last.grant.refresh_token};
  std::set<int64_t> numbers;
  for (const absl::StatusOr<Reconnected>& one : done) {
    ASSERT_THAT(one, IsOk());
    left.insert(one->replaced.refresh_token);
    numbers.insert(one->version.grant_number);
  }
  EXPECT_EQ(left.size(), kTimes + 1u);
  EXPECT_EQ(numbers.size(), static_cast<size_t>(kTimes));
  EXPECT_EQ(last.version.grant_number, kTimes + 1);
}

TEST_P(StoreContract, DeletingAnAccountTakesItsTokensAndServersAlong) {
  Connect("acc_1", "100");
  Connect("acc_2", "200");
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('1')), IsOk());
  ASSERT_THAT(servers().Insert(ServerWith("mcp_2", "acc_2"), Digest('2')), IsOk());

  ASSERT_THAT(accounts().Delete("acc_1"), IsOk());

  EXPECT_THAT(tokens().Get("acc_1"), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(servers().Resolve(Digest('1'), kNow), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(servers().Resolve(Digest('2'), kNow), IsOk());
  EXPECT_THAT(accounts().Insert(AccountWith("acc_3", "100"), Grant()), IsOk());
}

TEST_P(StoreContract, AGrantComesBackWithItsAccount) {
  Connect();

  ASSERT_OK_AND_ASSIGN(const StoredTokens got, tokens().Get("acc_1"));

  EXPECT_EQ(got.grant.region, "uk");
  EXPECT_EQ(got.grant.refresh_token, Grant().refresh_token);
  EXPECT_EQ(got.grant.access.token, Grant().access.token);
  EXPECT_EQ(got.grant.access.issue_time, kNow);
  EXPECT_EQ(got.grant.access.expire_time, kNow + absl::Hours(1));
  EXPECT_EQ(got.version, (TokenVersion{.grant_number = 1, .generation = 1}));
  EXPECT_EQ(got.blocked_until, absl::InfinitePast());
  EXPECT_EQ(got.organization_id, "100");
  EXPECT_EQ(got.user_id, "53758790");
  EXPECT_EQ(got.region, "eu");
  EXPECT_FALSE(got.reauthorization_required);
}

TEST_P(StoreContract, ANewAccessTokenReplacesItsPredecessorOnly) {
  Connect();
  const SealedAccessToken second{
      .token = "c2Vjb25k", .issue_time = kNow, .expire_time = kNow + absl::Hours(2)};

  ASSERT_OK_AND_ASSIGN(const bool saved, tokens().SaveAccessToken("acc_1", {1, 1}, second));
  ASSERT_OK_AND_ASSIGN(const bool late, tokens().SaveAccessToken("acc_1", {1, 1}, {.token = "x"}));
  ASSERT_OK_AND_ASSIGN(const bool gone, tokens().SaveAccessToken("acc_2", {1, 1}, {.token = "x"}));

  EXPECT_TRUE(saved);
  EXPECT_FALSE(late);
  EXPECT_FALSE(gone);
  ASSERT_OK_AND_ASSIGN(const StoredTokens got, tokens().Get("acc_1"));
  EXPECT_EQ(got.version.generation, 2);
  EXPECT_EQ(got.grant.access.token, "c2Vjb25k");
  EXPECT_EQ(got.grant.access.expire_time, kNow + absl::Hours(2));
  EXPECT_EQ(got.grant.refresh_token, Grant().refresh_token);
}

TEST_P(StoreContract, OfManyConcurrentSuccessorsOneWins) {
  Connect();
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const absl::StatusOr<bool> saved =
          tokens().SaveAccessToken("acc_1", {1, 1}, {.token = absl::StrCat("t", i)});
      if (saved.ok() && *saved) ++won;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(won, 1);
}

TEST_P(StoreContract, ARefusalMarksTheAccountWhileItsVersionIsTheNewest) {
  Connect();
  ASSERT_OK_AND_ASSIGN(const bool other, tokens().MarkRefused("acc_1", {1, 2}, kNow));
  EXPECT_FALSE(other);
  ASSERT_OK_AND_ASSIGN(const v1::Account active, accounts().Get("acc_1"));
  EXPECT_EQ(active.state(), v1::Account::ACTIVE);

  ASSERT_OK_AND_ASSIGN(const bool marked,
                       tokens().MarkRefused("acc_1", {1, 1}, kNow + absl::Seconds(5)));

  EXPECT_TRUE(marked);
  ASSERT_OK_AND_ASSIGN(const v1::Account account, accounts().Get("acc_1"));
  EXPECT_EQ(account.state(), v1::Account::REAUTHORIZATION_REQUIRED);
  EXPECT_EQ(rpc::TimeOf(account.update_time()), kNow + absl::Seconds(5));
  ASSERT_OK_AND_ASSIGN(const StoredTokens got, tokens().Get("acc_1"));
  EXPECT_TRUE(got.reauthorization_required);
  EXPECT_EQ(got.grant.access.token, Grant().access.token);
}

TEST_P(StoreContract, OneHolderAtATimeHasItsTurn) {
  Connect();
  const RefreshLease first{.holder = "a", .until = kNow + absl::Seconds(20)};
  const RefreshLease second{.holder = "b", .until = kNow + absl::Seconds(60)};
  const auto turn = [&](const RefreshLease& lease, absl::Time now) {
    return *tokens().BeginRefresh("acc_1", {1, 1}, lease, now, {});
  };

  EXPECT_EQ(turn(first, kNow), RefreshTurn::kMine);
  EXPECT_EQ(turn(second, kNow), RefreshTurn::kOthers);
  EXPECT_EQ(turn(second, kNow + absl::Seconds(20) - absl::Microseconds(1)), RefreshTurn::kOthers);
  // The first one has died.
  EXPECT_EQ(turn(second, kNow + absl::Seconds(20)), RefreshTurn::kMine);

  // Only who has the lease can give it back.
  ASSERT_THAT(tokens().EndRefresh("acc_1", "a"), IsOk());
  EXPECT_EQ(turn(first, kNow + absl::Seconds(30)), RefreshTurn::kOthers);
  ASSERT_THAT(tokens().EndRefresh("acc_1", "b"), IsOk());
  EXPECT_EQ(turn(first, kNow + absl::Seconds(30)), RefreshTurn::kMine);
}

TEST_P(StoreContract, ALeaseEndsWithTheTokenOrTheRefusalItWasFor) {
  Connect();
  const RefreshLease lease{.holder = "a", .until = kNow + absl::Seconds(20)};
  ASSERT_EQ(*tokens().BeginRefresh("acc_1", {1, 1}, lease, kNow, {}), RefreshTurn::kMine);
  ASSERT_TRUE(*tokens().SaveAccessToken("acc_1", {1, 1}, {.token = "bmV3"}));
  EXPECT_EQ(*tokens().BeginRefresh("acc_1", {1, 1}, lease, kNow, {}), RefreshTurn::kOutdated);

  EXPECT_EQ(*tokens().BeginRefresh("acc_1", {1, 2}, lease, kNow, {}), RefreshTurn::kMine);
  ASSERT_TRUE(*tokens().MarkRefused("acc_1", {1, 2}, kNow));
  EXPECT_EQ(*tokens().BeginRefresh("acc_1", {1, 2}, lease, kNow, {}), RefreshTurn::kMine);

  EXPECT_THAT(tokens().BeginRefresh("acc_2", {1, 1}, lease, kNow, {}),
              HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_P(StoreContract, OfConcurrentHoldersOneHasItsTurn) {
  Connect();
  std::atomic<int> mine = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const RefreshLease lease{.holder = absl::StrCat(i), .until = kNow + absl::Seconds(20)};
      const auto turn = tokens().BeginRefresh("acc_1", {1, 1}, lease, kNow, {});
      ASSERT_THAT(turn, IsOk());
      if (*turn == RefreshTurn::kMine) ++mine;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(mine, 1);
}

TEST_P(StoreContract, TheBudgetOfAGrantSlidesAndWhoExceedsItGetsNoLease) {
  Connect();
  const RefreshBudget budget{.requests = 2, .window = absl::Minutes(10)};
  const auto begin = [&](absl::Duration later) {
    // A lease that is over at once.
    return tokens()
        .BeginRefresh("acc_1", {1, 1}, {.holder = "a", .until = kNow + later}, kNow + later, budget)
        .status();
  };
  ASSERT_THAT(begin(absl::ZeroDuration()), IsOk());
  ASSERT_THAT(begin(absl::Minutes(4)), IsOk());

  const absl::StatusOr<RefreshTurn> third =
      tokens().BeginRefresh("acc_1", {1, 1}, {.holder = "b", .until = kNow + absl::Hours(1)},
                            kNow + absl::Minutes(7), budget);

  EXPECT_THAT(third, HasReason("OAUTH_THROTTLED"));
  EXPECT_EQ(GetErrorDetail(third.status())->retry_after, absl::Minutes(3));
  EXPECT_THAT(begin(absl::Minutes(10)), IsOk());
  EXPECT_THAT(begin(absl::Minutes(10)), HasReason("OAUTH_THROTTLED"));

  // The next grant has a budget of its own.
  ASSERT_THAT(accounts().Reconnect(AccountWith("acc_1", "100"), Grant()), IsOk());
  EXPECT_EQ(
      *tokens().BeginRefresh("acc_1", {2, 2}, {.holder = "a"}, kNow + absl::Minutes(10), budget),
      RefreshTurn::kMine);
}

TEST_P(StoreContract, ForgottenRequestsDoNotCount) {
  Connect();
  const RefreshBudget budget{.requests = 1, .window = absl::Minutes(10)};
  ASSERT_THAT(tokens().BeginRefresh("acc_1", {1, 1}, {.holder = "a"}, kNow, budget), IsOk());

  ASSERT_THAT(tokens().ForgetRequests(kNow + absl::Seconds(1)), IsOk());

  EXPECT_THAT(
      tokens().BeginRefresh("acc_1", {1, 1}, {.holder = "a"}, kNow + absl::Seconds(2), budget),
      IsOk());
}

TEST_P(StoreContract, SealedTokensAreListedByAccountAndReplacedWhereTheyAreWhatTheyWere) {
  Connect("acc_1", "100");
  Connect("acc_2", "200");
  ASSERT_OK_AND_ASSIGN(const std::vector<SealedTokens> first, tokens().ListSealed("", 1));
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].account, "acc_1");
  EXPECT_EQ(first[0].refresh_token, Grant().refresh_token);
  ASSERT_OK_AND_ASSIGN(const std::vector<SealedTokens> second, tokens().ListSealed("acc_1", 9));
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].account, "acc_2");
  // A refresh comes in between.
  ASSERT_TRUE(*tokens().SaveAccessToken("acc_1", {1, 1}, {.token = "bmV3"}));

  ASSERT_THAT(
      tokens().Reseal(
          first[0],
          {.account = "acc_1", .refresh_token = "cmVzZWFsZWQ=", .access_token = "b3V0ZGF0ZWQ="}),
      IsOk());

  ASSERT_OK_AND_ASSIGN(const StoredTokens got, tokens().Get("acc_1"));
  EXPECT_EQ(got.grant.refresh_token, "cmVzZWFsZWQ=");
  EXPECT_EQ(got.grant.access.token, "bmV3");
  EXPECT_EQ(got.version, (TokenVersion{.grant_number = 1, .generation = 2}));
  EXPECT_EQ(tokens().Get("acc_2")->grant.refresh_token, Grant().refresh_token);
}

TEST_P(StoreContract, ABlockConcernsItsGrantOnly) {
  Connect();
  ASSERT_THAT(tokens().Block("acc_1", 2, kNow + absl::Minutes(9)), IsOk());
  ASSERT_OK_AND_ASSIGN(const StoredTokens other, tokens().Get("acc_1"));
  EXPECT_EQ(other.blocked_until, absl::InfinitePast());

  ASSERT_THAT(tokens().Block("acc_1", 1, kNow + absl::Minutes(9)), IsOk());

  ASSERT_OK_AND_ASSIGN(const StoredTokens got, tokens().Get("acc_1"));
  EXPECT_EQ(got.blocked_until, kNow + absl::Minutes(9));
}

TEST_P(StoreContract, AnMcpServerComesBackAsItWasInserted) {
  Connect();
  v1::McpServer server = ServerWith("mcp_1", "acc_1", kNow + absl::Microseconds(7));
  *server.mutable_expire_time() = rpc::TimestampOf(kNow + absl::Hours(1));
  ASSERT_THAT(servers().Insert(server, Digest('a')), IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::McpServer got, servers().Get("acc_1", "mcp_1", kNow));
  ASSERT_OK_AND_ASSIGN(const v1::ResolvedMcpServer resolved, servers().Resolve(Digest('a'), kNow));

  EXPECT_EQ(got.SerializeAsString(), server.SerializeAsString()) << got.ShortDebugString();
  EXPECT_EQ(resolved.mcp_server().SerializeAsString(), server.SerializeAsString());
}

TEST_P(StoreContract, AnMcpServerNeedsAnAccount) {
  EXPECT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')),
              HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(servers().List("acc_1", {}, kNow), HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_P(StoreContract, AnMcpServerOfAnotherAccountIsNotFound) {
  Connect("acc_1", "100");
  Connect("acc_2", "200");
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());

  EXPECT_THAT(servers().Get("acc_2", "mcp_1", kNow), HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Delete("acc_2", "mcp_1", kNow), HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Get("acc_1", "mcp_1", kNow), IsOk());
}

TEST_P(StoreContract, McpServersOfAnAccountAreListedOldestFirstPageByPage) {
  Connect("acc_1", "100");
  Connect("acc_2", "200");
  for (int i = 0; i < 5; ++i) {
    const std::string id = absl::StrCat("mcp_", i);
    ASSERT_THAT(servers().Insert(ServerWith(id, "acc_1", kNow - absl::Seconds(i)),
                                 Digest(static_cast<char>('a' + i))),
                IsOk());
  }
  ASSERT_THAT(servers().Insert(ServerWith("mcp_x", "acc_2"), Digest('x')), IsOk());

  ASSERT_OK_AND_ASSIGN(const auto first, servers().List("acc_1", {.limit = 3}, kNow));
  ASSERT_TRUE(first.next.has_value());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       servers().List("acc_1", {.limit = 3, .after = *first.next}, kNow));

  std::vector<std::string> ids;
  for (const auto& server : first.items) ids.push_back(server.id());
  for (const auto& server : second.items) ids.push_back(server.id());
  EXPECT_THAT(ids, ElementsAre("mcp_4", "mcp_3", "mcp_2", "mcp_1", "mcp_0"));
  EXPECT_FALSE(second.next.has_value());
}

TEST_P(StoreContract, ADeletedMcpServerIsGone) {
  Connect();
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());

  ASSERT_THAT(servers().Delete("acc_1", "mcp_1", kNow), IsOk());

  EXPECT_THAT(servers().Get("acc_1", "mcp_1", kNow), HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Resolve(Digest('a'), kNow), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(servers().Delete("acc_1", "mcp_1", kNow), HasReason("MCP_SERVER_NOT_FOUND"));
}

TEST_P(StoreContract, AnUpdatedMcpServerResolvesToItsNewSelf) {
  Connect();
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());
  const absl::Time later = kNow + absl::Minutes(1);

  ASSERT_OK_AND_ASSIGN(const v1::McpServer updated,
                       servers().Update("acc_1", "mcp_1", later, [&](v1::McpServer& server) {
                         EXPECT_EQ(server.config().methods_size(), 2);
                         server.set_name("New");
                         server.clear_config();
                         server.mutable_config()->add_tags("org");
                         *server.mutable_expire_time() = rpc::TimestampOf(later + absl::Hours(1));
                         return absl::OkStatus();
                       }));

  EXPECT_EQ(updated.name(), "New");
  EXPECT_EQ(rpc::TimeOf(updated.update_time()), later);
  EXPECT_EQ(rpc::TimeOf(updated.create_time()), kNow);
  ASSERT_OK_AND_ASSIGN(const v1::ResolvedMcpServer resolved, servers().Resolve(Digest('a'), later));
  EXPECT_EQ(resolved.mcp_server().SerializeAsString(), updated.SerializeAsString());
  EXPECT_THAT(servers().Resolve(Digest('a'), later + absl::Hours(1)),
              HasReason("MCP_TOKEN_INVALID"));
}

TEST_P(StoreContract, AnExpiryCanBeTakenAway) {
  Connect();
  v1::McpServer server = ServerWith("mcp_1", "acc_1");
  *server.mutable_expire_time() = rpc::TimestampOf(kNow + absl::Hours(1));
  ASSERT_THAT(servers().Insert(server, Digest('a')), IsOk());

  ASSERT_THAT(servers().Update("acc_1", "mcp_1", kNow,
                               [](v1::McpServer& changed) {
                                 changed.clear_expire_time();
                                 return absl::OkStatus();
                               }),
              IsOk());

  EXPECT_THAT(servers().Resolve(Digest('a'), kNow + absl::Hours(1000)), IsOk());
}

TEST_P(StoreContract, AChangeThatFailsChangesNothing) {
  Connect();
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());

  const auto failed = servers().Update("acc_1", "mcp_1", kNow, [](v1::McpServer& server) {
    server.set_name("New");
    return FieldInvalid("name", "is not to be changed");
  });

  EXPECT_THAT(failed, HasReason("FIELD_INVALID"));
  EXPECT_EQ(servers().Get("acc_1", "mcp_1", kNow)->name(), ServerWith("", "").name());
}

TEST_P(StoreContract, AnMcpServerOfAnotherAccountIsNeitherUpdatedNorRotated) {
  Connect("acc_1", "100");
  Connect("acc_2", "200");
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());
  const auto nothing = [](v1::McpServer&) { return absl::OkStatus(); };

  EXPECT_THAT(servers().Update("acc_2", "mcp_1", kNow, nothing), HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Rotate("acc_2", "mcp_1", Digest('b'), kNow, kNow),
              HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Resolve(Digest('a'), kNow), IsOk());
  EXPECT_THAT(servers().Resolve(Digest('b'), kNow), HasReason("MCP_TOKEN_INVALID"));
}

TEST_P(StoreContract, ARotatedTokenLivesOnForItsGraceAndNeverLonger) {
  Connect();
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());
  const absl::Time first_end = kNow + absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const v1::McpServer rotated,
                       servers().Rotate("acc_1", "mcp_1", Digest('b'), first_end, kNow));
  EXPECT_EQ(rotated.id(), "mcp_1");

  ASSERT_THAT(servers().Rotate("acc_1", "mcp_1", Digest('c'), kNow + absl::Hours(9), kNow), IsOk());

  const absl::Time before = first_end - absl::Microseconds(1);
  EXPECT_EQ(rpc::TimeOf(servers().Resolve(Digest('a'), before)->token_expire_time()), first_end);
  EXPECT_FALSE(servers().Resolve(Digest('c'), before)->has_token_expire_time());
  for (const char token : {'a', 'b', 'c'}) {
    EXPECT_THAT(servers().Resolve(Digest(token), before), IsOk()) << token;
  }
  EXPECT_THAT(servers().Resolve(Digest('a'), first_end), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(servers().Resolve(Digest('b'), first_end), IsOk());
  EXPECT_THAT(servers().Resolve(Digest('b'), kNow + absl::Hours(9)),
              HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(servers().Resolve(Digest('c'), kNow + absl::Hours(9)), IsOk());
  // The sweep takes what has ended, and the server stays.
  ASSERT_OK_AND_ASSIGN(const int64_t removed, servers().DeleteExpired(kNow + absl::Hours(9), 100));
  EXPECT_EQ(removed, 0);
  EXPECT_THAT(servers().Resolve(Digest('a'), before), HasReason("MCP_TOKEN_INVALID"));
}

IssuedGrant GrantOf(int number, const std::string& account = "acc_1",
                    const std::string& user = "42") {
  return {.sha256 = std::string(31, 'g') + static_cast<char>(number),
          .user_id = user,
          .client_id = "1000.CLIENT",
          .account = account,
          .create_time = kNow + absl::Seconds(number)};
}

TEST_P(StoreContract, AnIdIsUsedOnceUntilItIsForgotten) {
  EXPECT_FALSE(*connect().IsUsed("cst_1"));
  EXPECT_TRUE(*connect().Use("cst_1", kNow + absl::Minutes(1)));
  EXPECT_FALSE(*connect().Use("cst_1", kNow + absl::Minutes(1)));
  EXPECT_TRUE(*connect().IsUsed("cst_1"));

  ASSERT_THAT(connect().ForgetUsed(kNow + absl::Minutes(1) - absl::Microseconds(1)), IsOk());
  EXPECT_TRUE(*connect().IsUsed("cst_1"));
  ASSERT_THAT(connect().ForgetUsed(kNow + absl::Minutes(1)), IsOk());
  EXPECT_FALSE(*connect().IsUsed("cst_1"));

  EXPECT_TRUE(*connect().Use("cst_2", kNow));
  ASSERT_THAT(connect().Unuse("cst_2"), IsOk());
  EXPECT_TRUE(*connect().Use("cst_2", kNow));
}

TEST_P(StoreContract, AnIdIsUsedOnceAlsoByManyAtATime) {
  std::atomic<int> first = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (connect().Use("cst_1", kNow).value_or(false)) ++first;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
}

TEST_P(StoreContract, TheOldestRefreshTokenOfAUserGoesForOneTooMany) {
  EXPECT_EQ(*connect().CountGrants("acc_1"), 0);
  EXPECT_EQ(connect().AddGrant(GrantOf(1, "acc_old"), 3)->live, 1);
  EXPECT_EQ(connect().AddGrant(GrantOf(2), 3)->live, 2);
  EXPECT_EQ(connect().AddGrant(GrantOf(2), 3)->live, 2);  // Told twice, there once.
  EXPECT_EQ(connect().AddGrant(GrantOf(7, "acc_2", "43"), 3)->live, 1);
  ASSERT_OK_AND_ASSIGN(const GrantCount full, connect().AddGrant(GrantOf(3), 3));
  EXPECT_EQ(full.live, 3);
  EXPECT_FALSE(full.displaced);

  ASSERT_OK_AND_ASSIGN(const GrantCount over, connect().AddGrant(GrantOf(4), 3));

  EXPECT_EQ(over.live, 3);
  EXPECT_TRUE(over.displaced);
  EXPECT_EQ(over.displaced_account, "acc_old");
  EXPECT_EQ(*connect().CountGrants("acc_1"), 3);
  EXPECT_EQ(*connect().CountGrants("acc_2"), 1);
  EXPECT_EQ(*connect().CountGrants("acc_old"), 0);
  ASSERT_THAT(connect().RemoveGrant(GrantOf(3).sha256), IsOk());
  EXPECT_EQ(*connect().CountGrants("acc_1"), 2);
}

TEST_P(StoreContract, TellsWhenTokensWereAskedFor) {
  Connect();
  for (const int second : {2, 1}) {
    ASSERT_THAT(tokens().NoteRequest("acc_1", 1, kNow + absl::Seconds(second)), IsOk());
  }
  EXPECT_THAT(tokens().NoteRequest("acc_9", 1, kNow), IsOk());
  EXPECT_THAT(*tokens().RequestTimes("acc_1", 1, kNow),
              ElementsAre(kNow + absl::Seconds(1), kNow + absl::Seconds(2)));
  EXPECT_THAT(*tokens().RequestTimes("acc_1", 1, kNow + absl::Seconds(1)),
              ElementsAre(kNow + absl::Seconds(2)));
  EXPECT_THAT(*tokens().RequestTimes("acc_1", 2, kNow), IsEmpty());
}

v1::AuditEvent EventWith(int number, const std::string& action = "tool.call") {
  v1::AuditEvent event;
  event.set_id(absl::StrCat("evt_", number));
  *event.mutable_time() = rpc::TimestampOf(kNow + absl::Seconds(number));
  event.set_actor("mcp_1");
  event.set_action(action);
  event.set_account("acc_1");
  event.set_mcp_server("mcp_1");
  event.set_tool("list_users");
  event.set_outcome(number % 2 == 0 ? "ok" : "ZOHO_REFUSED");
  event.set_request_id(absl::StrCat("req_", number));
  *event.mutable_duration() = rpc::ProtoDurationOf(absl::Milliseconds(10));
  (*event.mutable_details())["arguments"] = R"({"name":"Zürich"})";
  return event;
}

std::vector<std::string> IdsOf(const absl::StatusOr<std::vector<v1::AuditEvent>>& events) {
  EXPECT_THAT(events, IsOk());
  std::vector<std::string> ids;
  if (events.ok()) {
    for (const v1::AuditEvent& event : *events) ids.push_back(event.id());
  }
  return ids;
}

constexpr int64_t kEnd = 1'000'000'000'000;

TEST_P(StoreContract, AuditEventsAreChainedInTheOrderTheyCome) {
  ASSERT_THAT(audit().Append({EventWith(1), EventWith(2)}), IsOk());
  ASSERT_THAT(audit().Append({EventWith(2), EventWith(3)}), IsOk());  // One was there.

  ASSERT_OK_AND_ASSIGN(const std::vector<v1::AuditEvent> events, audit().Read(1, 10));
  ASSERT_EQ(events.size(), 3u);
  std::string before;
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].sequence(), static_cast<int64_t>(i) + 1);
    EXPECT_EQ(events[i].hash(), AuditHash(before, events[i]));
    before = events[i].hash();
    v1::AuditEvent bare = events[i];
    bare.clear_sequence();
    bare.clear_hash();
    EXPECT_EQ(bare.SerializeAsString(), EventWith(static_cast<int>(i) + 1).SerializeAsString());
  }
  ASSERT_OK_AND_ASSIGN(const AuditEnds ends, audit().Ends());
  EXPECT_EQ(ends.newest.sequence, 3);
  EXPECT_EQ(ends.newest.hash, before);
  EXPECT_EQ(ends.removed.sequence, 0);
  EXPECT_THAT(IdsOf(audit().Read(2, 1)), ElementsAre("evt_2"));
}

TEST_P(StoreContract, ManyWhoWriteTheAuditLogMakeOneChain) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i] {
      for (int j = 0; j < 5; ++j) EXPECT_THAT(audit().Append({EventWith(10 * i + j)}), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();

  ASSERT_OK_AND_ASSIGN(const std::vector<v1::AuditEvent> events, audit().Read(1, 100));
  ASSERT_EQ(events.size(), 20u);
  std::string before;
  for (const v1::AuditEvent& event : events) {
    EXPECT_EQ(event.hash(), AuditHash(before, event));
    before = event.hash();
  }
}

TEST_P(StoreContract, AuditEventsAreListedNewestFirstAndByWhatTheyAreAbout) {
  v1::AuditEvent other = EventWith(4, "mcp_server.create");
  other.set_actor("key_1");
  other.set_tool("");
  ASSERT_THAT(audit().Append({EventWith(1), EventWith(2), EventWith(3), other}), IsOk());

  EXPECT_THAT(IdsOf(audit().List({}, kEnd, 3)), ElementsAre("evt_4", "evt_3", "evt_2"));
  EXPECT_THAT(IdsOf(audit().List({}, 2, 3)), ElementsAre("evt_1"));
  EXPECT_THAT(IdsOf(audit().List({.actor = "key_1"}, kEnd, 9)), ElementsAre("evt_4"));
  EXPECT_THAT(IdsOf(audit().List({.action = "mcp_server."}, kEnd, 9)), ElementsAre("evt_4"));
  EXPECT_THAT(IdsOf(audit().List({.action = "mcp_server"}, kEnd, 9)), IsEmpty());
  EXPECT_THAT(IdsOf(audit().List({.outcome = "error"}, kEnd, 9)), ElementsAre("evt_3", "evt_1"));
  EXPECT_THAT(IdsOf(audit().List({.tool = "list_users", .outcome = "ok"}, kEnd, 9)),
              ElementsAre("evt_2"));
  EXPECT_THAT(IdsOf(audit().List({.request_id = "req_3"}, kEnd, 9)), ElementsAre("evt_3"));
  EXPECT_THAT(IdsOf(audit().List({.account = "acc_2"}, kEnd, 9)), IsEmpty());
  EXPECT_THAT(IdsOf(audit().List({.mcp_server = "mcp_1' OR '1'='1"}, kEnd, 9)), IsEmpty());
  EXPECT_THAT(IdsOf(audit().List({.start = kNow + absl::Seconds(2), .end = kNow + absl::Seconds(3)},
                                 kEnd, 9)),
              ElementsAre("evt_2"));
}

TEST_P(StoreContract, OldAuditEventsGoAndTheChainGoesOn) {
  ASSERT_THAT(audit().Append({EventWith(1), EventWith(2), EventWith(3), EventWith(4)}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto all, audit().Read(1, 10));

  EXPECT_EQ(*audit().RemoveOldest(kNow + absl::Seconds(4), 2), 2);
  EXPECT_EQ(*audit().RemoveOldest(kNow + absl::Seconds(4), 2), 1);
  EXPECT_EQ(*audit().RemoveOldest(kNow + absl::Seconds(4), 2), 0);

  EXPECT_THAT(IdsOf(audit().Read(1, 10)), ElementsAre("evt_4"));
  ASSERT_OK_AND_ASSIGN(const AuditEnds ends, audit().Ends());
  EXPECT_EQ(ends.removed.sequence, 3);
  EXPECT_EQ(ends.removed.hash, all[2].hash());
  EXPECT_EQ(*audit().RemoveOldest(kNow + absl::Hours(1), 9), 1);
  ASSERT_THAT(audit().Append({EventWith(5)}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto after, audit().Read(1, 10));
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].sequence(), 5);
  EXPECT_EQ(after[0].hash(), AuditHash(all[3].hash(), after[0]));
}

TEST_P(StoreContract, ToolCallsAreCountedByDayServerAndTool) {
  v1::AuditEvent tomorrow = EventWith(9);
  *tomorrow.mutable_time() = rpc::TimestampOf(kNow + absl::Hours(24));
  ASSERT_THAT(audit().Append({EventWith(1), EventWith(2)}), IsOk());
  ASSERT_THAT(
      audit().Append({EventWith(2), EventWith(3), EventWith(4, "mcp_server.create"), tomorrow}),
      IsOk());

  const int64_t today = DayOf(kNow);
  ASSERT_OK_AND_ASSIGN(const auto usage,
                       audit().Usage({.first_day = today, .last_day = today + 1}, 10));
  ASSERT_EQ(usage.size(), 2u);
  EXPECT_EQ(usage[0].day, today);
  EXPECT_EQ(usage[0].account, "acc_1");
  EXPECT_EQ(usage[0].mcp_server, "mcp_1");
  EXPECT_EQ(usage[0].tool, "list_users");
  EXPECT_EQ(usage[0].calls, 3);
  EXPECT_EQ(usage[0].errors, 2);
  EXPECT_EQ(usage[0].duration, absl::Milliseconds(30));
  EXPECT_EQ(usage[1].calls, 1);
  EXPECT_EQ(audit().Usage({.first_day = today, .last_day = today + 1}, 1)->size(), 1u);
  // Names that callers made up are counted as one.
  v1::AuditEvent made_up = EventWith(20);
  made_up.set_outcome("TOOL_UNKNOWN");
  made_up.set_tool("made_up");
  ASSERT_THAT(audit().Append({made_up}), IsOk());
  EXPECT_EQ(audit().Usage({.first_day = today, .last_day = today}, 10)->at(0).tool, "");
  EXPECT_EQ(audit().Usage({.first_day = today, .last_day = today, .tool = "other"}, 10)->size(),
            0u);
  ASSERT_THAT(audit().RemoveUsageBefore(today + 1), IsOk());
  EXPECT_EQ(audit().Usage({.first_day = 0, .last_day = today + 1}, 10)->size(), 1u);
}

TEST_P(StoreContract, EveryChangeIsInTheLogInOrder) {
  const auto changes = [this](int64_t after) {
    std::vector<std::string> shown;
    const RecentChanges recent = *store_->changes().Read(after, 100);
    for (const v1::Change& change : recent.changes) {
      shown.push_back(absl::StrCat(change.sequence(), " ", v1::Change::Kind_Name(change.kind()),
                                   " ", change.id()));
    }
    return shown;
  };
  ASSERT_EQ(store_->changes().Read(0, 100)->newest, 0);
  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_1"), Digest('x'), kNow), IsOk());
  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_2"), Digest('y'), kNow), IsOk());
  Connect();
  ASSERT_THAT(servers().Insert(ServerWith("mcp_1", "acc_1"), Digest('a')), IsOk());
  EXPECT_THAT(changes(0), ElementsAre("1 API_KEY key_1", "2 API_KEY key_1", "3 API_KEY key_2",
                                      "4 ACCOUNT acc_1", "5 MCP_SERVER mcp_1"));

  // What fails, and what changes nothing, is not in it.
  ASSERT_FALSE(accounts().Insert(AccountWith("acc_2", "100"), Grant()).ok());
  ASSERT_FALSE(servers().Delete("acc_2", "mcp_1", kNow).ok());
  ASSERT_FALSE(*tokens().MarkRefused("acc_1", {1, 7}, kNow));
  EXPECT_THAT(changes(5), IsEmpty());

  ASSERT_THAT(servers().Update("acc_1", "mcp_1", kNow, [](auto&) { return absl::OkStatus(); }),
              IsOk());
  ASSERT_THAT(servers().Rotate("acc_1", "mcp_1", Digest('b'), kNow, kNow), IsOk());
  ASSERT_THAT(servers().Delete("acc_1", "mcp_1", kNow), IsOk());
  ASSERT_THAT(accounts().Rename("acc_1", "New", kNow), IsOk());
  ASSERT_TRUE(*tokens().MarkRefused("acc_1", {1, 1}, kNow));
  ASSERT_THAT(accounts().Reconnect(AccountWith("acc_1", "100"), Grant()), IsOk());
  ASSERT_THAT(accounts().Delete("acc_1"), IsOk());
  EXPECT_THAT(changes(5), ElementsAre("6 MCP_SERVER mcp_1", "7 MCP_SERVER mcp_1",
                                      "8 MCP_SERVER mcp_1", "9 ACCOUNT acc_1", "10 ACCOUNT acc_1",
                                      "11 ACCOUNT acc_1", "12 ACCOUNT acc_1"));

  ASSERT_THAT(store_->changes().Trim(2), IsOk());
  EXPECT_THAT(changes(0), ElementsAre("11 ACCOUNT acc_1", "12 ACCOUNT acc_1"));
  EXPECT_EQ(store_->changes().Read(12, 100)->newest, 12);
  EXPECT_EQ(store_->changes().Read(0, 1)->changes.size(), 1u);
}

TEST_P(StoreContract, ConcurrentChangesAreSeenInTheOrderOfTheirSequences) {
  Connect();
  constexpr int kThreads = 4;
  constexpr int kChanges = 25;
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kChanges; ++i) {
        EXPECT_THAT(accounts().Rename("acc_1", absl::StrCat(thread, " ", i), kNow), IsOk());
      }
      --running;
    });
  }
  // Whoever reads meanwhile never finds a change in front of one that it has seen.
  int64_t seen = 1;
  bool last = false;
  while (!last) {
    last = running == 0;
    const absl::StatusOr<RecentChanges> recent = store_->changes().Read(seen, 1000);
    ASSERT_THAT(recent, IsOk());
    for (const v1::Change& change : recent->changes) EXPECT_EQ(change.sequence(), ++seen);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen, 1 + kThreads * kChanges);
}

TEST_P(StoreContract, AnUnknownTokenDoesNotResolve) {
  EXPECT_THAT(servers().Resolve(Digest('a'), kNow), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(servers().Resolve("", kNow), HasReason("MCP_TOKEN_INVALID"));
}

TEST_P(StoreContract, FromItsExpireTimeOnAnMcpServerIsAsIfItHadNeverBeen) {
  Connect();
  const absl::Time expiry = kNow + absl::Seconds(10);
  v1::McpServer server = ServerWith("mcp_1", "acc_1");
  *server.mutable_expire_time() = rpc::TimestampOf(expiry);
  ASSERT_THAT(servers().Insert(server, Digest('a')), IsOk());

  EXPECT_THAT(servers().Resolve(Digest('a'), expiry - absl::Microseconds(1)), IsOk());
  EXPECT_THAT(servers().Resolve(Digest('a'), expiry), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(servers().Get("acc_1", "mcp_1", expiry), HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Delete("acc_1", "mcp_1", expiry), HasReason("MCP_SERVER_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto list, servers().List("acc_1", {}, expiry));
  EXPECT_THAT(list.items, IsEmpty());
}

TEST_P(StoreContract, ExpiredMcpServersAreRemovedAFewAtATime) {
  Connect();
  for (int i = 0; i < 5; ++i) {
    v1::McpServer server = ServerWith(absl::StrCat("mcp_", i), "acc_1");
    if (i < 3) *server.mutable_expire_time() = rpc::TimestampOf(kNow + absl::Seconds(i));
    ASSERT_THAT(servers().Insert(server, Digest(static_cast<char>('a' + i))), IsOk());
  }
  const absl::Time later = kNow + absl::Minutes(1);

  ASSERT_OK_AND_ASSIGN(const int64_t first, servers().DeleteExpired(later, 2));
  ASSERT_OK_AND_ASSIGN(const int64_t second, servers().DeleteExpired(later, 2));
  ASSERT_OK_AND_ASSIGN(const int64_t third, servers().DeleteExpired(later, 2));

  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
  EXPECT_EQ(third, 0);
  // Before they had expired they would be there still.
  EXPECT_THAT(servers().Get("acc_1", "mcp_0", kNow - absl::Seconds(1)),
              HasReason("MCP_SERVER_NOT_FOUND"));
  EXPECT_THAT(servers().Resolve(Digest('e'), later), IsOk());
}

TEST_P(StoreContract, ABootstrapKeyResolves) {
  EXPECT_THAT(keys().Resolve(Digest('k'), kNow), HasReason("API_KEY_INVALID"));

  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_1"), Digest('k'), kNow), IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::ApiKey key, keys().Resolve(Digest('k'), kNow));
  EXPECT_EQ(key.id(), "key_1");
  EXPECT_EQ(key.name(), "bootstrap");
  EXPECT_EQ(key.role(), v1::ApiKey::ADMIN);
}

v1::ApiKey MadeKey(const std::string& id, absl::Time created = kNow) {
  v1::ApiKey key;
  key.set_id(id);
  key.set_name("Büro");
  key.set_role(v1::ApiKey::VIEWER);
  *key.mutable_create_time() = rpc::TimestampOf(created);
  return key;
}

TEST_P(StoreContract, AnApiKeyIsListedResolvedAndRevoked) {
  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_0"), Digest('k'), kNow - absl::Hours(1)), IsOk());
  ASSERT_THAT(keys().Insert(MadeKey("key_1"), Digest('a')), IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::ApiKey resolved, keys().Resolve(Digest('a'), kNow));
  EXPECT_EQ(resolved.SerializeAsString(), MadeKey("key_1").SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto listed, keys().List({}, kNow));
  ASSERT_EQ(listed.items.size(), 2u);
  EXPECT_TRUE(listed.items[0].bootstrap());
  EXPECT_EQ(listed.items[1].id(), "key_1");
  ASSERT_OK_AND_ASSIGN(const auto page, keys().List({.limit = 1}, kNow));
  ASSERT_TRUE(page.next.has_value());
  EXPECT_EQ(keys().List({.limit = 1, .after = *page.next}, kNow)->items[0].id(), "key_1");

  EXPECT_EQ(keys().Delete("key_1")->name(), "Büro");
  EXPECT_THAT(keys().Resolve(Digest('a'), kNow), HasReason("API_KEY_INVALID"));
  EXPECT_THAT(keys().Delete("key_1"), HasReason("API_KEY_NOT_FOUND"));
  EXPECT_THAT(keys().Delete("key_0"), HasReason("API_KEY_BOOTSTRAP"));
}

TEST_P(StoreContract, AnApiKeyEndsAtItsExpiry) {
  v1::ApiKey key = MadeKey("key_1");
  const absl::Time end = kNow + absl::Hours(1);
  *key.mutable_expire_time() = rpc::TimestampOf(end);
  ASSERT_THAT(keys().Insert(key, Digest('a')), IsOk());

  EXPECT_THAT(keys().Resolve(Digest('a'), end - absl::Microseconds(1)), IsOk());
  EXPECT_THAT(keys().Resolve(Digest('a'), end), HasReason("API_KEY_INVALID"));
  EXPECT_THAT(keys().List({}, end)->items, IsEmpty());
  ASSERT_THAT(keys().DeleteExpired(end), IsOk());
  EXPECT_THAT(keys().Resolve(Digest('a'), kNow), HasReason("API_KEY_INVALID"));
}

TEST_P(StoreContract, RemembersWhenAnApiKeyWasUsed) {
  ASSERT_THAT(keys().Insert(MadeKey("key_1"), Digest('a')), IsOk());
  EXPECT_FALSE(keys().Resolve(Digest('a'), kNow)->has_last_use_time());

  ASSERT_THAT(keys().Touch("key_1", kNow + absl::Minutes(3)), IsOk());

  EXPECT_EQ(rpc::TimeOf(keys().Resolve(Digest('a'), kNow)->last_use_time()),
            kNow + absl::Minutes(3));
  EXPECT_THAT(keys().Touch("key_9", kNow), IsOk());
}

TEST_P(StoreContract, TheSameBootstrapKeyKeepsItsId) {
  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_1"), Digest('k'), kNow), IsOk());

  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_2"), Digest('k'), kNow), IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::ApiKey key, keys().Resolve(Digest('k'), kNow));
  EXPECT_EQ(key.id(), "key_1");
}

TEST_P(StoreContract, AnotherBootstrapKeyReplacesTheFirst) {
  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_1"), Digest('k'), kNow), IsOk());

  ASSERT_THAT(keys().SetBootstrap(KeyWith("key_2"), Digest('l'), kNow), IsOk());

  EXPECT_THAT(keys().Resolve(Digest('k'), kNow), HasReason("API_KEY_INVALID"));
  ASSERT_OK_AND_ASSIGN(const v1::ApiKey key, keys().Resolve(Digest('l'), kNow));
  EXPECT_EQ(key.id(), "key_2");
}

v1::Client Introduced(const std::string& name, absl::Time seen, const std::string& agent = "node") {
  v1::Client client;
  client.set_mcp_server("mcp_1");
  client.set_era("legacy");
  client.set_name(name);
  client.set_version("1.0");
  client.set_introduced(true);
  client.set_revision("2025-11-25");
  client.set_user_agent(agent);
  *client.mutable_last_seen_time() = rpc::TimestampOf(seen);
  return client;
}

// Who only says which program it is.
v1::Client Unnamed(absl::Time seen, const std::string& agent = "node") {
  v1::Client client = Introduced(agent, seen, agent);
  client.clear_version();
  client.set_introduced(false);
  return client;
}

v1::Client Listed(v1::Client client, const std::string& digest) {
  client.set_list_digest(digest);
  *client.mutable_list_time() = client.last_seen_time();
  return client;
}

// `name/version digest`, of each in order.
std::vector<std::string> Shown(ClientStore& store, const std::string& server = "mcp_1") {
  std::vector<std::string> shown;
  const auto clients = store.List(server);
  EXPECT_THAT(clients, IsOk());
  for (const v1::Client& client : clients.value_or(std::vector<v1::Client>())) {
    shown.push_back(
        absl::StrCat(client.introduced() ? "" : "? ", client.name(), " ", client.list_digest()));
  }
  return shown;
}

TEST_P(StoreContract, AClientComesBackAsItWasSeen) {
  ConnectWithServers();
  const v1::Client seen = Listed(Introduced("Büro \"x\"; --", kNow + absl::Microseconds(17)), "d1");

  ASSERT_THAT(clients().Record({seen}, 50), IsOk());

  ASSERT_OK_AND_ASSIGN(const auto list, clients().List("mcp_1"));
  ASSERT_EQ(list.size(), 1u);
  v1::Client expected = seen;
  *expected.mutable_first_seen_time() = seen.last_seen_time();
  EXPECT_EQ(list[0].SerializeAsString(), expected.SerializeAsString())
      << list[0].ShortDebugString();
  EXPECT_THAT(Shown(clients(), "mcp_2"), IsEmpty());
  EXPECT_THAT(Shown(clients(), "mcp_9"), IsEmpty());
}

TEST_P(StoreContract, OfAClientTheNewestIsKept) {
  ConnectWithServers();
  const absl::Time later = kNow + absl::Minutes(1);
  v1::Client newer = Listed(Introduced("a", later, "node/22"), "d2");
  newer.set_revision("2025-06-18");

  ASSERT_THAT(clients().Record({newer}, 50), IsOk());
  ASSERT_THAT(clients().Record({Listed(Introduced("a", kNow), "d1")}, 50), IsOk());
  v1::Client silent = Introduced("a", later + absl::Seconds(1), "node/22");
  silent.clear_revision();
  ASSERT_THAT(clients().Record({silent}, 50), IsOk());

  ASSERT_OK_AND_ASSIGN(const auto list, clients().List("mcp_1"));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].list_digest(), "d2");
  EXPECT_EQ(rpc::TimeOf(list[0].list_time()), later);
  EXPECT_EQ(rpc::TimeOf(list[0].last_seen_time()), later + absl::Seconds(1));
  EXPECT_EQ(list[0].user_agent(), "node/22");
  EXPECT_EQ(list[0].revision(), "2025-06-18");
}

TEST_P(StoreContract, NameVersionAndEraMakeAClient) {
  ConnectWithServers();
  v1::Client other_version = Introduced("a", kNow + absl::Seconds(1));
  other_version.set_version("2.0");
  v1::Client other_era = Introduced("a", kNow + absl::Seconds(2));
  other_era.set_era("modern");

  ASSERT_THAT(clients().Record({Introduced("a", kNow), other_version, other_era}, 50), IsOk());

  ASSERT_OK_AND_ASSIGN(const auto list, clients().List("mcp_1"));
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].era(), "modern");
  EXPECT_EQ(list[1].version(), "2.0");
}

TEST_P(StoreContract, AListBelongsToTheClientOfThatAgentThatIntroducedItselfLast) {
  ConnectWithServers();

  ASSERT_THAT(clients().Record({Introduced("a", kNow), Introduced("b", kNow + absl::Seconds(1)),
                                Introduced("c", kNow + absl::Seconds(2), "python"),
                                Listed(Unnamed(kNow + absl::Seconds(3)), "d1")},
                               50),
              IsOk());

  EXPECT_THAT(Shown(clients()), ElementsAre("b d1", "c ", "a "));
}

TEST_P(StoreContract, WhoIntroducesItselfLateTakesWhatItWasShownBefore) {
  ConnectWithServers();
  ASSERT_THAT(clients().Record({Listed(Unnamed(kNow), "d1"), Listed(Unnamed(kNow, ""), "d2")}, 50),
              IsOk());
  EXPECT_THAT(Shown(clients()), ElementsAre("?  d2", "? node d1"));

  ASSERT_THAT(clients().Record({Introduced("a", kNow - absl::Seconds(1))}, 50), IsOk());

  EXPECT_THAT(Shown(clients()), ElementsAre("?  d2", "a d1"));
}

TEST_P(StoreContract, OnlyTheClientsThatCameLastAreKept) {
  ConnectWithServers();
  std::vector<v1::Client> seen;
  for (int i = 0; i < 5; ++i) {
    seen.push_back(Introduced(absl::StrCat("c", i), kNow + absl::Seconds(i)));
  }
  ASSERT_THAT(clients().Record(seen, 3), IsOk());

  EXPECT_THAT(Shown(clients()), ElementsAre("c4 ", "c3 ", "c2 "));
}

TEST_P(StoreContract, ClientsGoWithTheirMcpServer) {
  ConnectWithServers();
  v1::Client of_nobody = Introduced("a", kNow);
  of_nobody.set_mcp_server("mcp_9");
  ASSERT_THAT(clients().Record({of_nobody, Introduced("a", kNow)}, 50), IsOk());
  EXPECT_THAT(Shown(clients(), "mcp_9"), IsEmpty());
  EXPECT_THAT(Shown(clients()), ElementsAre("a "));

  ASSERT_THAT(servers().Delete("acc_1", "mcp_1", kNow), IsOk());

  EXPECT_THAT(Shown(clients()), IsEmpty());
}

constexpr int64_t kManyPending = 100;
const absl::Time kApprovalEnd = kNow + absl::Minutes(10);

v1::Approval Wanted(const std::string& id, char digest = 'x', absl::Time created = kNow) {
  v1::Approval approval;
  approval.set_id(id);
  approval.set_account("acc_1");
  approval.set_mcp_server("mcp_1");
  approval.set_tool("delete_meeting");
  approval.set_arguments_sha256(Digest(digest));
  approval.set_arguments(R"({"id":"1","name":"Büro"})");
  *approval.mutable_create_time() = rpc::TimestampOf(created);
  *approval.mutable_expire_time() = rpc::TimestampOf(created + absl::Minutes(10));
  return approval;
}

TEST_P(StoreContract, AnApprovalIsPendingUntilSomebodyDecidesAndThenLetsOneCallPass) {
  ConnectWithServers();
  v1::Approval expected = Wanted("apr_1");
  expected.set_state(v1::Approval::PENDING);

  ASSERT_OK_AND_ASSIGN(const auto first, approvals().Claim(Wanted("apr_1"), kManyPending, kNow));
  EXPECT_EQ(first.SerializeAsString(), expected.SerializeAsString()) << first.ShortDebugString();
  // Who asks again waits for the same.
  EXPECT_EQ(approvals().Claim(Wanted("apr_2"), kManyPending, kNow)->id(), "apr_1");
  EXPECT_THAT(approvals().Get("apr_2", kNow), HasReason("APPROVAL_NOT_FOUND"));

  const absl::Time decided = kNow + absl::Minutes(9);
  ASSERT_OK_AND_ASSIGN(
      const auto approved,
      approvals().Decide("apr_1", true, "key_1", decided + absl::Minutes(10), decided));
  EXPECT_EQ(approved.state(), v1::Approval::APPROVED);
  EXPECT_EQ(approved.decided_by(), "key_1");

  const absl::Time used = decided + absl::Minutes(9);
  ASSERT_OK_AND_ASSIGN(const auto passed,
                       approvals().Claim(Wanted("apr_3", 'x', used), kManyPending, used));
  EXPECT_EQ(passed.id(), "apr_1");
  EXPECT_EQ(passed.state(), v1::Approval::USED);
  EXPECT_EQ(rpc::TimeOf(passed.use_time()), used);
  EXPECT_EQ(approvals().Get("apr_1", used)->SerializeAsString(), passed.SerializeAsString());
  // Once.
  ASSERT_OK_AND_ASSIGN(const auto again,
                       approvals().Claim(Wanted("apr_4", 'x', used), kManyPending, used));
  EXPECT_EQ(again.id(), "apr_4");
  EXPECT_EQ(again.state(), v1::Approval::PENDING);
}

TEST_P(StoreContract, AnApprovalIsForOneServerToolAndDigestAlone) {
  ConnectWithServers();
  ASSERT_THAT(approvals().Claim(Wanted("apr_1"), kManyPending, kNow), IsOk());
  ASSERT_THAT(approvals().Decide("apr_1", true, "key_1", kApprovalEnd, kNow), IsOk());
  v1::Approval other_server = Wanted("apr_2");
  other_server.set_mcp_server("mcp_2");
  v1::Approval other_tool = Wanted("apr_3");
  other_tool.set_tool("delete_meetings");
  const v1::Approval other_arguments = Wanted("apr_4", 'y');

  for (const v1::Approval& other : {other_server, other_tool, other_arguments}) {
    ASSERT_OK_AND_ASSIGN(const auto claimed, approvals().Claim(other, kManyPending, kNow));
    EXPECT_EQ(claimed.state(), v1::Approval::PENDING) << other.id();
    v1::Approval subject = other;
    subject.set_id("apr_1");
    EXPECT_THAT(approvals().Answer(subject, true, kNow), HasReason("APPROVAL_NOT_FOUND"));
  }
  EXPECT_EQ(approvals().Get("apr_1", kNow)->state(), v1::Approval::APPROVED);
}

TEST_P(StoreContract, AnAnswerBeforeTheClientUsesAnApprovalUpOrDeniesIt) {
  ConnectWithServers();
  ASSERT_THAT(approvals().Claim(Wanted("apr_1"), kManyPending, kNow), IsOk());

  ASSERT_OK_AND_ASSIGN(const auto yes, approvals().Answer(Wanted("apr_1"), true, kNow));
  EXPECT_EQ(yes.state(), v1::Approval::USED);
  EXPECT_EQ(yes.decided_by(), "mcp_1");
  EXPECT_THAT(approvals().Answer(Wanted("apr_1"), true, kNow), HasReason("APPROVAL_CLOSED"));
  EXPECT_THAT(approvals().Decide("apr_1", true, "key_1", kApprovalEnd, kNow),
              HasReason("APPROVAL_CLOSED"));

  ASSERT_THAT(approvals().Claim(Wanted("apr_2"), kManyPending, kNow), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto no, approvals().Answer(Wanted("apr_2"), false, kNow));
  EXPECT_EQ(no.state(), v1::Approval::DENIED);
  EXPECT_THAT(approvals().Answer(Wanted("apr_2"), true, kNow), HasReason("APPROVAL_CLOSED"));
  // The same person may have changed their mind.
  EXPECT_EQ(approvals().Claim(Wanted("apr_3"), kManyPending, kNow)->id(), "apr_3");
  EXPECT_THAT(approvals().Answer(Wanted("apr_9"), true, kNow), HasReason("APPROVAL_NOT_FOUND"));
}

TEST_P(StoreContract, WhatAnOperatorDeniedStaysDeniedUntilItExpires) {
  ConnectWithServers();
  ASSERT_THAT(approvals().Claim(Wanted("apr_1"), kManyPending, kNow), IsOk());
  ASSERT_THAT(approvals().Decide("apr_1", false, "key_1", kApprovalEnd, kNow), IsOk());

  EXPECT_EQ(approvals().Claim(Wanted("apr_2"), kManyPending, kNow)->state(), v1::Approval::DENIED);
  EXPECT_THAT(approvals().Answer(Wanted("apr_1"), true, kNow), HasReason("APPROVAL_CLOSED"));
  EXPECT_EQ(approvals().Claim(Wanted("apr_3"), kManyPending, kApprovalEnd)->id(), "apr_3");
}

TEST_P(StoreContract, FromItsExpireTimeOnAnApprovalLetsNothingPass) {
  ConnectWithServers();
  ASSERT_THAT(approvals().Claim(Wanted("apr_1"), kManyPending, kNow), IsOk());
  EXPECT_EQ(approvals().Get("apr_1", kApprovalEnd - absl::Microseconds(1))->state(),
            v1::Approval::PENDING);
  EXPECT_EQ(approvals().Get("apr_1", kApprovalEnd)->state(), v1::Approval::EXPIRED);
  EXPECT_THAT(approvals().Answer(Wanted("apr_1"), true, kApprovalEnd),
              HasReason("APPROVAL_CLOSED"));
  EXPECT_THAT(approvals().Decide("apr_1", true, "key_1", kApprovalEnd, kApprovalEnd),
              HasReason("APPROVAL_CLOSED"));

  ASSERT_THAT(approvals().Claim(Wanted("apr_2", 'y'), kManyPending, kNow), IsOk());
  ASSERT_THAT(approvals().Decide("apr_2", true, "key_1", kApprovalEnd, kNow), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto late, approvals().Claim(Wanted("apr_3", 'y', kApprovalEnd),
                                                          kManyPending, kApprovalEnd));
  EXPECT_EQ(late.id(), "apr_3");
  EXPECT_EQ(late.state(), v1::Approval::PENDING);
}

TEST_P(StoreContract, OfManyWhoClaimAnApprovalAtATimeOneGetsIt) {
  ConnectWithServers();
  ASSERT_THAT(approvals().Claim(Wanted("apr_0"), kManyPending, kNow), IsOk());
  ASSERT_THAT(approvals().Decide("apr_0", true, "key_1", kApprovalEnd, kNow), IsOk());
  std::atomic<int> passed = 0;
  std::atomic<int> failed = 0;

  std::vector<std::thread> threads;
  for (int i = 1; i <= 6; ++i) {
    threads.emplace_back([&, i] {
      const auto claimed = approvals().Claim(Wanted(absl::StrCat("apr_", i)), kManyPending, kNow);
      if (!claimed.ok()) ++failed;
      if (claimed.ok() && claimed->state() == v1::Approval::USED) ++passed;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(passed, 1);
  EXPECT_EQ(failed, 0);
  // And the others wait for one and the same.
  EXPECT_EQ(approvals().List({.state = v1::Approval::PENDING}, {}, kNow)->items.size(), 1u);
}

TEST_P(StoreContract, NoMoreApprovalsArePendingThanPeopleCanRead) {
  ConnectWithServers();
  ASSERT_THAT(approvals().Claim(Wanted("apr_1", 'a'), 2, kNow), IsOk());
  ASSERT_THAT(approvals().Claim(Wanted("apr_2", 'b'), 2, kNow), IsOk());

  EXPECT_THAT(approvals().Claim(Wanted("apr_3", 'c'), 2, kNow), HasReason("APPROVALS_TOO_MANY"));
  EXPECT_EQ(approvals().Claim(Wanted("apr_3", 'a'), 2, kNow)->id(), "apr_1");
  EXPECT_THAT(approvals().Claim(Wanted("apr_3", 'c', kApprovalEnd), 2, kApprovalEnd), IsOk());
}

TEST_P(StoreContract, ApprovalsAreListedNewestFirstPageByPage) {
  ConnectWithServers();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(approvals().Claim(Wanted(absl::StrCat("apr_", i), static_cast<char>('a' + i),
                                         kNow + absl::Seconds(i / 2)),
                                  kManyPending, kNow),
                IsOk());
  }
  ASSERT_THAT(approvals().Decide("apr_2", true, "key_1", kApprovalEnd, kNow), IsOk());
  const auto ids = [&](const ApprovalFilter& filter, const PageRequest& page, absl::Time now) {
    std::vector<std::string> found;
    const auto listed = approvals().List(filter, page, now);
    EXPECT_THAT(listed, IsOk());
    if (!listed.ok()) return found;
    for (const v1::Approval& approval : listed->items) found.push_back(approval.id());
    return found;
  };

  ASSERT_OK_AND_ASSIGN(const auto page, approvals().List({}, {.limit = 2}, kNow));
  EXPECT_EQ(page.items[0].id(), "apr_4");
  EXPECT_EQ(page.items[1].id(), "apr_3");
  ASSERT_TRUE(page.next.has_value());
  EXPECT_THAT(ids({}, {.limit = 3, .after = *page.next}, kNow),
              ElementsAre("apr_2", "apr_1", "apr_0"));
  EXPECT_THAT(ids({.state = v1::Approval::APPROVED}, {}, kNow), ElementsAre("apr_2"));
  EXPECT_EQ(ids({.state = v1::Approval::PENDING}, {}, kNow).size(), 4u);
  EXPECT_EQ(ids({.state = v1::Approval::EXPIRED}, {}, kNow + absl::Hours(1)).size(), 5u);
  EXPECT_THAT(ids({.state = v1::Approval::PENDING}, {}, kNow + absl::Hours(1)), IsEmpty());
  EXPECT_EQ(ids({.account = "acc_1", .mcp_server = "mcp_1"}, {}, kNow).size(), 5u);
  EXPECT_THAT(ids({.account = "acc_2"}, {}, kNow), IsEmpty());
  EXPECT_THAT(ids({.mcp_server = "mcp_2"}, {}, kNow), IsEmpty());
}

TEST_P(StoreContract, ApprovalsGoWithTheirMcpServerAndWhenTheyAreOld) {
  ConnectWithServers();
  EXPECT_THAT(approvals().Claim(
                  [] {
                    v1::Approval wanted = Wanted("apr_0");
                    wanted.set_mcp_server("mcp_9");
                    return wanted;
                  }(),
                  kManyPending, kNow),
              HasReason("MCP_SERVER_NOT_FOUND"));
  ASSERT_THAT(approvals().Claim(Wanted("apr_1", 'a'), kManyPending, kNow), IsOk());
  ASSERT_THAT(approvals().Claim(Wanted("apr_2", 'b', kNow + absl::Hours(1)), kManyPending, kNow),
              IsOk());

  ASSERT_THAT(approvals().DeleteEnded(kNow + absl::Minutes(30)), IsOk());
  EXPECT_THAT(approvals().Get("apr_1", kNow), HasReason("APPROVAL_NOT_FOUND"));
  EXPECT_THAT(approvals().Get("apr_2", kNow), IsOk());

  ASSERT_THAT(servers().Delete("acc_1", "mcp_1", kNow), IsOk());
  EXPECT_THAT(approvals().Get("apr_2", kNow), HasReason("APPROVAL_NOT_FOUND"));
}

std::unique_ptr<Store> OpenTemporarySqlite() {
  const std::string path = absl::StrCat(testing::TempDir(), "/", RandomId("store_"), ".db");
  absl::StatusOr<std::unique_ptr<Store>> store = OpenSqliteStore(path);
  EXPECT_THAT(store, IsOk());
  return store.ok() ? *std::move(store) : nullptr;
}

std::unique_ptr<Store> OpenTemporaryPostgres() {
  absl::StatusOr<std::unique_ptr<Store>> store = OpenPostgresStore(
      TestPostgres::Shared().NewDatabase().url, PasswordInUrl::kRefused, /*connections=*/8);
  EXPECT_THAT(store, IsOk());
  return store.ok() ? *std::move(store) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContract,
    testing::Values(Implementation{.name = "Memory", .open = NewMemoryStore},
                    Implementation{.name = "Sqlite", .open = OpenTemporarySqlite},
                    Implementation{.name = "Postgres", .open = OpenTemporaryPostgres}),
    [](const testing::TestParamInfo<Implementation>& info) { return info.param.name; });

}  // namespace
}  // namespace mesh::auth
