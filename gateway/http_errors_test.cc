#include "gateway/http_errors.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/errors.h"

namespace mesh::gateway {
namespace {

using nlohmann::json;

json ErrorOf(const net::ServerResponse& response) {
  return json::parse(std::string(response.body))["error"];
}

struct Row {
  absl::Status status = {};
  int http_status = 0;
  const char* code = "";
};

TEST(ToHttp, AnswersAsTheTableSays) {
  const ZohoError zoho{.status = 400, .code = "1001", .message = "no"};
  const Row rows[] = {
      {FieldInvalid("name", "is required"), 400, "INVALID_ARGUMENT"},
      {ArgumentInvalid("limit", "must be a number"), 400, "INVALID_ARGUMENT"},
      {ZohoRefused(zoho), 400, "INVALID_ARGUMENT"},
      {ToolUnknown("t"), 404, "NOT_FOUND"},
      {ZohoObjectNotFound(zoho, ""), 404, "NOT_FOUND"},
      {AccountNotFound("acc_1"), 404, "NOT_FOUND"},
      {McpTokenInvalid(), 401, "UNAUTHENTICATED"},
      {ApiKeyMissing(), 401, "UNAUTHENTICATED"},
      {RoleInsufficient("admin"), 403, "PERMISSION_DENIED"},
      {ZohoPermissionDenied(zoho, ""), 403, "PERMISSION_DENIED"},
      {ReauthorizationRequired("acc_1"), 409, "FAILED_PRECONDITION"},
      {AccountExists("acc_1", "60001"), 409, "ALREADY_EXISTS"},
      {ZohoRateLimited({}, absl::Seconds(30), 429), 429, "RESOURCE_EXHAUSTED"},
      {Overloaded(), 503, "RESOURCE_EXHAUSTED"},
      {StoreUnavailable("x"), 503, "UNAVAILABLE"},
      {ServiceUnavailable("auth-service", "x"), 503, "UNAVAILABLE"},
      {CallerGone(), 503, "CANCELLED"},
      {TimedOut("waiting"), 504, "DEADLINE_EXCEEDED"},
      {Internal("x"), 500, "INTERNAL"},
      {absl::UnknownError("x"), 500, "INTERNAL"},
      {absl::UnimplementedError("x"), 500, "INTERNAL"},
  };
  for (const Row& row : rows) {
    const net::ServerResponse response = ToHttp(row.status);
    EXPECT_EQ(response.status, row.http_status) << row.status;
    EXPECT_EQ(response.headers.Get("content-type"), "application/json");
    const json error = ErrorOf(response);
    EXPECT_EQ(error["code"], row.code) << row.status;
    EXPECT_TRUE(error["message"].is_string());
    EXPECT_TRUE(error["details"].is_object());
    if (row.http_status != 500) {
      EXPECT_EQ(error["reason"], ErrorReason(row.status));
    }
    EXPECT_EQ(response.headers.Has("retry-after"), row.http_status == 503 || row.http_status == 429)
        << row.status;
    EXPECT_EQ(response.headers.Has("www-authenticate"), row.http_status == 401) << row.status;
  }
}

TEST(ToHttp, NamesTheFieldInTheDetails) {
  const json error = ErrorOf(ToHttp(FieldInvalid("config.tags", "must be a list of strings")));
  EXPECT_EQ(error["reason"], "FIELD_INVALID");
  EXPECT_EQ(error["details"]["field"], "config.tags");
}

TEST(ToHttp, KeepsTheMessageOfABugForTheLog) {
  EXPECT_EQ(std::string(ToHttp(Internal("row 7 of table x")).body).find("row 7"),
            std::string::npos);
}

TEST(ToHttp, ShowsALimitInHeaders) {
  const net::ServerResponse response =
      ToHttp(ZohoRateLimited({.limit = 10, .remaining = 0}, absl::Seconds(30), 429));
  EXPECT_EQ(response.headers.Get("ratelimit-limit"), "10");
  EXPECT_EQ(response.headers.Get("ratelimit-remaining"), "0");
  EXPECT_EQ(response.headers.Get("retry-after"), "30");
}

TEST(ToHttp, StandsTextThatIsNotUtf8) {
  const json error = ErrorOf(ToHttp(ZohoRefused({.status = 400, .message = "caf\xe9"})));
  EXPECT_TRUE(error["message"].is_string());
}

}  // namespace
}  // namespace mesh::gateway
