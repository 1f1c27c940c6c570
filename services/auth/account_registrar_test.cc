#include "services/auth/account_registrar.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/status_matchers.h"
#include "common/base/thread_pool.h"
#include "services/auth/store/forwarding_token_store.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

using ::testing::EndsWith;

// A database that goes away once accounts are in it.
class TokenStoreOfAnOutage final : public ForwardingTokenStore {
 public:
  using ForwardingTokenStore::ForwardingTokenStore;

  bool away = false;

  absl::Status NoteRequest(absl::string_view account, int64_t grant_number,
                           absl::Time now) override {
    if (away) return StoreUnavailable("gone");
    return ForwardingTokenStore::NoteRequest(account, grant_number, now);
  }
};

class StoreOfAnOutage final : public Store {
 public:
  AccountStore& accounts() override { return store_->accounts(); }
  TokenStoreOfAnOutage& tokens() override { return tokens_; }
  McpServerStore& mcp_servers() override { return store_->mcp_servers(); }
  ApiKeyStore& api_keys() override { return store_->api_keys(); }
  ConnectStore& connect() override { return store_->connect(); }
  ClientStore& clients() override { return store_->clients(); }
  ApprovalStore& approvals() override { return store_->approvals(); }
  AuditStore& audit() override { return store_->audit(); }
  ChangeStore& changes() override { return store_->changes(); }

 private:
  std::unique_ptr<Store> store_ = NewMemoryStore();
  TokenStoreOfAnOutage tokens_{store_->tokens()};
};

class Registering : public testing::Test {
 protected:
  Connection Granted(const std::string& refresh_token, const std::string& organization = "100") {
    return {.user = {.organization_id = organization, .user_id = "7001"},
            .region = "eu",
            .grant_region = "eu",
            .client_id = "1000.CLIENT",
            .issued_now = true,
            .refresh_token = Secret(refresh_token),
            .access_token = Secret("access"),
            .issue_time = world_.clock.Now(),
            .expire_time = world_.clock.Now() + absl::Hours(1)};
  }

  // Zoho ends a token.
  void AnswerRevocation() {
    world_.zoho.Answer(net::HttpResponse{.status = 200, .body = R"({"status":"success"})"});
  }

  const CallContext context_ = {.deadline = absl::InfiniteFuture(), .request_id = "req_1"};
  TestWorld world_;
  StoreOfAnOutage store_;
  ThreadPool pool_{1, 16};
  TokenBroker broker_{store_.tokens(), world_.sealer,  world_.zoho,
                      world_.regions,  world_.clients, pool_,
                      world_.clock,    world_.metrics, {}};
  AccountConnector connector_{world_.zoho, world_.regions, world_.clients, world_.clock,
                              world_.metrics};
  AccountRegistrar registrar_{store_, connector_, broker_, world_.sealer, world_.clock, {}};
};

TEST_F(Registering, AnAccountThatIsConnectedIsNoErrorWhereItsTokensCannotBeCounted) {
  store_.tokens().away = true;

  ASSERT_OK_AND_ASSIGN(const v1::Account added, registrar_.Add(context_, "", Granted("1000.one")));
  AnswerRevocation();
  ASSERT_OK_AND_ASSIGN(const v1::Account renewed,
                       registrar_.Renew(context_, added.id(), Granted("1000.two")));

  EXPECT_EQ(renewed.id(), added.id());
  EXPECT_THAT(store_.accounts().Get(added.id()), IsOk());
  ASSERT_EQ(world_.zoho.sent().size(), 1u);
  EXPECT_THAT(world_.zoho.sent()[0].url, EndsWith("token=1000.one"));
}

TEST_F(Registering, AGrantForAnAccountThatHasGoneIsRevoked) {
  AnswerRevocation();

  EXPECT_THAT(registrar_.Renew(context_, "acc_gone", Granted("1000.spare")),
              HasReason("ACCOUNT_NOT_FOUND"));

  ASSERT_EQ(world_.zoho.sent().size(), 1u);
  EXPECT_THAT(world_.zoho.sent()[0].url, EndsWith("token=1000.spare"));
}

TEST_F(Registering, AGrantThatWasHandedOverIsItsOwnersToRevoke) {
  Connection handed = Granted("1000.theirs");
  handed.issued_now = false;

  EXPECT_THAT(registrar_.Renew(context_, "acc_gone", handed), HasReason("ACCOUNT_NOT_FOUND"));

  EXPECT_EQ(world_.zoho.sent().size(), 0u);
}

TEST_F(Registering, WhoeverIsHandedTheSameTokenAgainKeepsIt) {
  ASSERT_OK_AND_ASSIGN(const v1::Account added, registrar_.Add(context_, "", Granted("1000.one")));

  EXPECT_THAT(registrar_.Renew(context_, added.id(), Granted("1000.one")), IsOk());

  EXPECT_EQ(world_.zoho.sent().size(), 0u);
}

}  // namespace
}  // namespace mesh::auth
