#include "services/auth/zoho_user.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::auth {
namespace {

absl::StatusOr<ZohoUser> Read(int status, const std::string& body) {
  return ReadUserAnswer({.status = status, .body = body}, "eu");
}

TEST(ZohoUser, IsAskedForWithTheTokenInTheHeader) {
  const net::HttpRequest request = UserRequest("https://meeting.zoho.eu", Secret("1000.a"));

  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://meeting.zoho.eu/api/v2/user.json");
  EXPECT_EQ(request.headers.Get("authorization"), "Zoho-oauthtoken 1000.a");
}

TEST(ZohoUser, ReadsWhatUserJsonTells) {
  ASSERT_OK_AND_ASSIGN(
      const ZohoUser user,
      Read(200, R"({"userDetails":{"zsoid":53758574,"zuid":53758790,"isAdmin":true,)"
                R"("primaryEmail":"a@example.com","displayName":"A","portalName":"example",)"
                R"("redirectionServer":"meeting.zoho.eu"}})"));

  EXPECT_EQ(user.organization_id, "53758574");
  EXPECT_EQ(user.user_id, "53758790");
  EXPECT_TRUE(user.organization_admin);
  EXPECT_EQ(user.email, "a@example.com");
  EXPECT_EQ(user.portal_name, "example");
  EXPECT_EQ(user.meeting_host, "meeting.zoho.eu");
}

TEST(ZohoUser, KeepsLongIdsWholeAndToleratesWhatIsMissing) {
  ASSERT_OK_AND_ASSIGN(
      const ZohoUser user,
      Read(200, R"({"userDetails":{"zsoid":"123456789012345678","zuid":987654321098765432}})"));

  EXPECT_EQ(user.organization_id, "123456789012345678");
  EXPECT_EQ(user.user_id, "987654321098765432");
  EXPECT_FALSE(user.organization_admin);
  EXPECT_EQ(user.meeting_host, "");
}

TEST(ZohoUser, ShortensLongTextBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "ü";

  ASSERT_OK_AND_ASSIGN(
      const ZohoUser user,
      Read(200, R"({"userDetails":{"zsoid":1,"zuid":2,"portalName":"x)" + name + "\"}}"));

  EXPECT_EQ(user.portal_name, "x" + name.substr(0, 318));
}

struct Row {
  int status;
  std::string body;
  std::string reason;
};

TEST(ZohoUser, NamesEveryFailure) {
  const std::vector<Row> rows = {
      {400, R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})", "GRANT_REFUSED"},
      {401, R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})", "GRANT_REFUSED"},
      {200, R"({"error":{"code":"2000","message":"INVALID_OAUTHTOKEN"}})", "GRANT_REFUSED"},
      {401, "", "GRANT_REFUSED"},
      {401, R"({"error":{"code":2001,"message":"INVALID_OAUTHSCOPE"}})", "SCOPE_MISSING"},
      {400, R"({"error":{"errorCode":4000,"message":"x","key":"OTHER"}})", "ZOHO_REFUSED"},
      {400, "", "ZOHO_REFUSED"},
      {400,
       R"({"error":{"status_code":400,"title":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED","details":{}}})",
       "ZOHO_RATE_LIMITED"},
      {200, R"({"error":{"title":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"}})", "ZOHO_RATE_LIMITED"},
      {429, "", "ZOHO_RATE_LIMITED"},
      {500, R"({"error":{"code":2000}})", "ZOHO_ERROR"},
      {302, "", "ZOHO_ERROR"},
      {200, "<html>", "ZOHO_ERROR"},
      {200, "{}", "ZOHO_ERROR"},
      {200, R"({"userDetails":[]})", "ZOHO_ERROR"},
      {200, R"({"userDetails":{}})", "ZOHO_ERROR"},
      {200, R"({"userDetails":{"zsoid":1}})", "ZOHO_ERROR"},
      {200, R"({"userDetails":{"zsoid":"../1","zuid":"2"}})", "ZOHO_ERROR"},
      {200, R"({"userDetails":{"zsoid":1.5,"zuid":2}})", "ZOHO_ERROR"},
      {200, R"({"userDetails":{"zsoid":-1,"zuid":2}})", "ZOHO_ERROR"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(Read(row.status, row.body), HasReason(row.reason)) << row.status << row.body;
  }
}

}  // namespace
}  // namespace mesh::auth
