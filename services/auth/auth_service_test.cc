// auth-service's four gRPC services, called over the wire, on a fake Zoho.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/mailbox.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"
#include "services/auth/bootstrap_key.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/store/sql_store.h"
#include "services/auth/sweeper.h"
#include "services/auth/test_service.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

class AuthService : public testing::Test {
 protected:
  AuthService() : store_(NewMemoryStore()) { Start(); }

  void Start() {
    service_.reset();
    service_ = std::make_unique<TestService>(world_, *store_);
    accounts_ = v1::AccountService::NewStub(service_->channel());
    tokens_ = v1::TokenService::NewStub(service_->channel());
    servers_ = v1::McpServerService::NewStub(service_->channel());
    keys_ = v1::ApiKeyService::NewStub(service_->channel());
  }

  absl::StatusOr<v1::Account> CreateAccount(const v1::CreateAccountRequest& request) {
    return Call(*accounts_, &v1::AccountService::Stub::CreateAccount, request);
  }

  absl::StatusOr<v1::Account> Import(const std::string& region,
                                     const std::string& refresh_token = "1000.refresh") {
    v1::CreateAccountRequest request;
    request.set_region(region);
    request.set_refresh_token(refresh_token);
    return CreateAccount(request);
  }

  // Connects organisation 100 in the EU, whose first access token is `first`.
  v1::Account Connect() {
    world_.zoho.Answer(TokenGranted("first"));
    world_.zoho.Answer(UserJson("100", "127.0.0.1:2002"));
    const absl::StatusOr<v1::Account> account = Import("eu");
    EXPECT_THAT(account, IsOk());
    return account.value_or(v1::Account());
  }

  absl::StatusOr<v1::AccessToken> GetToken(const std::string& account, int64_t refused = 0) {
    v1::GetAccessTokenRequest request;
    request.set_account(account);
    request.set_refused_generation(refused);
    return Call(*tokens_, &v1::TokenService::Stub::GetAccessToken, request);
  }

  absl::StatusOr<v1::CreateMcpServerResponse> CreateServer(
      const v1::CreateMcpServerRequest& request) {
    return Call(*servers_, &v1::McpServerService::Stub::CreateMcpServer, request);
  }

  absl::StatusOr<v1::CreateMcpServerResponse> CreateServer(const std::string& account) {
    v1::CreateMcpServerRequest request;
    request.set_account(account);
    request.set_name("Worker");
    return CreateServer(request);
  }

  absl::StatusOr<v1::ResolvedMcpServer> Resolve(const std::string& token) {
    v1::ResolveMcpServerRequest request;
    request.set_token_sha256(Sha256(token));
    return Call(*servers_, &v1::McpServerService::Stub::ResolveMcpServer, request);
  }

  absl::StatusOr<v1::ApiKey> ResolveKey(const std::string& key) {
    v1::ResolveApiKeyRequest request;
    request.set_key_sha256(Sha256(key));
    return Call(*keys_, &v1::ApiKeyService::Stub::ResolveApiKey, request);
  }

  TestWorld world_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<TestService> service_;
  std::unique_ptr<v1::AccountService::Stub> accounts_;
  std::unique_ptr<v1::TokenService::Stub> tokens_;
  std::unique_ptr<v1::McpServerService::Stub> servers_;
  std::unique_ptr<v1::ApiKeyService::Stub> keys_;
};

TEST_F(AuthService, ConnectsAnAccountByARefreshToken) {
  world_.zoho.Answer(TokenGranted("first"));
  world_.zoho.Answer(UserJson("100", "127.0.0.1:2002"));

  ASSERT_OK_AND_ASSIGN(const v1::Account account, Import("eu"));

  EXPECT_THAT(account.id(), MatchesRegex("acc_[a-z2-7]{26}"));
  EXPECT_EQ(account.name(), "Example");
  EXPECT_EQ(account.state(), v1::Account::ACTIVE);
  EXPECT_EQ(account.region(), "eu");
  EXPECT_EQ(account.organization_id(), "100");
  EXPECT_EQ(account.user_id(), "7001");
  EXPECT_EQ(account.user_email(), "admin@example.com");
  EXPECT_TRUE(account.organization_admin());
  EXPECT_THAT(account.scopes(), ElementsAre("ZohoMeeting.manageOrg.READ"));
  const auto sent = world_.zoho.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].url, "http://127.0.0.1:2001/oauth/v2/token");
  EXPECT_EQ(sent[1].url, "http://127.0.0.1:2002/api/v2/user.json");
}

TEST_F(AuthService, ConnectsAnAccountByAGrantCode) {
  world_.zoho.Answer(CodeGranted("first", "1000.fromcode"));
  world_.zoho.Answer(UserJson("100", ""));
  v1::CreateAccountRequest request;
  request.set_region("us");
  request.set_name("Head office");
  request.set_grant_code("1000.code");

  ASSERT_OK_AND_ASSIGN(const v1::Account account, CreateAccount(request));

  EXPECT_EQ(account.name(), "Head office");
  EXPECT_EQ(account.region(), "us");
  ASSERT_OK_AND_ASSIGN(const v1::AccessToken token, GetToken(account.id()));
  EXPECT_EQ(token.access_token(), "first");
  // Once it is due, the token that came with the code gets the next one.
  world_.clock.Advance(absl::Minutes(56));
  world_.zoho.Answer(TokenGranted("second"));
  ASSERT_OK_AND_ASSIGN(const v1::AccessToken next, GetToken(account.id()));
  EXPECT_EQ(next.access_token(), "second");
  EXPECT_THAT(world_.zoho.sent().back().body, testing::HasSubstr("1000.fromcode"));
}

TEST_F(AuthService, TheHostThatZohoNamesDecidesTheRegionAndTheIssuerStillRefreshes) {
  world_.zoho.Answer(TokenGranted("first"));
  world_.zoho.Answer(UserJson("100", "127.0.0.1:2002"));

  ASSERT_OK_AND_ASSIGN(const v1::Account account, Import("us"));

  EXPECT_EQ(account.region(), "eu");
  ASSERT_OK_AND_ASSIGN(const v1::AccessToken token, GetToken(account.id()));
  EXPECT_EQ(token.region(), "eu");
  EXPECT_EQ(token.meeting_url(), "http://127.0.0.1:2002");
  world_.clock.Advance(absl::Hours(2));
  world_.zoho.Answer(TokenGranted("second"));
  ASSERT_THAT(GetToken(account.id()), IsOk());
  EXPECT_EQ(world_.zoho.sent().back().url, "http://127.0.0.1:1001/oauth/v2/token");
}

TEST_F(AuthService, AHostOutsideTheTableIsRefusedAndNeverCalled) {
  world_.zoho.Answer(TokenGranted("first"));
  world_.zoho.Answer(UserJson("100", "evil.example"));

  EXPECT_THAT(Import("eu"), HasReason("ZOHO_HOST_UNKNOWN"));

  EXPECT_EQ(world_.zoho.sent().size(), 2u);
}

TEST_F(AuthService, ConnectsAnOrganisationOnce) {
  const v1::Account first = Connect();
  world_.zoho.Answer(TokenGranted("other"));
  world_.zoho.Answer(UserJson("100", "127.0.0.1:2002"));

  const absl::Status second = Import("eu", "1000.other").status();

  EXPECT_THAT(second, HasReason("ACCOUNT_EXISTS"));
  EXPECT_EQ(GetErrorDetail(second)->metadata.at("id"), first.id());
}

struct RefusalRow {
  std::vector<absl::StatusOr<net::HttpResponse>> answers;
  std::string reason;
};

TEST_F(AuthService, TellsWhyAnAccountCannotBeConnected) {
  const net::HttpResponse no_scope = {
      .status = 401, .body = R"({"error":{"code":2001,"message":"INVALID_OAUTHSCOPE"}})"};
  const net::HttpResponse some_error = {.status = 400, .body = R"({"error":{"code":1}})"};
  const net::HttpResponse other_scope = {
      .status = 200, .body = R"({"access_token":"a","scope":"ZohoMeeting.user.READ"})"};
  const std::vector<RefusalRow> rows = {
      {{TokenError("invalid_code")}, "GRANT_REFUSED"},
      {{TokenError("invalid_client")}, "OAUTH_CLIENT_REFUSED"},
      {{TokenError("invalid_scope")}, "GRANT_REFUSED"},
      {{TokenThrottled()}, "OAUTH_THROTTLED"},
      {{net::HttpResponse{.status = 503}}, "ZOHO_ERROR"},
      {{NoAnswer("http://127.0.0.1:2001", "refused")}, "ZOHO_UNREACHABLE"},
      {{TokenGranted("a"), NoAnswer("http://127.0.0.1:2002", "refused")}, "ZOHO_UNREACHABLE"},
      {{TokenGranted("a"), no_scope}, "SCOPE_MISSING"},
      {{other_scope, some_error}, "SCOPE_MISSING"},
      {{TokenGranted("a"), some_error}, "ZOHO_REFUSED"},
  };
  for (const RefusalRow& row : rows) {
    for (const auto& answer : row.answers) world_.zoho.Answer(answer);
    EXPECT_THAT(Import("eu"), HasReason(row.reason)) << row.reason;
  }
  ASSERT_OK_AND_ASSIGN(const auto list, Call(*accounts_, &v1::AccountService::Stub::ListAccounts,
                                             v1::ListAccountsRequest()));
  EXPECT_EQ(list.accounts_size(), 0);
}

TEST_F(AuthService, ACodeWithoutOfflineAccessIsRefused) {
  world_.zoho.Answer(TokenGranted("first"));
  v1::CreateAccountRequest request;
  request.set_region("us");
  request.set_grant_code("1000.code");

  EXPECT_THAT(CreateAccount(request), HasReason("GRANT_REFUSED"));
}

TEST_F(AuthService, RefusesABadRequestToConnectBeforeItAsksZoho) {
  v1::CreateAccountRequest none;
  none.set_region("eu");
  v1::CreateAccountRequest blank = none;
  blank.set_refresh_token("");
  v1::CreateAccountRequest spaced = none;
  spaced.set_grant_code("a b");
  v1::CreateAccountRequest named = none;
  named.set_refresh_token("r");
  named.set_name("a\nb");
  v1::CreateAccountRequest nowhere = named;
  nowhere.set_name("");
  nowhere.set_region("mars");
  v1::CreateAccountRequest unserved = nowhere;
  unserved.set_region("jp");
  const std::vector<std::pair<v1::CreateAccountRequest, std::string>> rows = {
      {none, "FIELD_INVALID"},  {blank, "FIELD_INVALID"},    {spaced, "FIELD_INVALID"},
      {named, "FIELD_INVALID"}, {nowhere, "REGION_UNKNOWN"}, {unserved, "OAUTH_CLIENT_MISSING"},
  };
  for (const auto& [request, reason] : rows) {
    EXPECT_THAT(CreateAccount(request), HasReason(reason)) << request.ShortDebugString();
  }
  EXPECT_EQ(world_.zoho.sent().size(), 0u);
}

TEST_F(AuthService, ListsAccountsPageByPage) {
  for (const char* organization : {"100", "200", "300"}) {
    world_.zoho.Answer(TokenGranted("t"));
    world_.zoho.Answer(UserJson(organization, ""));
    ASSERT_THAT(Import("eu"), IsOk());
    world_.clock.Advance(absl::Seconds(1));
  }
  v1::ListAccountsRequest request;
  request.set_page_size(2);

  ASSERT_OK_AND_ASSIGN(const auto first,
                       Call(*accounts_, &v1::AccountService::Stub::ListAccounts, request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Call(*accounts_, &v1::AccountService::Stub::ListAccounts, request));

  ASSERT_EQ(first.accounts_size(), 2);
  ASSERT_EQ(second.accounts_size(), 1);
  EXPECT_EQ(first.accounts(0).organization_id(), "100");
  EXPECT_EQ(second.accounts(0).organization_id(), "300");
  EXPECT_EQ(second.next_page_token(), "");
  request.set_page_token("forged");
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::ListAccounts, request),
              HasReason("PAGE_TOKEN_INVALID"));
}

TEST_F(AuthService, ADeletedAccountLendsNoTokenAndItsUrlsStopWorking) {
  const v1::Account account = Connect();
  ASSERT_OK_AND_ASSIGN(const auto server, CreateServer(account.id()));
  ASSERT_THAT(GetToken(account.id()), IsOk());
  v1::DeleteAccountRequest request;
  request.set_id(account.id());

  ASSERT_THAT(Call(*accounts_, &v1::AccountService::Stub::DeleteAccount, request), IsOk());

  EXPECT_THAT(GetToken(account.id()), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(Resolve(server.token()), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(CreateServer(account.id()), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::DeleteAccount, request),
              HasReason("ACCOUNT_NOT_FOUND"));
  v1::GetAccountRequest get;
  get.set_id(account.id());
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::GetAccount, get),
              HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_F(AuthService, RenamesAnAccount) {
  const v1::Account account = Connect();
  v1::UpdateAccountRequest request;
  request.set_id(account.id());
  request.set_name("Branch office");

  ASSERT_OK_AND_ASSIGN(const v1::Account renamed,
                       Call(*accounts_, &v1::AccountService::Stub::UpdateAccount, request));

  EXPECT_EQ(renamed.name(), "Branch office");
  request.clear_name();
  ASSERT_OK_AND_ASSIGN(const v1::Account same,
                       Call(*accounts_, &v1::AccountService::Stub::UpdateAccount, request));
  EXPECT_EQ(same.name(), "Branch office");
  request.set_name("");
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::UpdateAccount, request),
              HasReason("FIELD_INVALID"));
  request.set_name("x");
  request.set_id("acc_none");
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::UpdateAccount, request),
              HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_F(AuthService, AReconnectedAccountLendsTokensAgainUnderItsOldIdAndUrls) {
  const v1::Account account = Connect();
  ASSERT_OK_AND_ASSIGN(const auto server, CreateServer(account.id()));
  world_.clock.Advance(absl::Hours(2));
  world_.zoho.Answer(TokenError("invalid_code"));
  ASSERT_THAT(GetToken(account.id()), HasReason("REAUTHORIZATION_REQUIRED"));
  v1::ReconnectAccountRequest request;
  request.set_id(account.id());
  request.set_grant_code("1000.code");
  world_.zoho.Answer(CodeGranted("anew", "1000.anew"));
  world_.zoho.Answer(UserJson("100", "127.0.0.1:2002"));

  ASSERT_OK_AND_ASSIGN(const v1::Account reconnected,
                       Call(*accounts_, &v1::AccountService::Stub::ReconnectAccount, request));

  EXPECT_EQ(reconnected.id(), account.id());
  EXPECT_EQ(reconnected.name(), account.name());
  EXPECT_EQ(reconnected.state(), v1::Account::ACTIVE);
  ASSERT_OK_AND_ASSIGN(const v1::AccessToken token, GetToken(account.id()));
  EXPECT_EQ(token.access_token(), "anew");
  EXPECT_EQ(token.generation(), 2);
  EXPECT_THAT(Resolve(server.token()), IsOk());
}

TEST_F(AuthService, AnAccountIsNotReconnectedToAnotherOrganisation) {
  const v1::Account account = Connect();
  v1::ReconnectAccountRequest request;
  request.set_id(account.id());
  request.set_refresh_token("1000.other");
  world_.zoho.Answer(TokenGranted("other"));
  world_.zoho.Answer(UserJson("200", "127.0.0.1:2002"));

  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::ReconnectAccount, request),
              HasReason("ORGANIZATION_DIFFERS"));

  ASSERT_OK_AND_ASSIGN(const v1::AccessToken token, GetToken(account.id()));
  EXPECT_EQ(token.access_token(), "first");
  request.clear_credential();
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::ReconnectAccount, request),
              HasReason("FIELD_INVALID"));
  request.set_refresh_token("1000.other");
  request.set_id("acc_none");
  EXPECT_THAT(Call(*accounts_, &v1::AccountService::Stub::ReconnectAccount, request),
              HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_F(AuthService, ListsRegionsAndWhichCanBeConnected) {
  ASSERT_OK_AND_ASSIGN(const auto list, Call(*accounts_, &v1::AccountService::Stub::ListRegions,
                                             v1::ListRegionsRequest()));

  ASSERT_EQ(list.regions_size(), 11);
  for (const v1::Region& region : list.regions()) {
    EXPECT_EQ(region.connectable(), region.code() == "us" || region.code() == "eu")
        << region.code();
  }
}

TEST_F(AuthService, LendsTheTokenThatConnectingBrought) {
  const v1::Account account = Connect();

  ASSERT_OK_AND_ASSIGN(const v1::AccessToken token, GetToken(account.id()));

  EXPECT_EQ(token.access_token(), "first");
  EXPECT_EQ(token.generation(), 1);
  EXPECT_EQ(rpc::TimeOf(token.expire_time()), world_.clock.Now() + absl::Hours(1));
  EXPECT_EQ(token.organization_id(), "100");
  EXPECT_EQ(token.user_id(), "7001");
  EXPECT_EQ(token.region(), "eu");
  EXPECT_EQ(token.meeting_url(), "http://127.0.0.1:2002");
  EXPECT_EQ(world_.token_requests(), 1);
}

TEST_F(AuthService, AThousandCallersOfAnExpiredTokenCauseOneRequest) {
  const v1::Account account = Connect();
  world_.clock.Advance(absl::Hours(2));
  world_.zoho.Answer(TokenGranted("second"));
  world_.zoho.Hold();

  // 4 and 2 threads serve all of them, and everything else meanwhile.
  constexpr size_t kCallers = 1000;
  struct Pending {
    grpc::ClientContext context;
    v1::GetAccessTokenRequest request;
    v1::AccessToken token;
  };
  std::vector<std::unique_ptr<Pending>> calls;
  Mailbox<grpc::Status> ended;
  for (size_t i = 0; i < kCallers; ++i) {
    auto call = std::make_unique<Pending>();
    call->request.set_account(account.id());
    tokens_->async()->GetAccessToken(&call->context, &call->request, &call->token,
                                     [&](grpc::Status status) { ended.Put(std::move(status)); });
    calls.push_back(std::move(call));
  }
  ASSERT_THAT(CreateServer(account.id()), IsOk());
  EXPECT_EQ(ended.size(), 0u);
  world_.zoho.Release();
  ended.WaitForCount(kCallers);

  for (const auto& call : calls) ASSERT_EQ(call->token.access_token(), "second");
  EXPECT_EQ(world_.token_requests(), 2);
}

TEST_F(AuthService, RefusesABadRequestForAToken) {
  v1::GetAccessTokenRequest request;
  EXPECT_THAT(Call(*tokens_, &v1::TokenService::Stub::GetAccessToken, request),
              HasReason("FIELD_INVALID"));
  EXPECT_THAT(GetToken("acc_none"), HasReason("ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(GetToken("acc_none", -1), HasReason("FIELD_INVALID"));
  for (const int seconds : {-1, 3601}) {
    request.set_account("acc_none");
    request.mutable_min_ttl()->set_seconds(seconds);
    EXPECT_THAT(Call(*tokens_, &v1::TokenService::Stub::GetAccessToken, request),
                HasReason("FIELD_INVALID"));
  }
}

TEST_F(AuthService, AnMcpServersTokenResolvesToIt) {
  const v1::Account account = Connect();
  v1::CreateMcpServerRequest request;
  request.set_account(account.id());
  request.set_name("Zoho Meeting Admin Worker");
  request.mutable_config()->add_methods("read");
  request.mutable_config()->add_tags("users");
  request.mutable_config()->set_require_api_token_auth(true);
  *request.mutable_expire_time() = rpc::TimestampOf(world_.clock.Now() + absl::Hours(1));

  ASSERT_OK_AND_ASSIGN(const auto created, CreateServer(request));

  const v1::McpServer& server = created.mcp_server();
  EXPECT_THAT(created.token(), MatchesRegex("[A-Za-z0-9_-]{43}"));
  EXPECT_THAT(server.id(), MatchesRegex("mcp_[a-z2-7]{26}"));
  EXPECT_EQ(server.name(), request.name());
  EXPECT_EQ(server.config().SerializeAsString(), request.config().SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto resolved, Resolve(created.token()));
  EXPECT_EQ(resolved.mcp_server().SerializeAsString(), server.SerializeAsString());
  v1::GetMcpServerRequest get;
  get.set_account(account.id());
  get.set_id(server.id());
  ASSERT_OK_AND_ASSIGN(const v1::McpServer got,
                       Call(*servers_, &v1::McpServerService::Stub::GetMcpServer, get));
  EXPECT_EQ(got.SerializeAsString(), server.SerializeAsString());
}

TEST_F(AuthService, UnknownExpiredAndDeletedUrlsAnswerAlike) {
  const v1::Account account = Connect();
  v1::CreateMcpServerRequest request;
  request.set_account(account.id());
  request.set_name("Short");
  *request.mutable_expire_time() = rpc::TimestampOf(world_.clock.Now() + absl::Seconds(10));
  ASSERT_OK_AND_ASSIGN(const auto expiring, CreateServer(request));
  ASSERT_OK_AND_ASSIGN(const auto deleted, CreateServer(account.id()));
  v1::DeleteMcpServerRequest remove;
  remove.set_account(account.id());
  remove.set_id(deleted.mcp_server().id());
  ASSERT_THAT(Call(*servers_, &v1::McpServerService::Stub::DeleteMcpServer, remove), IsOk());
  ASSERT_THAT(Resolve(expiring.token()), IsOk());
  world_.clock.Advance(absl::Seconds(10));

  const absl::Status unknown = Resolve("unknown").status();

  EXPECT_THAT(unknown, HasReason("MCP_TOKEN_INVALID"));
  EXPECT_EQ(Resolve(expiring.token()).status(), unknown);
  EXPECT_EQ(Resolve(deleted.token()).status(), unknown);
  EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::DeleteMcpServer, remove),
              HasReason("MCP_SERVER_NOT_FOUND"));
}

TEST_F(AuthService, ASweepRemovesWhatHasExpired) {
  const v1::Account account = Connect();
  v1::CreateMcpServerRequest request;
  request.set_account(account.id());
  request.set_name("Short");
  *request.mutable_expire_time() = rpc::TimestampOf(world_.clock.Now() + absl::Seconds(1));
  for (int i = 0; i < 3; ++i) ASSERT_THAT(CreateServer(request), IsOk());
  ASSERT_THAT(CreateServer(account.id()), IsOk());

  ASSERT_THAT(Sweep(*store_, world_.clock.Now() + absl::Seconds(1), world_.metrics), IsOk());

  EXPECT_EQ(world_.metrics.expired_mcp_servers.Value(), 3);
  v1::ListMcpServersRequest list;
  list.set_account(account.id());
  ASSERT_OK_AND_ASSIGN(const auto left,
                       Call(*servers_, &v1::McpServerService::Stub::ListMcpServers, list));
  EXPECT_EQ(left.mcp_servers_size(), 1);
}

TEST_F(AuthService, ListsMcpServersPageByPage) {
  const v1::Account account = Connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(CreateServer(account.id()), IsOk());
    world_.clock.Advance(absl::Seconds(1));
  }
  v1::ListMcpServersRequest request;
  request.set_account(account.id());
  request.set_page_size(2);

  ASSERT_OK_AND_ASSIGN(const auto first,
                       Call(*servers_, &v1::McpServerService::Stub::ListMcpServers, request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Call(*servers_, &v1::McpServerService::Stub::ListMcpServers, request));

  EXPECT_EQ(first.mcp_servers_size(), 2);
  EXPECT_EQ(second.mcp_servers_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
  request.set_account("acc_other");
  EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::ListMcpServers, request),
              HasReason("PAGE_TOKEN_INVALID"));
  request.set_page_token("");
  EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::ListMcpServers, request),
              HasReason("ACCOUNT_NOT_FOUND"));
}

TEST_F(AuthService, UpdatesTheFieldsThatAMaskNames) {
  const v1::Account account = Connect();
  v1::CreateMcpServerRequest create;
  create.set_account(account.id());
  create.set_name("Worker");
  create.mutable_config()->add_methods("read");
  create.mutable_config()->add_tags("users");
  create.mutable_config()->set_reveal_secrets(true);
  ASSERT_OK_AND_ASSIGN(const auto created, CreateServer(create));
  v1::UpdateMcpServerRequest request;
  request.set_account(account.id());
  request.set_id(created.mcp_server().id());
  request.mutable_mcp_server()->set_name("not named by the mask");
  request.mutable_mcp_server()->mutable_config()->add_methods("write");
  *request.mutable_mcp_server()->mutable_expire_time() =
      rpc::TimestampOf(world_.clock.Now() + absl::Hours(1));
  request.mutable_update_mask()->add_paths("config.methods");
  request.mutable_update_mask()->add_paths("expire_time");

  ASSERT_OK_AND_ASSIGN(const v1::McpServer updated,
                       Call(*servers_, &v1::McpServerService::Stub::UpdateMcpServer, request));

  EXPECT_EQ(updated.name(), "Worker");
  EXPECT_THAT(updated.config().methods(), ElementsAre("write"));
  EXPECT_THAT(updated.config().tags(), ElementsAre("users"));
  EXPECT_TRUE(updated.config().reveal_secrets());
  EXPECT_EQ(rpc::TimeOf(updated.expire_time()), world_.clock.Now() + absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto resolved, Resolve(created.token()));
  EXPECT_EQ(resolved.mcp_server().SerializeAsString(), updated.SerializeAsString());
  // A named field without a value becomes empty.
  request.mutable_mcp_server()->clear_expire_time();
  ASSERT_OK_AND_ASSIGN(const v1::McpServer endless,
                       Call(*servers_, &v1::McpServerService::Stub::UpdateMcpServer, request));
  EXPECT_FALSE(endless.has_expire_time());
}

TEST_F(AuthService, RefusesABadUpdate) {
  const v1::Account account = Connect();
  ASSERT_OK_AND_ASSIGN(const auto created, CreateServer(account.id()));
  v1::UpdateMcpServerRequest good;
  good.set_account(account.id());
  good.set_id(created.mcp_server().id());
  v1::UpdateMcpServerRequest unknown = good;
  unknown.mutable_update_mask()->add_paths("id");
  v1::UpdateMcpServerRequest unnamed = good;
  unnamed.mutable_update_mask()->add_paths("name");
  v1::UpdateMcpServerRequest bad_tag = good;
  bad_tag.mutable_mcp_server()->mutable_config()->add_tags("No Tag");
  bad_tag.mutable_update_mask()->add_paths("config");
  v1::UpdateMcpServerRequest past = good;
  *past.mutable_mcp_server()->mutable_expire_time() = rpc::TimestampOf(world_.clock.Now());
  past.mutable_update_mask()->add_paths("expire_time");
  v1::UpdateMcpServerRequest foreign = unnamed;
  foreign.mutable_mcp_server()->set_name("x");
  foreign.set_account("acc_other");
  const std::vector<std::pair<v1::UpdateMcpServerRequest, std::string>> rows = {
      {good, "FIELD_INVALID"},    {unknown, "FIELD_INVALID"}, {unnamed, "FIELD_INVALID"},
      {bad_tag, "FIELD_INVALID"}, {past, "FIELD_INVALID"},    {foreign, "MCP_SERVER_NOT_FOUND"},
  };
  for (const auto& [request, reason] : rows) {
    EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::UpdateMcpServer, request),
                HasReason(reason))
        << request.ShortDebugString();
  }
}

TEST_F(AuthService, ARotatedUrlLivesOnForItsGrace) {
  const v1::Account account = Connect();
  ASSERT_OK_AND_ASSIGN(const auto created, CreateServer(account.id()));
  v1::RotateMcpServerTokenRequest request;
  request.set_account(account.id());
  request.set_id(created.mcp_server().id());
  request.mutable_grace()->set_seconds(60);

  ASSERT_OK_AND_ASSIGN(const auto rotated,
                       Call(*servers_, &v1::McpServerService::Stub::RotateMcpServerToken, request));

  EXPECT_NE(rotated.token(), created.token());
  EXPECT_EQ(rotated.mcp_server().id(), created.mcp_server().id());
  EXPECT_EQ(rpc::TimeOf(rotated.previous_expire_time()), world_.clock.Now() + absl::Minutes(1));
  EXPECT_THAT(Resolve(created.token()), IsOk());
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_THAT(Resolve(created.token()), HasReason("MCP_TOKEN_INVALID"));
  EXPECT_THAT(Resolve(rotated.token()), IsOk());
  // Without grace it ends at once.
  request.mutable_grace()->set_seconds(0);
  ASSERT_THAT(Call(*servers_, &v1::McpServerService::Stub::RotateMcpServerToken, request), IsOk());
  EXPECT_THAT(Resolve(rotated.token()), HasReason("MCP_TOKEN_INVALID"));
  for (const int64_t seconds : {int64_t{-1}, int64_t{30 * 24 * 3600 + 1}}) {
    request.mutable_grace()->set_seconds(seconds);
    EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::RotateMcpServerToken, request),
                HasReason("FIELD_INVALID"));
  }
  request.clear_grace();
  request.set_account("acc_other");
  EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::RotateMcpServerToken, request),
              HasReason("MCP_SERVER_NOT_FOUND"));
}

TEST_F(AuthService, RefusesABadMcpServer) {
  const v1::Account account = Connect();
  v1::CreateMcpServerRequest good;
  good.set_account(account.id());
  good.set_name("Worker");
  v1::CreateMcpServerRequest unnamed = good;
  unnamed.clear_name();
  v1::CreateMcpServerRequest bad_method = good;
  bad_method.mutable_config()->add_methods("admin");
  v1::CreateMcpServerRequest bad_tag = good;
  bad_tag.mutable_config()->add_tags("No Tag");
  v1::CreateMcpServerRequest past = good;
  *past.mutable_expire_time() = rpc::TimestampOf(world_.clock.Now());
  v1::CreateMcpServerRequest orphan = good;
  orphan.set_account("acc_none");
  const std::vector<std::pair<v1::CreateMcpServerRequest, std::string>> rows = {
      {unnamed, "FIELD_INVALID"}, {bad_method, "FIELD_INVALID"}, {bad_tag, "FIELD_INVALID"},
      {past, "FIELD_INVALID"},    {orphan, "ACCOUNT_NOT_FOUND"},
  };
  for (const auto& [request, reason] : rows) {
    EXPECT_THAT(CreateServer(request), HasReason(reason)) << request.ShortDebugString();
  }
  v1::ResolveMcpServerRequest short_digest;
  short_digest.set_token_sha256("short");
  EXPECT_THAT(Call(*servers_, &v1::McpServerService::Stub::ResolveMcpServer, short_digest),
              HasReason("FIELD_INVALID"));
}

TEST_F(AuthService, AnApiKeyIsMadeUsedAndRevoked) {
  v1::CreateApiKeyRequest request;
  request.set_name("Reader");
  request.set_role(v1::ApiKey::VIEWER);
  *request.mutable_expire_time() = rpc::TimestampOf(world_.clock.Now() + absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto made,
                       Call(*keys_, &v1::ApiKeyService::Stub::CreateApiKey, request));
  EXPECT_THAT(made.api_key().id(), MatchesRegex("key_[a-z2-7]{26}"));
  EXPECT_THAT(made.key(), MatchesRegex("[A-Za-z0-9_-]{43}"));

  ASSERT_OK_AND_ASSIGN(const v1::ApiKey key, ResolveKey(made.key()));
  EXPECT_EQ(key.role(), v1::ApiKey::VIEWER);
  const absl::Time first_use = world_.clock.Now();
  EXPECT_EQ(rpc::TimeOf(key.last_use_time()), first_use);
  world_.clock.Advance(absl::Seconds(59));
  EXPECT_EQ(rpc::TimeOf(ResolveKey(made.key())->last_use_time()), first_use);
  world_.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(rpc::TimeOf(ResolveKey(made.key())->last_use_time()), world_.clock.Now());

  ASSERT_OK_AND_ASSIGN(const auto list, Call(*keys_, &v1::ApiKeyService::Stub::ListApiKeys,
                                             v1::ListApiKeysRequest()));
  ASSERT_EQ(list.api_keys_size(), 1);
  v1::DeleteApiKeyRequest revoke;
  revoke.set_id(made.api_key().id());
  ASSERT_THAT(Call(*keys_, &v1::ApiKeyService::Stub::DeleteApiKey, revoke), IsOk());
  EXPECT_THAT(ResolveKey(made.key()), HasReason("API_KEY_INVALID"));
  EXPECT_THAT(Call(*keys_, &v1::ApiKeyService::Stub::DeleteApiKey, revoke),
              HasReason("API_KEY_NOT_FOUND"));
}

TEST_F(AuthService, AnApiKeyNeedsANameARoleAndAFuture) {
  v1::CreateApiKeyRequest good;
  good.set_name("n");
  good.set_role(v1::ApiKey::ADMIN);
  v1::CreateApiKeyRequest nameless = good;
  nameless.set_name("\x1b[2J");
  v1::CreateApiKeyRequest endless = good;
  endless.set_name(std::string(1'000'000, 'n'));
  v1::CreateApiKeyRequest roleless = good;
  roleless.clear_role();
  v1::CreateApiKeyRequest foreign = good;
  foreign.set_role(static_cast<v1::ApiKey::Role>(9));
  v1::CreateApiKeyRequest past = good;
  *past.mutable_expire_time() = rpc::TimestampOf(world_.clock.Now());
  for (const auto& request : {nameless, endless, roleless, foreign, past}) {
    EXPECT_THAT(Call(*keys_, &v1::ApiKeyService::Stub::CreateApiKey, request),
                HasReason("FIELD_INVALID"));
  }
}

TEST_F(AuthService, TheBootstrapKeyIsTheOneInTheFile) {
  const std::string first = "first-key-of-at-least-32-characters";
  const std::string second = "second-key-of-at-least-32-characters";
  ASSERT_THAT(SetBootstrapKey(NewSecretFile(first + "\n"), world_.clock.Now(), store_->api_keys()),
              IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::ApiKey key, ResolveKey(first));
  EXPECT_THAT(key.id(), MatchesRegex("key_[a-z2-7]{26}"));
  EXPECT_EQ(key.role(), v1::ApiKey::ADMIN);
  EXPECT_THAT(ResolveKey(second), HasReason("API_KEY_INVALID"));

  ASSERT_THAT(SetBootstrapKey(NewSecretFile(second), world_.clock.Now(), store_->api_keys()),
              IsOk());
  EXPECT_THAT(ResolveKey(first), HasReason("API_KEY_INVALID"));
  EXPECT_THAT(ResolveKey(second), IsOk());
}

TEST_F(AuthService, ABadBootstrapKeyFileIsRefused) {
  ApiKeyStore& keys = store_->api_keys();
  EXPECT_THAT(SetBootstrapKey("", world_.clock.Now(), keys), HasReason("FIELD_INVALID"));
  EXPECT_THAT(SetBootstrapKey(NewSecretFile("short"), world_.clock.Now(), keys),
              HasReason("FIELD_INVALID"));
  EXPECT_THAT(SetBootstrapKey(NewSecretFile("spaces are no part of an API key, ever"),
                              world_.clock.Now(), keys),
              HasReason("FIELD_INVALID"));
  EXPECT_THAT(SetBootstrapKey("/no/such/file", world_.clock.Now(), keys),
              HasReason("FILE_UNREADABLE"));
}

TEST_F(AuthService, ARestartKeepsEverything) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", RandomId("auth_"), ".db");
  service_.reset();
  ASSERT_OK_AND_ASSIGN(store_, OpenSqliteStore(path));
  Start();
  const v1::Account account = Connect();
  ASSERT_OK_AND_ASSIGN(const auto server, CreateServer(account.id()));
  service_.reset();
  ASSERT_OK_AND_ASSIGN(store_, OpenSqliteStore(path));

  Start();

  ASSERT_OK_AND_ASSIGN(const v1::AccessToken token, GetToken(account.id()));
  EXPECT_EQ(token.access_token(), "first");
  EXPECT_EQ(world_.token_requests(), 1);
  EXPECT_THAT(Resolve(server.token()), IsOk());
}

}  // namespace
}  // namespace mesh::auth
