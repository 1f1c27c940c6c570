#include <gmock/gmock.h>

#include "tests/fake_zoho/fixture.h"

namespace fake_zoho {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AccountsTest : public FakeZohoTest {
 protected:
  static constexpr Region kUs = Region::kUs;
  static constexpr Region kEu = Region::kEu;

  Got Exchange(Region region, const std::string& code) {
    return Accounts(region, "/oauth/v2/token",
                    absl::StrCat(ClientForm(region), "&grant_type=authorization_code&code=", code));
  }

  Got Authorize(Region region, const std::string& extra) {
    return Send({region, Role::kAccounts},
                {.path = "/oauth/v2/auth",
                 .query = absl::StrCat(
                     "response_type=code&scope=ZohoMeeting.manageOrg.READ,ZohoMeeting.user.READ"
                     "&redirect_uri=http%3A%2F%2Flocalhost%2Fcb&client_id=",
                     kClientId, extra)});
  }

  static std::vector<std::string> Keys(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    return keys;
  }
};

TEST_F(AccountsTest, ARefreshAnswersFiveKeys) {
  const Got got = Refresh(kUs, AdminZuidOf(kUs));

  EXPECT_EQ(got.status, 200);
  EXPECT_THAT(Keys(got.json),
              ElementsAre("access_token", "scope", "api_domain", "token_type", "expires_in"));
  EXPECT_EQ(got.json["expires_in"], 3600);
  EXPECT_EQ(got.json["api_domain"], "https://www.zohoapis.com");
}

TEST_F(AccountsTest, ASeededCodeGivesARefreshTokenOnce) {
  const std::string code = SeededCode(AdminZuidOf(kEu), 3);

  const Got got = Exchange(kEu, code);

  EXPECT_THAT(got.json.value("refresh_token", ""), StartsWith("1000."));
  EXPECT_EQ(got.json["api_domain"], "https://www.zohoapis.eu");
  const Got again = Exchange(kEu, code);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.text, R"({"error":"invalid_code"})");
}

TEST_F(AccountsTest, ErrorsComeWithHttp200) {
  const auto error = [&](const std::string& form) {
    const Got got = Accounts(kUs, "/oauth/v2/token", form);
    EXPECT_EQ(got.status, 200);
    return got.json.value("error", "");
  };

  EXPECT_EQ(error("grant_type=refresh_token&client_id=x"), "invalid_client");
  EXPECT_EQ(error(absl::StrCat("grant_type=refresh_token&client_id=", kClientId)),
            "invalid_client_secret");
  EXPECT_EQ(error(ClientForm(kUs) + "&grant_type=refresh_token&refresh_token=x"), "invalid_code");
  // Another data centre's.
  EXPECT_EQ(error(absl::StrCat(ClientForm(kUs), "&grant_type=refresh_token&refresh_token=",
                               SeededRefreshToken(AdminZuidOf(kEu)))),
            "invalid_code");
}

TEST_F(AccountsTest, TheEleventhRefreshIsThrottled) {
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Refresh(kUs, AdminZuidOf(kUs)).status, 200);

  const Got got = Refresh(kUs, AdminZuidOf(kUs));

  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.json["status"], "failure");
  EXPECT_EQ(got.json["error"], "Access Denied");
  Control("PUT", "settings", {{"oauth_throttle_status", 200}, {"localised_throttle", true}});
  const Got localised = Refresh(kUs, AdminZuidOf(kUs));
  EXPECT_EQ(localised.status, 200);
  EXPECT_EQ(localised.json["status"], "failure");
  EXPECT_NE(localised.json["error"], "Access Denied");
}

TEST_F(AccountsTest, AcceptsParametersInTheQuery) {
  const Got got =
      Send({kUs, Role::kAccounts},
           {.method = "POST",
            .path = "/oauth/v2/token",
            .query = absl::StrCat(ClientForm(kUs), "&grant_type=refresh_token&refresh_token=",
                                  SeededRefreshToken(AdminZuidOf(kUs)))});

  EXPECT_TRUE(got.json.contains("access_token"));
}

TEST_F(AccountsTest, RevokedTokensAreGone) {
  const Got revoked =
      Accounts(kUs, "/oauth/v2/token/revoke", "token=" + SeededRefreshToken(AdminZuidOf(kUs)));

  EXPECT_EQ(revoked.json["status"], "success");
  EXPECT_EQ(Refresh(kUs, AdminZuidOf(kUs)).json["error"], "invalid_code");
}

TEST_F(AccountsTest, ServerInfoNamesTheRegions) {
  const Got got = Send({kUs, Role::kAccounts}, {.path = "/oauth/serverinfo"});

  EXPECT_EQ(got.json["result"], "success");
  EXPECT_EQ(got.json["locations"]["eu"], "http://accounts.eu.test");
}

TEST_F(AccountsTest, ConsentSendsTheUserBackWithCodeLocationAndServer) {
  const Got page = Authorize(kUs, "&state=s%261");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.text, HasSubstr("accept-eu-admin"));

  const Got got = Authorize(kUs,
                            "&state=s%261&access_type=offline&prompt=consent"
                            "&fake_user=eu-admin&fake_decision=accept");

  ASSERT_EQ(got.status, 302);
  const std::string location(*got.headers.Get("Location"));
  EXPECT_THAT(location, StartsWith("http://localhost/cb?code=1000."));
  const Parameters sent = Parameters::Parse(location.substr(location.find('?') + 1));
  EXPECT_EQ(sent.GetOr("location"), "eu");
  EXPECT_EQ(sent.GetOr("accounts-server"), "http://accounts.eu.test");
  EXPECT_EQ(sent.GetOr("state"), "s&1");
  // The code is good at its own data centre alone, and with its redirect URI alone.
  EXPECT_EQ(Exchange(kUs, sent.GetOr("code")).json["error"], "invalid_code");
  EXPECT_EQ(Exchange(kEu, sent.GetOr("code")).json["error"], "invalid_redirect_uri");
  EXPECT_TRUE(Exchange(kEu, sent.GetOr("code") + "&redirect_uri=http%3A%2F%2Flocalhost%2Fcb")
                  .json.contains("refresh_token"));
}

TEST_F(AccountsTest, ADenialSendsTheUserBackWithAnError) {
  Control("PUT", "settings", {{"consent", "deny"}});

  EXPECT_EQ(Authorize(kUs, "&state=1").headers.Get("Location"),
            "http://localhost/cb?error=access_denied&state=1");
}

TEST_F(AccountsTest, WithoutAForcedPromptThereIsOneRefreshTokenOnly) {
  const std::string query = "&access_type=offline&fake_user=us-admin&fake_decision=accept";
  const auto exchange = [&](const std::string& extra) {
    const std::string location(*Authorize(kUs, query + extra).headers.Get("Location"));
    const Parameters sent = Parameters::Parse(location.substr(location.find('?') + 1));
    return Exchange(kUs, sent.GetOr("code") + "&redirect_uri=http%3A%2F%2Flocalhost%2Fcb").json;
  };

  // The seeded one lives.
  EXPECT_FALSE(exchange("").contains("refresh_token"));
  EXPECT_TRUE(exchange("&prompt=consent").contains("refresh_token"));
}

TEST_F(AccountsTest, ABadConsentRequestSendsNobodyAnywhere) {
  const Got scope = Send({kUs, Role::kAccounts},
                         {.path = "/oauth/v2/auth",
                          .query = absl::StrCat("response_type=code&scope=Nonsense.READ"
                                                "&redirect_uri=http%3A%2F%2Fx%2F&client_id=",
                                                kClientId)});
  const Got client = Send({kUs, Role::kAccounts},
                          {.path = "/oauth/v2/auth", .query = "response_type=code&client_id=x"});

  EXPECT_EQ(scope.status, 400);
  EXPECT_THAT(scope.text, HasSubstr("invalid_scope"));
  EXPECT_THAT(client.text, HasSubstr("invalid_client"));
}

TEST_F(AccountsTest, ADeviceGetsItsTokenAtItsUsersDataCentre) {
  const Got code = Accounts(kUs, "/oauth/v3/device/code",
                            absl::StrCat("client_id=", kClientId,
                                         "&grant_type=device_request&access_type=offline"
                                         "&scope=ZohoMeeting.manageOrg.READ"));
  const std::string poll =
      absl::StrCat("&grant_type=device_token&code=", code.json["device_code"].get<std::string>());
  const auto ask = [&](Region region) {
    return Accounts(region, "/oauth/v3/device/token", ClientForm(region) + poll).json;
  };

  EXPECT_EQ(ask(kUs)["error"], "authorization_pending");
  EXPECT_EQ(ask(kUs)["error"], "slow_down");
  Send({kUs, Role::kAccounts},
       {.path = "/oauth/v3/device",
        .query = absl::StrCat("user_code=", code.json["user_code"].get<std::string>(),
                              "&fake_user=eu-admin&fake_decision=accept")});
  now_ += absl::Seconds(31);
  const Json moved = ask(kUs);
  EXPECT_EQ(moved["error"], "other_dc");
  EXPECT_EQ(moved["user_location"], "eu");
  EXPECT_TRUE(ask(kEu).contains("refresh_token"));
}

}  // namespace
}  // namespace fake_zoho
