#include "services/mcp_frontend/resources.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/rpc/proto_time.h"
#include "edge/fake_services.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using tools::v1::Tool;

edge::Catalogue TwoTools() {
  tools::v1::ListToolsResponse answer;
  *answer.add_tools() = edge::FakeTool("delete_it", Tool::DELETE, {"meetings"});
  *answer.add_tools() = edge::FakeTool("list_them", Tool::LIST, {"users"});
  return edge::Catalogue(answer);
}

TEST(Resources, AreTheAccountTheRegionsAndEachToolThatMayBeCalled) {
  auth::v1::McpServerConfig config;
  const json all = json::parse("{" + ResourceListMembers(TwoTools(), config) + "}")["resources"];
  std::vector<std::string> uris;
  for (const json& resource : all) {
    uris.push_back(resource["uri"]);
    EXPECT_TRUE(resource["name"].is_string());
    EXPECT_TRUE(resource["mimeType"].is_string());
  }
  EXPECT_THAT(uris, testing::ElementsAre(kAccountUri, kRegionsUri, "zoho-meeting://tools/delete_it",
                                         "zoho-meeting://tools/list_them"));

  config.add_methods("read");
  EXPECT_EQ(json::parse("{" + ResourceListMembers(TwoTools(), config) + "}")["resources"].size(),
            3);
}

TEST(Resources, ToolsAreFoundByTheTemplate) {
  EXPECT_EQ(ToolOfUri("zoho-meeting://tools/list_them"), "list_them");
  for (const char* other :
       {"zoho-meeting://tools/", "zoho-meeting://tools", kAccountUri, "", "x://tools/list_them"}) {
    EXPECT_FALSE(ToolOfUri(other).has_value()) << other;
  }
  const json templates = json::parse("{" + ResourceTemplateMembers() + "}")["resourceTemplates"];
  EXPECT_EQ(templates[0]["uriTemplate"], kToolUriTemplate);
}

TEST(Resources, ContentsSayWhatTheyAre) {
  const json contents =
      json::parse("{" + ContentMembers("u:r", "text/plain", "a \"b\"\n") + "}")["contents"];
  EXPECT_EQ(contents, json::parse(R"([{"uri":"u:r","mimeType":"text/plain","text":"a \"b\"\n"}])"));
}

TEST(Resources, AccountOverviewTellsWhoseItIsAndWhatMayBeDone) {
  auth::v1::Account account;
  account.set_name("Example");
  account.set_region("eu");
  account.set_organization_id("123456789012345678");
  account.set_organization_admin(true);
  account.add_scopes("ZohoMeeting.user.READ");
  auth::v1::McpServer server;
  server.set_name("Worker");
  server.mutable_config()->add_methods("read");

  json overview = json::parse(AccountOverview(account, server, TwoTools()));
  EXPECT_EQ(overview["account"]["state"], "active");
  EXPECT_EQ(overview["account"]["organization_id"], "123456789012345678");
  EXPECT_EQ(overview["mcp_server"]["methods"], json::array({"read"}));
  EXPECT_EQ(overview["mcp_server"]["tools"], json::array({"list_them"}));
  EXPECT_TRUE(overview["mcp_server"]["expires_at"].is_null());

  account.set_state(auth::v1::Account::REAUTHORIZATION_REQUIRED);
  *server.mutable_expire_time() = rpc::TimestampOf(absl::FromUnixSeconds(0));
  overview = json::parse(AccountOverview(account, server, TwoTools()));
  EXPECT_EQ(overview["account"]["state"], "reauthorization_required");
  EXPECT_EQ(overview["mcp_server"]["expires_at"], "1970-01-01T00:00:00+00:00");
}

TEST(Resources, RegionsAreListedByCode) {
  auth::v1::ListRegionsResponse regions;
  auth::v1::Region& region = *regions.add_regions();
  region.set_code("eu");
  region.set_meeting_url("https://meeting.zoho.eu");
  const json overview = json::parse(RegionsOverview(regions));
  EXPECT_EQ(overview["regions"][0]["code"], "eu");
  EXPECT_EQ(overview["regions"][0]["meeting_url"], "https://meeting.zoho.eu");
}

TEST(Resources, ToolDocumentationHasEachArgument) {
  Tool tool = edge::FakeTool("list_them", Tool::LIST, {"users"});
  tool.set_input_schema_json(
      R"({"type":"object","properties":{"id":{"type":"string","description":"One | two\nthree"},)"
      R"("limit":{"type":["integer","null"]}},"required":["id"]})");
  tool.add_scopes("ZohoMeeting.user.READ");
  const std::string text = ToolDocumentation(tool);
  EXPECT_THAT(text, HasSubstr("# Title of list_them\n"));
  EXPECT_THAT(text, HasSubstr("| `id` | string | yes | One \\| two three |\n"));
  EXPECT_THAT(text, HasSubstr("| `limit` | integer or null | no |  |\n"));
  EXPECT_THAT(text, HasSubstr("It only reads."));
  EXPECT_THAT(text, HasSubstr("ZohoMeeting.user.READ"));

  EXPECT_THAT(ToolDocumentation(edge::FakeTool("delete_it", Tool::DELETE, {})),
              HasSubstr("may change or remove"));
}

}  // namespace
}  // namespace mesh::frontend
