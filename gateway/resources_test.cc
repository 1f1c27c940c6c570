#include "gateway/resources.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::gateway {
namespace {

using testing::ElementsAre;

std::string FieldOf(const absl::Status& status) {
  return GetErrorDetail(status).value_or(ErrorDetail()).metadata["field"];
}

TEST(ReadCreateMcpServer, ReadsWhatTheContractShows) {
  ASSERT_OK_AND_ASSIGN(const auto request, ReadCreateMcpServer(R"({
      "name": "Zoho Meeting Admin Worker",
      "config": {"methods": ["read", "write"], "tags": ["users"], "require_api_token_auth": false,
                 "reveal_secrets": true},
      "expires_at": "2026-12-31T02:00:00+02:00"})"));
  EXPECT_EQ(request.name(), "Zoho Meeting Admin Worker");
  EXPECT_THAT(request.config().methods(), ElementsAre("read", "write"));
  EXPECT_THAT(request.config().tags(), ElementsAre("users"));
  EXPECT_FALSE(request.config().require_api_token_auth());
  EXPECT_TRUE(request.config().reveal_secrets());
  EXPECT_EQ(request.expire_time().seconds(), 1798675200);
}

TEST(ReadCreateMcpServer, NeedsNothingButAName) {
  ASSERT_OK_AND_ASSIGN(const auto request,
                       ReadCreateMcpServer(R"({"name":"n","config":null,"expires_at":null})"));
  EXPECT_FALSE(request.has_expire_time());
  EXPECT_TRUE(request.config().methods().empty());
}

TEST(ReadCreateMcpServer, TakesTheSecondFactorAtTheTopLevelAsWell) {
  ASSERT_OK_AND_ASSIGN(const auto top,
                       ReadCreateMcpServer(R"({"name":"n","require_api_token_auth":true})"));
  EXPECT_TRUE(top.config().require_api_token_auth());
  ASSERT_OK_AND_ASSIGN(
      const auto both,
      ReadCreateMcpServer(
          R"({"name":"n","require_api_token_auth":false,"config":{"require_api_token_auth":true}})"));
  EXPECT_TRUE(both.config().require_api_token_auth());
}

struct Row {
  const char* body = "";
  const char* field = "";
};

TEST(ReadCreateMcpServer, NamesTheFieldThatIsWrong) {
  const Row rows[] = {
      {"", "body"},
      {"[]", "body"},
      {"\"x\"", "body"},
      {"{", "body"},
      {R"({"name":"n"} x)", "body"},
      {R"({"name":"n","config":{"tags":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}})", "body"},
      {"{}", "name"},
      {R"({"name":null})", "name"},
      {R"({"name":5})", "name"},
      {R"({"name":"n","nmae":"x"})", "nmae"},
      {R"({"name":"n","config":[]})", "config"},
      {R"({"name":"n","config":{"methods":"read"}})", "config.methods"},
      {R"({"name":"n","config":{"methods":["read",3]}})", "config.methods[1]"},
      {R"({"name":"n","config":{"methods":["read","reed"]}})", "config.methods[1]"},
      {R"({"name":"n","config":{"tags":{}}})", "config.tags"},
      {R"({"name":"n","config":{"tags":[""]}})", "config.tags[0]"},
      {R"({"name":"n","config":{"require_api_token_auth":"yes"}})",
       "config.require_api_token_auth"},
      {R"({"name":"n","config":{"reveal_secrets":1}})", "config.reveal_secrets"},
      {R"({"name":"n","config":{"reveal_secret":true}})", "config.reveal_secret"},
      {R"({"name":"n","require_api_token_auth":"yes"})", "require_api_token_auth"},
      {R"({"name":"n","expires_at":"tomorrow"})", "expires_at"},
      {R"({"name":"n","expires_at":"2026-12-31"})", "expires_at"},
      {R"({"name":"n","expires_at":"2026-12-31T00:00:00"})", "expires_at"},
      {R"({"name":"n","expires_at":1798675200})", "expires_at"},
  };
  for (const Row& row : rows) {
    const absl::Status status = ReadCreateMcpServer(row.body).status();
    EXPECT_THAT(status, HasReason("FIELD_INVALID")) << row.body;
    EXPECT_EQ(FieldOf(status), row.field) << row.body << ": " << status;
  }
}

TEST(ReadCreateMcpServer, StandsAVeryDeepBody) {
  const std::string deep = absl::StrCat(R"({"name":)", std::string(100'000, '['));
  EXPECT_EQ(FieldOf(ReadCreateMcpServer(deep).status()), "body");
}

TEST(ReadCreateAccount, TakesOneOfTwoCredentials) {
  ASSERT_OK_AND_ASSIGN(const auto token,
                       ReadCreateAccount(R"({"name":"n","region":"eu","refresh_token":"r"})"));
  EXPECT_EQ(token.region(), "eu");
  EXPECT_EQ(token.refresh_token(), "r");
  ASSERT_OK_AND_ASSIGN(const auto code, ReadCreateAccount(R"({"region":"us","grant_code":"g"})"));
  EXPECT_EQ(code.grant_code(), "g");
  EXPECT_EQ(code.name(), "");
}

TEST(ReadCreateAccount, NamesTheFieldThatIsWrong) {
  const Row rows[] = {
      {"{}", "region"},
      {R"({"region":"eu"})", "refresh_token"},
      {R"({"region":"eu","refresh_token":"r","grant_code":"g"})", "refresh_token"},
      {R"({"region":"eu","refresh_token":1})", "refresh_token"},
      {R"({"region":7,"refresh_token":"r"})", "region"},
      {R"({"region":"eu","refresh_token":"r","scope":"x"})", "scope"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(FieldOf(ReadCreateAccount(row.body).status()), row.field) << row.body;
  }
}

TEST(ReadUpdateMcpServer, NamesInTheMaskWhatTheBodyHolds) {
  ASSERT_OK_AND_ASSIGN(
      const auto some,
      ReadUpdateMcpServer(
          R"({"config":{"methods":null,"reveal_secrets":true},"expires_at":null})"));
  EXPECT_THAT(
      some.update_mask().paths(),
      testing::UnorderedElementsAre("config.methods", "config.reveal_secrets", "expire_time"));
  EXPECT_TRUE(some.mcp_server().config().reveal_secrets());
  EXPECT_FALSE(some.mcp_server().has_expire_time());
  ASSERT_OK_AND_ASSIGN(const auto other,
                       ReadUpdateMcpServer(R"({"name":"n","require_api_token_auth":false,)"
                                           R"("expires_at":"2026-12-31T00:00:00Z"})"));
  EXPECT_THAT(other.update_mask().paths(),
              testing::ElementsAre("name", "config.require_api_token_auth", "expire_time"));
  EXPECT_EQ(other.mcp_server().expire_time().seconds(), 1798675200);
}

TEST(ReadUpdateMcpServer, NamesTheFieldThatIsWrong) {
  const Row rows[] = {
      {"", "body"},
      {"{}", "body"},
      {R"({"name":null})", "name"},
      {R"({"name":"n","id":"mcp_2"})", "id"},
      {R"({"name":"n","token":"t"})", "token"},
      {R"({"config":{"tag":["x"]}})", "config.tag"},
      {R"({"config":{"methods":["reed"]}})", "config.methods[0]"},
      {R"({"expires_at":"soon"})", "expires_at"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(FieldOf(ReadUpdateMcpServer(row.body).status()), row.field) << row.body;
  }
}

TEST(ReadRotate, TakesAGraceOfUpToThirtyDays) {
  EXPECT_FALSE(ReadRotate("")->has_grace());
  EXPECT_FALSE(ReadRotate("{}")->has_grace());
  EXPECT_EQ(ReadRotate(R"({"grace_seconds":0})")->grace().seconds(), 0);
  EXPECT_EQ(ReadRotate(R"({"grace_seconds":2592000})")->grace().seconds(), 2'592'000);
  for (const char* body :
       {R"({"grace_seconds":2592001})", R"({"grace_seconds":-1})", R"({"grace_seconds":1.5})",
        R"({"grace_seconds":18446744073709551615})", R"({"grace_seconds":"60"})"}) {
    EXPECT_EQ(FieldOf(ReadRotate(body).status()), "grace_seconds") << body;
  }
  EXPECT_EQ(FieldOf(ReadRotate(R"({"grace":60})").status()), "grace");
}

TEST(ToJson, ShowsAnMcpServerWithoutItsToken) {
  auth::v1::McpServer server;
  server.set_id("mcp_1");
  server.set_account("acc_1");
  server.set_name("n");
  server.mutable_config()->add_methods("read");
  server.mutable_create_time()->set_seconds(1798675200);
  server.mutable_update_time()->set_seconds(1798675200);
  server.mutable_update_time()->set_nanos(500'000'000);
  EXPECT_EQ(ToJson(server).dump(),
            R"({"id":"mcp_1","name":"n","config":{"methods":["read"],"tags":[],)"
            R"("require_api_token_auth":false,"reveal_secrets":false,"approval":"none"},)"
            R"("expires_at":null,)"
            R"("created_at":"2026-12-31T00:00:00Z","updated_at":"2026-12-31T00:00:00.5Z"})");
}

TEST(ToJson, ShowsAnAccountsState) {
  auth::v1::Account account;
  account.set_state(auth::v1::Account::REAUTHORIZATION_REQUIRED);
  EXPECT_EQ(ToJson(account)["state"], "reauthorization_required");
}

TEST(ToJson, ShowsAToolsSchemas) {
  tools::v1::Tool tool;
  tool.set_method(tools::v1::Tool::LIST);
  tool.set_input_schema_json(R"({"type":"object"})");
  EXPECT_EQ(ToJson(tool)["method"], "list");
  EXPECT_EQ(ToJson(tool)["input_schema"]["type"], "object");
  EXPECT_TRUE(ToJson(tool)["output_schema"].is_null());
}

}  // namespace
}  // namespace mesh::gateway
