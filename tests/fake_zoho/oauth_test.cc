#include "tests/fake_zoho/oauth.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fake_zoho {
namespace {

using ::testing::IsNull;
using ::testing::NotNull;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);
const Grant kGrant = {.client_id = "client", .zuid = 7, .scopes = {"ZohoMeeting.user.READ"}};
const TokenRequest kRefresh = {
    .client_id = "client", .client_secret = "secret", .credential = "refresh"};

TokenRequest Exchanging(const std::string& code) {
  return {.client_id = "client", .client_secret = "secret", .credential = code};
}

class OauthTest : public ::testing::Test {
 protected:
  OauthTest() {
    oauth_.AddClient("client", "secret");
    oauth_.AddRefreshToken("refresh", kGrant);
  }

  Oauth oauth_;
};

TEST_F(OauthTest, ARefreshedTokenLivesForItsLifetime) {
  const TokenOutcome outcome = oauth_.Refresh(kRefresh, kNow);

  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome.refresh_token.empty());
  EXPECT_EQ(outcome.lifetime, absl::Hours(1));
  const absl::Time end = kNow + absl::Hours(1);
  EXPECT_THAT(oauth_.FindAccessToken(outcome.access_token, end - absl::Seconds(1)), NotNull());
  EXPECT_THAT(oauth_.FindAccessToken(outcome.access_token, end), IsNull());
}

TEST_F(OauthTest, TheEleventhRefreshWaitsForTheEndOfTheWindow) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(oauth_.Refresh(kRefresh, kNow).ok());

  EXPECT_TRUE(oauth_.Refresh(kRefresh, kNow + absl::Seconds(1)).throttled);
  EXPECT_TRUE(oauth_.Refresh(kRefresh, kNow + absl::Seconds(599)).throttled);
  EXPECT_TRUE(oauth_.Refresh(kRefresh, kNow + absl::Minutes(10)).ok());
}

TEST_F(OauthTest, TheSixteenthAccessTokenEndsTheOldest) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 16; ++i) {
    tokens.push_back(oauth_.Refresh(kRefresh, kNow + i * absl::Minutes(2)).access_token);
  }

  const absl::Time later = kNow + absl::Minutes(30);
  EXPECT_THAT(oauth_.FindAccessToken(tokens[0], later), IsNull());
  for (int i = 1; i < 16; ++i) EXPECT_THAT(oauth_.FindAccessToken(tokens[i], later), NotNull());
  EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), 16);
}

TEST_F(OauthTest, TheTwentyFirstRefreshTokenDeletesTheOldestAndItsAccessTokens) {
  const std::string access = oauth_.Refresh(kRefresh, kNow).access_token;

  for (int i = 0; i < 19; ++i) ASSERT_TRUE(oauth_.Issue(kGrant, /*offline=*/true, kNow).ok());
  EXPECT_THAT(oauth_.FindAccessToken(access, kNow), NotNull());
  ASSERT_TRUE(oauth_.Issue(kGrant, /*offline=*/true, kNow).ok());

  EXPECT_THAT(oauth_.FindAccessToken(access, kNow), IsNull());
  EXPECT_EQ(oauth_.Refresh(kRefresh, kNow).error, "invalid_code");
}

TEST_F(OauthTest, OtherUsersRefreshTokensAreLeftAlone) {
  Grant other = kGrant;
  other.zuid = 8;

  for (int i = 0; i < 25; ++i) ASSERT_TRUE(oauth_.Issue(other, /*offline=*/true, kNow).ok());

  EXPECT_TRUE(oauth_.Refresh(kRefresh, kNow).ok());
}

TEST_F(OauthTest, ACodeWorksOnce) {
  oauth_.AddCode("code", {.grant = kGrant}, kNow);

  const TokenOutcome first = oauth_.Exchange(Exchanging("code"), kNow);

  EXPECT_TRUE(first.ok());
  EXPECT_FALSE(first.refresh_token.empty());
  EXPECT_EQ(oauth_.Exchange(Exchanging("code"), kNow).error, "invalid_code");
}

TEST_F(OauthTest, ACodeExpiresAfterThreeMinutes) {
  oauth_.AddCode("code", {.grant = kGrant}, kNow);

  EXPECT_EQ(oauth_.Exchange(Exchanging("code"), kNow + absl::Minutes(3)).error, "invalid_code");
}

TEST_F(OauthTest, AnExchangeRepeatsTheRedirectUri) {
  oauth_.AddCode("code", {.grant = kGrant, .redirect_uri = "https://a/cb"}, kNow);
  TokenRequest request = Exchanging("code");

  EXPECT_EQ(oauth_.Exchange(request, kNow).error, "invalid_redirect_uri");
  request.redirect_uri = "https://b/cb";
  EXPECT_EQ(oauth_.Exchange(request, kNow).error, "redirect_uri_mismatch");
  request.redirect_uri = "https://a/cb";
  EXPECT_TRUE(oauth_.Exchange(request, kNow).ok());
}

TEST_F(OauthTest, AnExchangeNeedsTheVerifierOfItsChallenge) {
  // The pair of RFC 7636, appendix B.
  oauth_.AddCode("code",
                 {.grant = kGrant,
                  .code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                  .code_challenge_method = "S256"},
                 kNow);
  TokenRequest request = Exchanging("code");

  EXPECT_EQ(oauth_.Exchange(request, kNow).error, "invalid_code");
  request.code_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_TRUE(oauth_.Exchange(request, kNow).ok());
}

TEST_F(OauthTest, OnlineAccessGivesNoRefreshToken) {
  oauth_.AddCode("code", {.grant = kGrant, .offline = false}, kNow);

  const TokenOutcome outcome = oauth_.Exchange(Exchanging("code"), kNow);

  EXPECT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome.refresh_token.empty());
}

TEST_F(OauthTest, NamesWhatIsWrongWithTheClient) {
  TokenRequest request = kRefresh;
  request.client_secret = "other";
  EXPECT_EQ(oauth_.Refresh(request, kNow).error, "invalid_client_secret");
  request.client_id = "other";
  EXPECT_EQ(oauth_.Refresh(request, kNow).error, "invalid_client");
}

TEST_F(OauthTest, RevokingARefreshTokenEndsItsAccessTokens) {
  const std::string access = oauth_.Refresh(kRefresh, kNow).access_token;

  EXPECT_TRUE(oauth_.Revoke("refresh"));

  EXPECT_THAT(oauth_.FindAccessToken(access, kNow), IsNull());
  EXPECT_EQ(oauth_.Refresh(kRefresh, kNow).error, "invalid_code");
  EXPECT_FALSE(oauth_.Revoke("refresh"));
}

TEST_F(OauthTest, ExpiringAccessTokensLeavesTheRefreshToken) {
  const std::string access = oauth_.Refresh(kRefresh, kNow).access_token;

  EXPECT_EQ(oauth_.ExpireAccessTokens(), 1);

  EXPECT_THAT(oauth_.FindAccessToken(access, kNow), IsNull());
  EXPECT_TRUE(oauth_.Refresh(kRefresh, kNow).ok());
}

TEST_F(OauthTest, LimitsCodesByClientWhereAsked) {
  oauth_.policy().limit_grants = true;

  for (int i = 0; i < 10; ++i) ASSERT_TRUE(oauth_.IssueCode({.grant = kGrant}, kNow).has_value());

  EXPECT_FALSE(oauth_.IssueCode({.grant = kGrant}, kNow).has_value());
  EXPECT_TRUE(oauth_.IssueCode({.grant = kGrant}, kNow + absl::Minutes(10)).has_value());
}

}  // namespace
}  // namespace fake_zoho
