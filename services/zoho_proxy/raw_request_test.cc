#include "services/zoho_proxy/raw_request.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using tools::v1::SendRequest;
using tools::v1::SendResponse;

class RawRequest : public ::testing::Test {
 protected:
  RawRequest() {
    lease_.access_token = Secret("token");
    lease_.organization_id = "60001";
    lease_.meeting_url = "https://meeting.zoho.eu";
    request_.set_path("/api/v2/{zsoid}/sessions.json");
  }

  absl::StatusOr<net::HttpRequest> Build() { return BuildRawRequest(request_, lease_, hosts_); }

  Lease lease_;
  SendRequest request_;
  const ZohoHosts hosts_;
};

TEST_F(RawRequest, IsAGetOfTheAccountsHostByDefault) {
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest built, Build());
  EXPECT_EQ(built.method, "GET");
  EXPECT_EQ(built.url, "https://meeting.zoho.eu/api/v2/60001/sessions.json");
  EXPECT_EQ(built.headers.Get("Authorization"), "Zoho-oauthtoken token");
  EXPECT_EQ(built.headers.Get("X-ZSOURCE"), "zoho-mcp-mesh");
  EXPECT_FALSE(built.headers.Has("Content-Type"));
}

TEST_F(RawRequest, CarriesQueryBodyAndHost) {
  request_.set_method("POST");
  request_.set_path("/api/v2/{zsoid}/register/1%202.json");
  request_.set_body("{}");
  request_.set_host("webinar.zoho.eu");
  tools::v1::QueryParameter& parameter = *request_.add_query();
  parameter.set_name("a b");
  parameter.set_value("c&d");
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest built, Build());
  EXPECT_EQ(built.method, "POST");
  EXPECT_EQ(built.url, "https://webinar.zoho.eu/api/v2/60001/register/1%202.json?a%20b=c%26d");
  EXPECT_EQ(built.body, "{}");
  EXPECT_EQ(built.headers.Get("Content-Type"), "application/json;charset=UTF-8");
}

TEST_F(RawRequest, ARequestThatIsNoneIsNamed) {
  for (const char* path : {"",
                           "/",
                           "api",
                           "https://evil.example/",
                           "//evil.example/a",
                           "/a/../b",
                           "/a/%2e%2e/b",
                           "/a/./b",
                           "/a?b=c",
                           "/a#b",
                           "/a\\b",
                           "/a b",
                           "/a%2fb",
                           "/a%5cb",
                           "/a%00b",
                           "/a%252e",
                           "/%zz",
                           "/{other}/a",
                           "/a\r\nb",
                           "/a//b",
                           "/a/"}) {
    request_.set_path(path);
    EXPECT_THAT(Build(), HasReason("FIELD_INVALID")) << path;
  }
  request_.set_path("/a");
  for (const char* method : {"get", "TRACE", "CONNECT", "GET /"}) {
    request_.set_method(method);
    EXPECT_THAT(Build(), HasReason("FIELD_INVALID")) << method;
  }
  request_.set_method("GET");
  request_.set_body("x");
  EXPECT_THAT(Build(), HasReason("FIELD_INVALID"));
}

TEST_F(RawRequest, NoTokenGoesToAnotherHost) {
  request_.set_host("meeting.zoho.com");
  EXPECT_THAT(Build(), HasReason("HOST_NOT_ALLOWED"));
}

TEST(RawResponse, IsWhatZohoSaid) {
  const SendResponse response = ReadRawResponse(
      {.status = 404, .headers = {{"Content-Type", "application/json"}}, .body = "{}"}, {});
  EXPECT_EQ(response.status(), 404);
  EXPECT_EQ(response.upstream_status(), 0);
  EXPECT_EQ(response.content_type(), "application/json");
  EXPECT_EQ(response.body(), "{}");
  EXPECT_FALSE(response.has_rate_limit());
  EXPECT_FALSE(response.has_retry_after());
}

TEST(RawResponse, ARefusalIsA429InWhateverGuise) {
  const SendResponse response = ReadRawResponse(
      {.status = 400}, {.facts = {.limit = 100, .remaining = 0, .reset = absl::Minutes(22)},
                        .limited = true,
                        .retry_after = absl::Seconds(1319.5)});
  EXPECT_EQ(response.status(), 429);
  EXPECT_EQ(response.upstream_status(), 400);
  EXPECT_EQ(response.rate_limit().limit(), 100);
  EXPECT_EQ(response.rate_limit().remaining(), 0);
  EXPECT_EQ(response.rate_limit().reset().seconds(), 1320);
  EXPECT_EQ(response.retry_after().seconds(), 1320);
}

}  // namespace
}  // namespace mesh::zoho_proxy
