#include "services/auth/zoho_oauth.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/net/url.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Outcome = TokenAnswer::Outcome;

TokenAnswer Read(int status, const std::string& body) {
  return ReadTokenAnswer({.status = status, .body = body});
}

TEST(ZohoOauth, ARefreshIsAFormInTheBody) {
  const OauthClient client{.id = "1000.ABC", .secret = Secret("s&cret=")};

  const net::HttpRequest request =
      RefreshRequest("https://accounts.zoho.eu", client, Secret("1000.r+t"));

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://accounts.zoho.eu/oauth/v2/token");
  EXPECT_EQ(request.headers.Get("content-type"), "application/x-www-form-urlencoded");
  const auto form = net::ParseQuery(request.body);
  ASSERT_TRUE(form.ok());
  EXPECT_THAT(*form, UnorderedElementsAre(
                         Pair("grant_type", "refresh_token"), Pair("refresh_token", "1000.r+t"),
                         Pair("client_id", "1000.ABC"), Pair("client_secret", "s&cret=")));
}

TEST(ZohoOauth, AGrantCodeIsExchangedWithoutARedirectUri) {
  const OauthClient client{.id = "1000.ABC", .secret = Secret("secret")};

  const net::HttpRequest request =
      GrantCodeRequest("https://accounts.zoho.in", client, Secret("1000.code"));

  EXPECT_EQ(request.url, "https://accounts.zoho.in/oauth/v2/token");
  const auto form = net::ParseQuery(request.body);
  ASSERT_TRUE(form.ok());
  EXPECT_THAT(*form, UnorderedElementsAre(Pair("grant_type", "authorization_code"),
                                          Pair("code", "1000.code"), Pair("client_id", "1000.ABC"),
                                          Pair("client_secret", "secret")));
}

TEST(ZohoOauth, ReadsWhichHostsThereAre) {
  const auto hosts = ReadServerInfo(
      {.status = 200,
       .body = R"({"result":"success","locations":{"EU":"https://accounts.zoho.eu","x":1}})"});
  ASSERT_TRUE(hosts.ok()) << hosts.status();
  EXPECT_THAT(*hosts, ElementsAre(Pair("eu", "https://accounts.zoho.eu")));
  for (const char* body : {"", "[]", "{}", R"({"locations":[]})"}) {
    EXPECT_FALSE(ReadServerInfo({.status = 200, .body = body}).ok()) << body;
  }
}

TEST(ZohoOauth, ReadsAGrantedRefresh) {
  const TokenAnswer answer = Read(
      200, R"({"access_token":"1000.a","scope":"ZohoMeeting.user.READ ZohoMeeting.manageOrg.READ",)"
           R"("api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600})");

  EXPECT_EQ(answer.outcome, Outcome::kGranted);
  EXPECT_EQ(answer.access_token.Reveal(), "1000.a");
  EXPECT_TRUE(answer.refresh_token.empty());
  EXPECT_EQ(answer.lifetime, absl::Hours(1));
  EXPECT_THAT(answer.scopes, ElementsAre("ZohoMeeting.manageOrg.READ", "ZohoMeeting.user.READ"));
}

TEST(ZohoOauth, ReadsAGrantedCode) {
  const TokenAnswer answer =
      Read(200, R"({"access_token":"1000.a","refresh_token":"1000.r","expires_in":3600})");

  EXPECT_EQ(answer.outcome, Outcome::kGranted);
  EXPECT_EQ(answer.refresh_token.Reveal(), "1000.r");
  EXPECT_THAT(answer.scopes, IsEmpty());
}

TEST(ZohoOauth, ScopesMayBeSeparatedByCommas) {
  EXPECT_THAT(Read(200, R"({"access_token":"a","scope":"B.READ,A.READ,B.READ"})").scopes,
              ElementsAre("A.READ", "B.READ"));
}

struct LifetimeRow {
  std::string members;
  absl::Duration lifetime;
};

TEST(ZohoOauth, ReadsEveryFormOfALifetime) {
  const std::vector<LifetimeRow> rows = {
      {R"("expires_in":3600)", absl::Seconds(3600)},
      {R"("expires_in":"3600")", absl::Seconds(3600)},
      {R"("expires_in":3600000,"expires_in_sec":3600)", absl::Seconds(3600)},
      {R"("expires_in":3600000)", absl::Seconds(3600)},
      {R"("expires_in":7)", absl::Seconds(7)},
      {R"("expires_in":86400)", absl::Hours(24)},
      {R"("expires_in":1800.5)", absl::Seconds(1800)},
      {R"("expires_in":0)", absl::Hours(1)},
      {R"("expires_in":-5)", absl::Hours(1)},
      {R"("expires_in":1e300)", absl::Hours(1)},
      {R"("expires_in":null)", absl::Hours(1)},
      {R"("expires_in":"soon")", absl::Hours(1)},
      {R"("expires_in":"nan")", absl::Hours(1)},
      {R"("expires_in":{})", absl::Hours(1)},
      {R"("x":1)", absl::Hours(1)},
  };
  for (const LifetimeRow& row : rows) {
    const TokenAnswer answer = Read(200, R"({"access_token":"a",)" + row.members + "}");
    EXPECT_EQ(answer.outcome, Outcome::kGranted) << row.members;
    EXPECT_EQ(answer.lifetime, row.lifetime) << row.members;
  }
}

struct FailureRow {
  int status;
  std::string body;
  Outcome outcome;
  std::string error;
};

TEST(ZohoOauth, TellsEveryFailureByWhatItMeans) {
  const std::string throttled =
      R"("error_description":"You have made too many requests continuously. Please try again )"
      R"(after some time.","error":"Access Denied","status":"failure"})";
  const std::string localised =
      R"({"error_description":"您连续发出过多请求。请稍后重试。","error":"拒绝访问","status":"failure"})";
  const std::vector<FailureRow> rows = {
      {200, R"({"error":"invalid_code"})", Outcome::kCredentialRefused, "invalid_code"},
      {400, R"({"error":"invalid_code"})", Outcome::kCredentialRefused, "invalid_code"},
      {200, R"({"error":"invalid_client"})", Outcome::kClientRefused, "invalid_client"},
      {200, R"({"error":"invalid_client_secret"})", Outcome::kClientRefused,
       "invalid_client_secret"},
      {200, R"({"error":"unauthorized_client"})", Outcome::kClientRefused, "unauthorized_client"},
      {200, R"({"error":"invalid_redirect_uri"})", Outcome::kRefused, "invalid_redirect_uri"},
      {200, R"({"error":"redirect_uri_mismatch"})", Outcome::kRefused, "redirect_uri_mismatch"},
      {200, R"({"error":"invalid_scope"})", Outcome::kRefused, "invalid_scope"},
      {200, R"({"error":"general_error"})", Outcome::kRefused, "general_error"},
      {200, R"({"error":"拒绝访问"})", Outcome::kRefused, "an unreadable error"},
      {400, "{" + throttled, Outcome::kThrottled, "failure"},
      {200, "{" + throttled, Outcome::kThrottled, "failure"},
      {400, localised, Outcome::kThrottled, "failure"},
      {200, localised, Outcome::kThrottled, "failure"},
      {429, "", Outcome::kThrottled, "HTTP 429"},
      {500, R"({"error":"invalid_code"})", Outcome::kBroken, "HTTP 500"},
      {502, "<html>Bad Gateway</html>", Outcome::kBroken, "HTTP 502"},
      {503, "", Outcome::kBroken, "HTTP 503"},
      {200, "<html>error</html>", Outcome::kBroken, "HTTP 200 without a JSON object"},
      {200, "", Outcome::kBroken, "HTTP 200 without a JSON object"},
      {200, R"(["access_token"])", Outcome::kBroken, "HTTP 200 without a JSON object"},
      {200, "{}", Outcome::kBroken, "HTTP 200 with neither token nor error"},
      {200, R"({"access_token":""})", Outcome::kBroken, "HTTP 200 with neither token nor error"},
      {200, R"({"access_token":{"a":1}})", Outcome::kBroken,
       "HTTP 200 with neither token nor error"},
      {200, "{\"error\":\"\xff\"}", Outcome::kBroken, "HTTP 200 without a JSON object"},
      {302, "", Outcome::kBroken, "HTTP 302 without a JSON object"},
  };
  for (const FailureRow& row : rows) {
    const TokenAnswer answer = Read(row.status, row.body);
    EXPECT_EQ(OutcomeName(answer.outcome), OutcomeName(row.outcome)) << row.status << row.body;
    EXPECT_EQ(answer.error, row.error) << row.status << row.body;
    EXPECT_TRUE(answer.access_token.empty()) << row.body;
  }
}

}  // namespace
}  // namespace mesh::auth
