// Connecting through Zoho's consent page, links and devices, over the wire, on a fake Zoho.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/status_matchers.h"
#include "common/net/url.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/sweeper.h"
#include "services/auth/test_service.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kRedirect[] = "https://mesh.example.com/oauth/zoho/callback";
constexpr char kUs[] = "http://127.0.0.1:1001";
constexpr char kEu[] = "http://127.0.0.1:2001";

std::string Browser(const std::string& secret = "cookie") { return Sha256(secret); }

class Connecting : public testing::Test {
 protected:
  using Stub = v1::ConnectService::Stub;

  absl::StatusOr<v1::StartConnectResponse> Start(const v1::StartConnectRequest& request) {
    return Call(*stub_, &Stub::StartConnect, request);
  }

  static v1::StartConnectRequest Request(const std::string& account = "") {
    v1::StartConnectRequest request;
    request.set_account(account);
    request.set_redirect_uri(kRedirect);
    request.set_browser_sha256(Browser());
    request.add_scopes("ZohoMeeting.meeting.ALL");
    return request;
  }

  // The query of the consent page's address, by name.
  static std::map<std::string, std::string> QueryOf(const v1::StartConnectResponse& started) {
    const absl::StatusOr<net::Url> url = net::ParseUrl(started.authorization_url());
    EXPECT_THAT(url, IsOk());
    return {url->query.begin(), url->query.end()};
  }

  std::string StateOf(const v1::StartConnectRequest& request) {
    const auto started = Start(request);
    EXPECT_THAT(started, IsOk());
    return started.ok() ? QueryOf(*started)["state"] : "";
  }

  static v1::CompleteConnectRequest Callback(const std::string& state) {
    v1::CompleteConnectRequest request;
    request.set_state(state);
    request.set_code("1000.code");
    request.set_location("eu");
    request.set_accounts_server(kEu);
    request.set_browser_sha256(Browser());
    return request;
  }

  absl::StatusOr<v1::CompleteConnectResponse> Complete(const v1::CompleteConnectRequest& request) {
    return Call(*stub_, &Stub::CompleteConnect, request);
  }

  void Grant(const std::string& organization = "100",
             const std::string& refresh_token = "1000.new") {
    world_.zoho.Answer(CodeGranted("access", refresh_token));
    world_.zoho.Answer(UserJson(organization, "127.0.0.1:2002"));
  }

  v1::Account Connect(const std::string& organization = "100") {
    Grant(organization);
    const auto done = Complete(Callback(StateOf(Request())));
    EXPECT_THAT(done, IsOk());
    return done.ok() ? done->account() : v1::Account();
  }

  absl::StatusOr<v1::ConnectLink> Link(const v1::GetConnectLinkRequest& request) {
    return Call(*stub_, &Stub::GetConnectLink, request);
  }

  TestWorld world_;
  std::unique_ptr<Store> store_ = NewMemoryStore();
  TestService service_{world_, *store_};
  std::unique_ptr<Stub> stub_ = v1::ConnectService::NewStub(service_.channel());
  std::unique_ptr<v1::AccountService::Stub> accounts_ =
      v1::AccountService::NewStub(service_.channel());
};

TEST_F(Connecting, AsksZohoForOfflineAccessByAForcedConsentAndAChallenge) {
  ASSERT_OK_AND_ASSIGN(const auto started, Start(Request()));

  EXPECT_THAT(started.authorization_url(),
              testing::StartsWith(absl::StrCat(kUs, "/oauth/v2/auth")));
  auto query = QueryOf(started);
  EXPECT_EQ(query["response_type"], "code");
  EXPECT_EQ(query["client_id"], "1000.CLIENT");
  EXPECT_EQ(query["access_type"], "offline");
  EXPECT_EQ(query["prompt"], "consent");
  EXPECT_EQ(query["redirect_uri"], kRedirect);
  EXPECT_EQ(query["scope"], "ZohoMeeting.manageOrg.READ,ZohoMeeting.meeting.ALL");
  EXPECT_EQ(query["code_challenge_method"], "S256");
  EXPECT_THAT(query["code_challenge"], MatchesRegex("[A-Za-z0-9_-]{43}"));
  EXPECT_THAT(query["state"], MatchesRegex("[A-Za-z0-9_-]{100,}"));
  EXPECT_EQ(world_.zoho.sent().size(), 0u);
}

TEST_F(Connecting, TheCallbackConnectsAtTheAccountsServerThatZohoNames) {
  const std::string state = StateOf(Request());
  Grant();

  ASSERT_OK_AND_ASSIGN(const auto done, Complete(Callback(state)));

  EXPECT_FALSE(done.reconnected());
  EXPECT_EQ(done.account().organization_id(), "100");
  EXPECT_EQ(done.account().grant_region(), "eu");
  EXPECT_EQ(done.account().token_usage().refreshes(), 1);
  EXPECT_EQ(done.account().token_usage().refresh_tokens(), 1);
  const auto sent = world_.zoho.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].url, absl::StrCat(kEu, "/oauth/v2/token"));
  EXPECT_THAT(sent[0].body, HasSubstr("grant_type=authorization_code"));
  EXPECT_THAT(sent[0].body, HasSubstr("redirect_uri=https%3A%2F%2Fmesh.example.com"));
  EXPECT_THAT(sent[0].body, testing::ContainsRegex("code_verifier=[A-Za-z0-9_-]{43}"));
}

TEST_F(Connecting, AStateWorksOnce) {
  const std::string state = StateOf(Request());
  Grant();
  ASSERT_THAT(Complete(Callback(state)), IsOk());

  EXPECT_THAT(Complete(Callback(state)), HasReason("CONNECT_USED"));

  EXPECT_EQ(world_.zoho.sent().size(), 2u);
}

TEST_F(Connecting, AnExpiredStateIsRefusedAlsoAfterTheSweep) {
  const std::string state = StateOf(Request());
  world_.clock.Advance(absl::Minutes(15));

  EXPECT_THAT(Complete(Callback(state)), HasReason("CONNECT_EXPIRED"));
  ASSERT_THAT(Sweep(*store_, world_.clock.Now(), world_.metrics), IsOk());
  EXPECT_THAT(Complete(Callback(state)), HasReason("CONNECT_EXPIRED"));
}

TEST_F(Connecting, AForgedStateIsRefused) {
  const std::string state = StateOf(Request());
  std::string changed = state;
  changed[state.size() / 2] = changed[state.size() / 2] == 'A' ? 'B' : 'A';
  ASSERT_OK_AND_ASSIGN(const auto link, Link({}));

  for (const std::string& forged : {std::string(), std::string("x"), changed, state + "AAAA",
                                    link.token(), std::string(1'000'000, 'A')}) {
    EXPECT_THAT(Complete(Callback(forged)), HasReason("CONNECT_INVALID")) << forged.substr(0, 40);
  }
  EXPECT_EQ(world_.zoho.sent().size(), 0u);
}

TEST_F(Connecting, TheCallbackOfAnotherBrowserIsRefusedAndLeavesTheStateAsItIs) {
  const std::string state = StateOf(Request());
  v1::CompleteConnectRequest stolen = Callback(state);
  stolen.set_browser_sha256(Browser("another"));

  EXPECT_THAT(Complete(stolen), HasReason("CONNECT_INVALID"));
  stolen.clear_browser_sha256();
  EXPECT_THAT(Complete(stolen), HasReason("CONNECT_INVALID"));

  EXPECT_EQ(world_.zoho.sent().size(), 0u);
  Grant();
  EXPECT_THAT(Complete(Callback(state)), IsOk());
}

TEST_F(Connecting, AHostOutsideTheTableIsRefusedAndNeverCalled) {
  const struct {
    std::string accounts_server;
    std::string location;
    std::string reason;
  } kRows[] = {
      {"https://accounts.zoho.eu.evil.example", "eu", "ZOHO_HOST_UNKNOWN"},
      {"https://evil.example", "", "ZOHO_HOST_UNKNOWN"},
      {"http://127.0.0.1:2002", "eu", "ZOHO_HOST_UNKNOWN"},
      {kEu, "us", "FIELD_INVALID"},
      {"", "mars", "REGION_UNKNOWN"},
      {std::string(5000, 'x'), "eu", "FIELD_INVALID"},
      {"https://evil.example\n", "eu", "FIELD_INVALID"},
  };
  for (const auto& row : kRows) {
    v1::CompleteConnectRequest request = Callback(StateOf(Request()));
    request.set_accounts_server(row.accounts_server);
    request.set_location(row.location);
    EXPECT_THAT(Complete(request), HasReason(row.reason)) << row.accounts_server.substr(0, 60);
  }
  EXPECT_EQ(world_.zoho.sent().size(), 0u);
}

TEST_F(Connecting, WithoutAHostTheRegionThatTheVisitBeganAtIsAsked) {
  v1::StartConnectRequest request = Request();
  request.set_region("eu");
  v1::CompleteConnectRequest callback = Callback(StateOf(request));
  callback.clear_accounts_server();
  callback.clear_location();
  Grant();

  ASSERT_THAT(Complete(callback), IsOk());

  EXPECT_EQ(world_.zoho.sent()[0].url, absl::StrCat(kEu, "/oauth/v2/token"));
}

TEST_F(Connecting, ADenialIsToldAndUsesTheStateUp) {
  v1::CompleteConnectRequest request = Callback(StateOf(Request()));
  request.clear_code();
  request.set_error("access_denied");

  EXPECT_THAT(Complete(request), HasReason("CONSENT_DENIED"));
  EXPECT_THAT(Complete(request), HasReason("CONNECT_USED"));
}

TEST_F(Connecting, RefusesABadStart) {
  v1::StartConnectRequest named = Request();
  named.set_name("a\ab");
  v1::StartConnectRequest endless = Request();
  endless.set_name(std::string(1'000'000, 'x'));
  v1::StartConnectRequest nowhere = Request();
  nowhere.set_region("mars");
  v1::StartConnectRequest unserved = Request();
  unserved.set_region("jp");
  v1::StartConnectRequest plain = Request();
  plain.set_redirect_uri("http://mesh.example.com/callback");
  v1::StartConnectRequest no_browser = Request();
  no_browser.clear_browser_sha256();
  v1::StartConnectRequest scoped = Request();
  scoped.add_scopes("a b");
  v1::StartConnectRequest unlinked = Request();
  unlinked.set_link("x");
  const std::vector<std::pair<v1::StartConnectRequest, std::string>> rows = {
      {named, "FIELD_INVALID"},      {endless, "FIELD_INVALID"},
      {nowhere, "REGION_UNKNOWN"},   {unserved, "OAUTH_CLIENT_MISSING"},
      {plain, "FIELD_INVALID"},      {no_browser, "FIELD_INVALID"},
      {scoped, "FIELD_INVALID"},     {Request("acc_none"), "ACCOUNT_NOT_FOUND"},
      {unlinked, "CONNECT_INVALID"},
  };
  for (const auto& [request, reason] : rows) {
    EXPECT_THAT(Start(request), HasReason(reason)) << request.ShortDebugString();
  }
}

TEST_F(Connecting, AnOrganisationIsConnectedOnceAndTheSpareTokenIsRevoked) {
  const v1::Account first = Connect();
  Grant("100", "1000.spare");
  world_.zoho.Answer(net::HttpResponse{.status = 200, .body = R"({"status":"success"})"});

  const absl::Status second = Complete(Callback(StateOf(Request()))).status();

  EXPECT_THAT(second, HasReason("ACCOUNT_EXISTS"));
  EXPECT_EQ(GetErrorDetail(second)->metadata.at("id"), first.id());
  EXPECT_EQ(world_.zoho.sent().back().url,
            absl::StrCat(kEu, "/oauth/v2/token/revoke?token=1000.spare"));
}

TEST_F(Connecting, ReconnectingKeepsTheAccountAndRevokesTheTokenBefore) {
  const v1::Account account = Connect();
  Grant("100", "1000.newer");
  world_.zoho.Answer(net::HttpResponse{.status = 200, .body = R"({"status":"success"})"});

  ASSERT_OK_AND_ASSIGN(const auto done, Complete(Callback(StateOf(Request(account.id())))));

  EXPECT_TRUE(done.reconnected());
  EXPECT_EQ(done.account().id(), account.id());
  EXPECT_EQ(world_.zoho.sent().back().url,
            absl::StrCat(kEu, "/oauth/v2/token/revoke?token=1000.new"));
  EXPECT_EQ(done.account().token_usage().refresh_tokens(), 1);
}

TEST_F(Connecting, AnotherOrganisationDoesNotReconnectAnAccount) {
  const v1::Account account = Connect();
  Grant("200", "1000.other");
  world_.zoho.Answer(net::HttpResponse{.status = 200});

  EXPECT_THAT(Complete(Callback(StateOf(Request(account.id())))),
              HasReason("ORGANIZATION_DIFFERS"));

  EXPECT_EQ(world_.zoho.sent().back().url,
            absl::StrCat(kEu, "/oauth/v2/token/revoke?token=1000.other"));
}

TEST_F(Connecting, TheTwentyFirstRefreshTokenOfAUserWarns) {
  v1::Account account;
  for (int i = 1; i <= 21; ++i) {
    Grant(absl::StrCat(i), absl::StrCat("1000.", i));
    ASSERT_OK_AND_ASSIGN(const auto done, Complete(Callback(StateOf(Request()))));
    account = done.account();
    EXPECT_EQ(account.token_usage().refresh_tokens(), std::min(i, 20));
    EXPECT_EQ(account.token_usage().warnings().empty(), i < 20) << i;
    world_.clock.Advance(absl::Seconds(1));
  }
  EXPECT_THAT(account.token_usage().warnings(), Contains(HasSubstr("has deleted the oldest")));
}

TEST_F(Connecting, TheApiShowsTheBudgetAndWhenItEnds) {
  v1::GetAccountRequest get;
  get.set_id(Connect().id());
  const absl::Time first = world_.clock.Now();
  for (int i = 0; i < 4; ++i) {
    world_.clock.Advance(absl::Seconds(10));
    ASSERT_THAT(store_->tokens().NoteRequest(get.id(), 1, world_.clock.Now()), IsOk());
  }

  ASSERT_OK_AND_ASSIGN(const auto full,
                       Call(*accounts_, &v1::AccountService::Stub::GetAccount, get));
  world_.clock.Advance(absl::Minutes(10));
  ASSERT_OK_AND_ASSIGN(const auto later,
                       Call(*accounts_, &v1::AccountService::Stub::GetAccount, get));

  EXPECT_EQ(full.token_usage().refreshes(), 5);
  EXPECT_EQ(full.token_usage().refresh_ceiling(), 5);
  EXPECT_EQ(full.token_usage().zoho_refresh_limit(), 10);
  EXPECT_EQ(rpc::TimeOf(full.token_usage().next_refresh_time()), first + absl::Minutes(10));
  EXPECT_THAT(full.token_usage().warnings(), Contains(HasSubstr("own limit")));
  EXPECT_EQ(later.token_usage().refreshes(), 0);
  EXPECT_EQ(later.token_usage().live_access_tokens(), 5);
  EXPECT_EQ(later.token_usage().live_access_token_limit(), 15);
  EXPECT_FALSE(later.token_usage().has_next_refresh_time());
}

TEST_F(Connecting, DisconnectingRevokesAtZohoAndForgetsWhateverZohoSays) {
  struct Row {
    absl::StatusOr<net::HttpResponse> answer;
    bool revoked;
  };
  const Row rows[] = {
      {net::HttpResponse{.status = 200, .body = R"({"status":"success"})"}, true},
      {net::HttpResponse{.status = 200}, true},
      {net::HttpResponse{.status = 200, .body = R"({"error":"invalid_token"})"}, true},
      {net::HttpResponse{.status = 500}, false},
      {NoAnswer(kEu, "refused"), false},
  };
  for (const Row& row : rows) {
    v1::DeleteAccountRequest request;
    request.set_id(Connect().id());
    world_.zoho.Answer(row.answer);

    ASSERT_OK_AND_ASSIGN(const auto deleted,
                         Call(*accounts_, &v1::AccountService::Stub::DeleteAccount, request));

    EXPECT_EQ(deleted.revoked(), row.revoked) << deleted.revoke_error();
    EXPECT_EQ(deleted.revoke_error().empty(), row.revoked);
    EXPECT_EQ(world_.zoho.sent().back().url,
              absl::StrCat(kEu, "/oauth/v2/token/revoke?token=1000.new"));
  }
}

TEST_F(Connecting, ALinkConnectsOnceWithoutAnApiKey) {
  v1::GetConnectLinkRequest wanted;
  wanted.set_name("Customer");
  ASSERT_OK_AND_ASSIGN(const v1::ConnectLink link, Link(wanted));
  EXPECT_THAT(link.id(), MatchesRegex("lnk_[a-z2-7]{26}"));
  v1::OpenConnectLinkRequest open;
  open.set_token(link.token());
  ASSERT_OK_AND_ASSIGN(const auto opened, Call(*stub_, &Stub::OpenConnectLink, open));
  EXPECT_EQ(opened.name(), "Customer");
  EXPECT_EQ(opened.token(), "");
  v1::StartConnectRequest start = Request();
  start.set_link(link.token());
  const std::string abandoned = StateOf(start);
  const std::string state = StateOf(start);
  Grant();

  ASSERT_OK_AND_ASSIGN(const auto done, Complete(Callback(state)));

  EXPECT_EQ(done.account().name(), "Customer");
  EXPECT_THAT(Call(*stub_, &Stub::OpenConnectLink, open), HasReason("CONNECT_USED"));
  EXPECT_THAT(Start(start), HasReason("CONNECT_USED"));
  EXPECT_THAT(Complete(Callback(abandoned)), HasReason("CONNECT_USED"));
}

TEST_F(Connecting, ALinkIsGivenBackWhereNothingCameOfIt) {
  ASSERT_OK_AND_ASSIGN(const v1::ConnectLink link, Link({}));
  v1::StartConnectRequest start = Request();
  start.set_link(link.token());
  world_.zoho.Answer(TokenError("invalid_code"));
  EXPECT_THAT(Complete(Callback(StateOf(start))), HasReason("GRANT_REFUSED"));

  Grant();

  EXPECT_THAT(Complete(Callback(StateOf(start))), IsOk());
}

TEST_F(Connecting, ALinkRevokedDuringAVisitIsNotGivenBack) {
  ASSERT_OK_AND_ASSIGN(const v1::ConnectLink link, Link({}));
  v1::StartConnectRequest start = Request();
  start.set_link(link.token());
  const std::string state = StateOf(start);
  const std::string other = StateOf(start);
  v1::RevokeConnectLinkRequest revoke;
  revoke.set_id(link.id());
  world_.zoho.AnswerAll([&](const net::HttpRequest&) {
    EXPECT_THAT(Call(*stub_, &Stub::RevokeConnectLink, revoke), IsOk());
    return TokenError("invalid_code");
  });

  EXPECT_THAT(Complete(Callback(state)), HasReason("GRANT_REFUSED"));

  EXPECT_THAT(Start(start), HasReason("CONNECT_USED"));
  EXPECT_THAT(Complete(Callback(other)), HasReason("CONNECT_USED"));
  EXPECT_EQ(world_.zoho.sent().size(), 1u);
}

TEST_F(Connecting, ALinkExpiresAndCanBeRevoked) {
  v1::GetConnectLinkRequest brief;
  brief.mutable_lifetime()->set_seconds(60);
  ASSERT_OK_AND_ASSIGN(const v1::ConnectLink link, Link(brief));
  ASSERT_OK_AND_ASSIGN(const v1::ConnectLink other, Link({}));
  v1::RevokeConnectLinkRequest revoke;
  revoke.set_id(other.id());
  ASSERT_THAT(Call(*stub_, &Stub::RevokeConnectLink, revoke), IsOk());
  world_.clock.Advance(absl::Minutes(1));

  v1::OpenConnectLinkRequest open;
  open.set_token(link.token());
  EXPECT_THAT(Call(*stub_, &Stub::OpenConnectLink, open), HasReason("CONNECT_EXPIRED"));
  open.set_token(other.token());
  EXPECT_THAT(Call(*stub_, &Stub::OpenConnectLink, open), HasReason("CONNECT_USED"));
  open.set_token("forged");
  EXPECT_THAT(Call(*stub_, &Stub::OpenConnectLink, open), HasReason("CONNECT_INVALID"));
  brief.mutable_lifetime()->set_seconds(31 * 24 * 3600);
  EXPECT_THAT(Link(brief), HasReason("FIELD_INVALID"));
}

net::HttpResponse Json(const std::string& body) { return {.status = 200, .body = body}; }

TEST_F(Connecting, ADeviceConnectsAlsoWhereItsUserBelongsToAnotherDataCentre) {
  world_.zoho.Answer(
      Json(absl::StrCat(R"({"user_code":"ABCD","device_code":"1004.d","interval":7,)",
                        R"("verification_url":")", kUs, R"(/device"})")));
  ASSERT_OK_AND_ASSIGN(const auto device,
                       Call(*stub_, &Stub::StartDeviceConnect, v1::StartDeviceConnectRequest()));
  EXPECT_EQ(device.user_code(), "ABCD");
  EXPECT_THAT(device.handle(), Not(HasSubstr("1004.d")));
  v1::PollDeviceConnectRequest poll;
  poll.set_handle(device.handle());
  world_.zoho.Answer(Json(R"({"error":"authorization_pending"})"));
  ASSERT_OK_AND_ASSIGN(const auto pending, Call(*stub_, &Stub::PollDeviceConnect, poll));
  EXPECT_FALSE(pending.has_account());
  EXPECT_EQ(pending.retry_after().seconds(), 7);
  world_.zoho.Answer(Json(R"({"error":"other_dc","user_location":"eu"})"));
  poll.set_handle(pending.handle());
  ASSERT_OK_AND_ASSIGN(const auto moved, Call(*stub_, &Stub::PollDeviceConnect, poll));
  poll.set_handle(moved.handle());
  Grant();

  ASSERT_OK_AND_ASSIGN(const auto done, Call(*stub_, &Stub::PollDeviceConnect, poll));

  EXPECT_EQ(done.account().organization_id(), "100");
  EXPECT_EQ(done.account().grant_region(), "eu");
}

TEST_F(Connecting, ADeviceThatIsDeniedIsInTheAuditLogOnce) {
  world_.zoho.Answer(Json(absl::StrCat(R"({"user_code":"ABCD","device_code":"1004.d",)",
                                       R"("verification_url":")", kUs, R"(/device"})")));
  ASSERT_OK_AND_ASSIGN(const auto device,
                       Call(*stub_, &Stub::StartDeviceConnect, v1::StartDeviceConnectRequest()));
  v1::PollDeviceConnectRequest poll;
  poll.set_handle(device.handle());
  world_.zoho.Answer(Json(R"({"error":"authorization_pending"})"));
  ASSERT_THAT(Call(*stub_, &Stub::PollDeviceConnect, poll), IsOk());
  world_.zoho.Answer(Json(R"({"error":"access_denied"})"));

  EXPECT_THAT(Call(*stub_, &Stub::PollDeviceConnect, poll), HasReason("CONSENT_DENIED"));

  service_.FlushAudit();
  ASSERT_OK_AND_ASSIGN(const auto events, store_->audit().Read(1, 10));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].action(), "account.connect");
  EXPECT_EQ(events[0].outcome(), "CONSENT_DENIED");
  EXPECT_EQ(events[0].details().at("by"), "device");
}

TEST_F(Connecting, ADeviceIsSentToNoPageButZohos) {
  world_.zoho.Answer(Json(R"({"user_code":"A","device_code":"d",)"
                          R"("verification_url":"https://evil.example/device"})"));

  EXPECT_THAT(Call(*stub_, &Stub::StartDeviceConnect, v1::StartDeviceConnectRequest()),
              HasReason("ZOHO_HOST_UNKNOWN"));
}

TEST_F(Connecting, AWrongRegionIsDetectedAndTheRightOneNamed) {
  world_.zoho.Answer(TokenError("invalid_code"));  // eu, the region named.
  world_.zoho.Answer(TokenGranted("access"));      // us.
  world_.zoho.Answer(UserJson("100", ""));
  v1::CreateAccountRequest request;
  request.set_region("eu");
  request.set_refresh_token("1000.refresh");

  ASSERT_OK_AND_ASSIGN(const auto account,
                       Call(*accounts_, &v1::AccountService::Stub::CreateAccount, request));

  EXPECT_EQ(account.grant_region(), "us");
  EXPECT_EQ(account.region(), "us");
}

TEST_F(Connecting, ComparesTheRegionsWithWhatZohoSays) {
  world_.zoho.AnswerAll([](const net::HttpRequest& request) -> absl::StatusOr<net::HttpResponse> {
    if (absl::StartsWith(request.url, kEu)) return NoAnswer(kEu, "refused");
    return Json(R"({"result":"success","locations":{"us":"http://127.0.0.1:1001",)"
                R"("eu":"https://accounts.zoho.example","in":"https://accounts.zoho.in"}})");
  });

  ASSERT_OK_AND_ASSIGN(const auto checked,
                       Call(*stub_, &Stub::CheckRegions, v1::CheckRegionsRequest()));

  std::map<std::string, v1::RegionFinding> findings;
  for (const auto& finding : checked.findings()) findings[finding.region()] = finding;
  EXPECT_EQ(findings.size(), 11u);
  EXPECT_EQ(findings["us"].state(), v1::RegionFinding::CONFIRMED);
  EXPECT_TRUE(findings["us"].reachable());
  EXPECT_EQ(findings["eu"].state(), v1::RegionFinding::DIFFERS);
  EXPECT_EQ(findings["eu"].zoho_accounts_url(), "https://accounts.zoho.example");
  EXPECT_FALSE(findings["eu"].reachable());
  EXPECT_EQ(findings["in"].state(), v1::RegionFinding::CONFIRMED);
  EXPECT_EQ(findings["cn"].state(), v1::RegionFinding::UNLISTED);
}

}  // namespace
}  // namespace mesh::auth
