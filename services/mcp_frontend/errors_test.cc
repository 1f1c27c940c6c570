#include "services/mcp_frontend/errors.h"

#include <string>

#include "absl/strings/match.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"

namespace mesh::frontend {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

enum Kind { kToolError, kProtocolError, kHttp };

struct Row {
  absl::Status status = {};
  Kind kind = kToolError;
  // The JSON-RPC code, or the HTTP status.
  int code = 0;
  // Stands in the text of a tool error.
  std::string text = {};
};

class ToMcpTable : public testing::TestWithParam<Row> {};

TEST_P(ToMcpTable, AnswersAsTheTableSays) {
  const Row& row = GetParam();
  const McpError error = ToMcp(row.status);
  if (row.kind == kToolError) {
    const auto* result = std::get_if<mcp::Result>(&error.body);
    ASSERT_NE(result, nullptr) << row.status;
    EXPECT_THAT(std::string(result->members),
                AllOf(HasSubstr(R"("isError":true)"), HasSubstr(row.text),
                      Not(HasSubstr("structuredContent"))));
    if (const std::string reason = ErrorReason(row.status); !reason.empty()) {
      EXPECT_THAT(std::string(result->members), HasSubstr(reason));
      EXPECT_THAT(result->meta, HasSubstr(reason));
    }
    return;
  }
  const auto* rpc_error = std::get_if<mcp::RpcError>(&error.body);
  ASSERT_NE(rpc_error, nullptr) << row.status;
  if (row.kind == kProtocolError) {
    EXPECT_EQ(rpc_error->http_status, 200) << row.status;
    EXPECT_EQ(rpc_error->code, row.code) << row.status;
  } else {
    EXPECT_EQ(rpc_error->http_status, row.code) << row.status;
  }
}

const ZohoError kZoho{.status = 400, .code = "1001", .message = "no"};

INSTANTIATE_TEST_SUITE_P(
    Borders, ToMcpTable,
    testing::Values(
        // INVALID_ARGUMENT from a tool's arguments or from Zoho.
        Row{ArgumentInvalid("limit", "must be a number", "10"), kToolError, 0, "`limit` must be"},
        Row{CursorInvalid(), kToolError, 0, "next_cursor"},
        Row{ZohoRefused(kZoho), kToolError, 0, "1001"},
        // INVALID_ARGUMENT of a malformed call; an unknown tool.
        Row{FieldInvalid("account", "is required"), kProtocolError, -32602},
        Row{ToolUnknown("t"), kProtocolError, -32602},
        // NOT_FOUND, an object of Zoho.
        Row{ZohoObjectNotFound(kZoho, "Take an id from list_x."), kToolError, 0, "list_x"},
        Row{AccountNotFound("acc_1"), kToolError, 0, "acc_1"},
        // UNAUTHENTICATED.
        Row{McpTokenInvalid(), kHttp, 404}, Row{ApiKeyMissing(), kHttp, 401},
        Row{ApiKeyInvalid(), kHttp, 401},
        // PERMISSION_DENIED: Zoho's, and the server's scope.
        Row{ZohoPermissionDenied(kZoho, ""), kToolError, 0, "does not let"},
        Row{ScopeMissing("ZohoMeeting.manageOrg.READ"), kToolError, 0, "manageOrg"},
        Row{RoleInsufficient("admin"), kProtocolError, -32602},
        // FAILED_PRECONDITION.
        Row{ReauthorizationRequired("acc_1"), kToolError, 0, "reconnect"},
        // RESOURCE_EXHAUSTED: Zoho's limit, and a full queue.
        Row{ZohoRateLimited({}, absl::Seconds(30), 429), kToolError, 0, "Wait 30 seconds"},
        Row{OauthThrottled(absl::Seconds(60), "Zoho's limit"), kToolError, 0, "60 seconds"},
        Row{AnswerTooLong("https://meeting.zoho.eu/x", 100), kToolError, 0, "100 bytes"},
        Row{Overloaded(), kHttp, 503},
        // UNAVAILABLE, DEADLINE_EXCEEDED.
        Row{ZohoUnreachable("meeting.zoho.eu", "refused"), kToolError, 0, "meeting.zoho.eu"},
        Row{ZohoBroken("HTTP 500", 500), kToolError, 0, "Try again"},
        Row{ServiceUnavailable("zoho-proxy-service", "x"), kToolError, 0, "zoho-proxy-service"},
        Row{StoreUnavailable("disk"), kToolError, 0, "Try again"},
        Row{ZohoTimedOut(), kToolError, 0, "in time"},
        Row{TimedOut("waiting"), kToolError, 0, "waiting"},
        // Anything else.
        Row{Internal("secret detail"), kProtocolError, -32603},
        Row{absl::UnknownError("x"), kProtocolError, -32603},
        Row{absl::InvalidArgumentError("of a library"), kProtocolError, -32603},
        Row{absl::NotFoundError("of a library"), kProtocolError, -32603},
        Row{absl::ResourceExhaustedError("message larger than max"), kProtocolError, -32603},
        Row{absl::UnauthenticatedError("of a library"), kProtocolError, -32603},
        Row{absl::FailedPreconditionError("of a library"), kProtocolError, -32603},
        Row{absl::PermissionDeniedError("of a library"), kProtocolError, -32603},
        Row{CallerGone(), kProtocolError, -32603}));

TEST(ToMcp, PutsTheNumbersOfALimitIntoHeadersTextAndMeta) {
  const McpError error = ToMcp(ZohoRateLimited(
      {.limit = 100, .remaining = 0, .reset = absl::Seconds(90)}, absl::Seconds(91), 400));
  EXPECT_EQ(error.headers.Get("ratelimit-limit"), "100");
  EXPECT_EQ(error.headers.Get("ratelimit-remaining"), "0");
  EXPECT_EQ(error.headers.Get("ratelimit-reset"), "90");
  EXPECT_EQ(error.headers.Get("retry-after"), "91");
  const auto& result = std::get<mcp::Result>(error.body);
  EXPECT_THAT(std::string(result.members),
              HasSubstr("(ratelimit-limit: 100, ratelimit-remaining: 0, ratelimit-reset: 90, "
                        "retry-after: 91)"));
  EXPECT_EQ(result.meta, R"("reason":"ZOHO_RATE_LIMITED","ratelimit-limit":100,)"
                         R"("ratelimit-remaining":0,"ratelimit-reset":90,"retry-after":91)");
}

TEST(ToMcp, SaysWhenAFullServiceMayBeAskedAgain) {
  EXPECT_EQ(ToMcp(Overloaded()).headers.Get("retry-after"), "1");
}

TEST(ToMcp, KeepsForItselfWhatIsForTheOperator) {
  const McpError bug = ToMcp(Internal("row 7 of table x"));
  EXPECT_THAT(std::get<mcp::RpcError>(bug.body).message, Not(HasSubstr("row 7")));
  const McpError down = ToMcp(ServiceUnavailable("auth-service", "ipv4:10.0.0.7:50051 refused"));
  EXPECT_THAT(std::string(std::get<mcp::Result>(down.body).members), Not(HasSubstr("10.0.0.7")));
  const McpError store = ToMcp(StoreUnavailable("/var/lib/auth.db is locked"));
  EXPECT_THAT(std::string(std::get<mcp::Result>(store.body).members), Not(HasSubstr("/var/lib")));
}

}  // namespace
}  // namespace mesh::frontend
