#include "services/zoho_proxy/zoho_fault.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/net/http_client.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;

Tool MakeTool() {
  Tool tool;
  tool.listed.add_scopes("ZohoMeeting.department.READ");
  tool.not_found_hint = "Ids come from the list.";
  tool.forbidden_hint = "Only the host may.";
  return tool;
}

struct Row {
  const char* name;
  int status;
  const char* body;
  const char* reason;
  const char* text;
};

class ZohoErrors : public ::testing::TestWithParam<Row> {};

TEST_P(ZohoErrors, BecomeErrorsOfTheMeshWithWhatToDo) {
  const auto answer = Answer::Read(
      MakeTool(), {.status = GetParam().status, .body = GetParam().body}, absl::UnixEpoch(), {});
  EXPECT_THAT(answer, HasReason(GetParam().reason));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    All, ZohoErrors,
    ::testing::Values(
        Row{"NotAdmin", 403,
            R"({"error":{"code":1009,"message":"Invalid org admin"},"resourceType":"/x"})",
            "ZOHO_PERMISSION_DENIED", "administrator of the Zoho organisation"},
        Row{"NotDepartmentAdmin", 403, R"({"error":{"code":1033,"message":"no"}})",
            "ZOHO_PERMISSION_DENIED", "administrator of the department"},
        Row{"WrongOrgInDirectory", 403,
            R"({"error":{"code":1025,"message":"Org doesn't matches with request uri"}})",
            "ZOHO_PERMISSION_DENIED", "another Zoho organisation"},
        Row{"WrongOrgInSessions", 401,
            R"({"error":{"errorCode":3001,"message":"You do not have permission","key":"UNAUTHORIZED_USER"}})",
            "ZOHO_PERMISSION_DENIED", "may not see it, or belongs to another"},
        Row{"UserUnknown", 403, R"({"error":{"code":1026,"message":"Invalid user"}})",
            "ZOHO_OBJECT_NOT_FOUND", "Ids come from the list."},
        Row{"PresenterUnknown", 400,
            R"({"error":{"errorCode":4001,"message":"no","key":"INVALID_PRESENTER"}})",
            "ARGUMENT_INVALID", "list_all_zoho_meeting_users"},
        Row{"PollUnknown", 400, R"({"error":{"errorCode":4003,"key":"INVALID_POLL"}})",
            "ZOHO_OBJECT_NOT_FOUND", "Ids come from the list."},
        Row{"Parameter", 400, R"({"error":{"message":"PATTERN_NOT_MATCHED","param":"instanceId"}})",
            "ZOHO_REFUSED", "PATTERN_NOT_MATCHED (instanceId)"},
        Row{"TooMany", 400, R"({"error":{"message":"ARRAY_SIZE_OUT_OF_RANGE"}})", "ZOHO_REFUSED",
            "ARRAY_SIZE_OUT_OF_RANGE"},
        Row{"RedirectUri", 400, R"({"error":{"key":"INVALID_REDIRECT_URI"}})", "ZOHO_REFUSED",
            "INVALID_REDIRECT_URI"},
        Row{"ScopeInOtherWords", 401, R"({"message":"Invalid scopes"})", "SCOPE_MISSING",
            "ZohoMeeting.department.READ"},
        Row{"Unauthorized", 401, R"({"message":"You shall not pass"})", "ZOHO_PERMISSION_DENIED",
            "Only the host may."},
        Row{"OtherForbidden", 403, R"({"error":{"code":1,"message":"no"}})",
            "ZOHO_PERMISSION_DENIED", "Only the host may."},
        Row{"DepartmentUnknown", 403, R"({"error":{"code":1032,"message":"Invalid department"}})",
            "ZOHO_OBJECT_NOT_FOUND", "Ids come from the list."},
        Row{"MeetingUnknown", 400,
            R"({"error":{"errorCode":4000,"message":"The meeting key is invalid.","key":"INVALID_MEETING_KEY"}})",
            "ZOHO_OBJECT_NOT_FOUND", "Ids come from the list."},
        Row{"RecordingUnknown", 400, R"({"error":{"errorCode":4002,"key":"INVALID_RECORDING"}})",
            "ZOHO_OBJECT_NOT_FOUND", "Ids come from the list."},
        Row{"NotFound", 404, "", "ZOHO_OBJECT_NOT_FOUND", "Ids come from the list."},
        Row{"CountTooBig", 400,
            R"({"error":{"code":"1028","message":"Count shouldn't exceed 100"}})", "ZOHO_REFUSED",
            "Count shouldn't exceed 100"},
        Row{"BareMessage", 400, R"({"message":"JSON_PARSE_ERROR"})", "ZOHO_REFUSED",
            "JSON_PARSE_ERROR"},
        Row{"ErrorAsString", 400, R"({"error":"invalid_request"})", "ZOHO_REFUSED",
            "invalid_request"},
        Row{"ErrorUnder200", 200, R"({"error":{"errorCode":4100,"message":"no"}})", "ZOHO_REFUSED",
            "no"},
        Row{"NoBody", 400, "", "ZOHO_REFUSED", "HTTP 400"},
        Row{"NoJsonBody", 400, "<html>", "ZOHO_REFUSED", "HTTP 400"},
        Row{"Scope", 401, R"({"error":{"code":2001,"message":"INVALID_OAUTHSCOPE"}})",
            "SCOPE_MISSING", "ZohoMeeting.department.READ"},
        Row{"Throttled", 429, "", "ZOHO_RATE_LIMITED", "900 seconds"},
        Row{"OauthThrottle", 200, R"({"error":"Access Denied","status":"failure"})",
            "ZOHO_RATE_LIMITED", "600 seconds"},
        Row{"ThrottledByCause", 400, R"({"cause":"throttles_limit_exceeded"})", "ZOHO_RATE_LIMITED",
            "900 seconds"},
        Row{"Broken", 500, R"({"error":{"code":1,"message":"NPE"}})", "ZOHO_ERROR", "HTTP 500"},
        Row{"Gateway", 502, "<html>Bad gateway</html>", "ZOHO_ERROR", "HTTP 502"},
        Row{"NoJson", 200, "<html>hello</html>", "ZOHO_ERROR", "no JSON"},
        Row{"CutOff", 200, R"({"representation": [{"a": 1}, )", "ZOHO_ERROR", "no JSON"},
        Row{"Redirect", 302, "", "ZOHO_REFUSED", "HTTP 302"}),
    [](const auto& info) { return info.param.name; });

struct TokenRow {
  const char* name;
  ZohoFault fault;
  bool refused;
};

class RefusedTokens : public ::testing::TestWithParam<TokenRow> {};

TEST_P(RefusedTokens, AreToldFromOtherRefusals) {
  EXPECT_EQ(IsTokenRefused(GetParam().fault), GetParam().refused);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedTokens,
    ::testing::Values(
        TokenRow{
            "Documented", {.status = 400, .code = "2000", .message = "INVALID_OAUTHTOKEN"}, true},
        TokenRow{"Live", {.status = 401, .code = "2000", .message = "INVALID_OAUTHTOKEN"}, true},
        TokenRow{"OtherCode", {.status = 400, .key = "INVALID_OAUTHTOKEN"}, true},
        TokenRow{"Bare401", {.status = 401}, true},
        TokenRow{"Crm", {.status = 401, .code = "INVALID_TOKEN"}, true},
        TokenRow{"Words", {.status = 401, .message = "Invalid OAuth token."}, true},
        TokenRow{"OtherScope", {.status = 401, .message = "Invalid scopes"}, false},
        TokenRow{"OtherWords", {.status = 401, .message = "You shall not pass"}, false},
        TokenRow{"Scope", {.status = 401, .message = "INVALID_OAUTHSCOPE"}, false},
        TokenRow{"WrongOrg", {.status = 401, .code = "3001", .key = "UNAUTHORIZED_USER"}, false},
        TokenRow{"Forbidden", {.status = 403, .code = "1009"}, false},
        TokenRow{"BadRequest", {.status = 400, .code = "4000"}, false}),
    [](const auto& info) { return info.param.name; });

TEST(ZohoFault, ALongMessageIsCutBeforeItTravels) {
  const std::string body = R"({"error":{"code":1,"message":")" + std::string(50'000, 'x') + "\"}}";
  const auto answer =
      Answer::Read(MakeTool(), {.status = 400, .body = body}, absl::UnixEpoch(), {});
  EXPECT_LT(answer.status().message().size(), 500u);
}

}  // namespace
}  // namespace mesh::zoho_proxy
