#include "edge/tool_list_digest.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge/fake_services.h"

namespace mesh::edge {
namespace {

using auth::v1::McpServerConfig;
using tools::v1::ListToolsResponse;
using tools::v1::Tool;

ListToolsResponse TwoTools() {
  ListToolsResponse response;
  response.set_digest("d1");
  *response.add_tools() = FakeTool("delete_meeting", Tool::DELETE, {"meetings"});
  *response.add_tools() = FakeTool("list_users", Tool::LIST, {"users"});
  return response;
}

std::string DigestOf(const ListToolsResponse& response, const McpServerConfig& config = {}) {
  return ToolListDigest(Catalogue(response), config);
}

TEST(ToolListDigest, IsTheSameForTheSameTools) {
  ListToolsResponse released = TwoTools();
  released.set_digest("d2");
  // Not shown to clients.
  released.mutable_tools(0)->add_scopes("ZohoMeeting.meeting.DELETE");

  EXPECT_THAT(DigestOf(TwoTools()), testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(DigestOf(TwoTools()).size(), 64u);
  EXPECT_EQ(DigestOf(released), DigestOf(TwoTools()));
}

TEST(ToolListDigest, ChangesWithWhateverIsShown) {
  const std::function<void(Tool&)> changes[] = {
      [](Tool& tool) { tool.set_name("remove_meeting"); },
      [](Tool& tool) { tool.set_title("Remove"); },
      [](Tool& tool) { tool.set_description("Other words."); },
      [](Tool& tool) { tool.set_input_schema_json("{}"); },
      [](Tool& tool) { tool.set_output_schema_json("{}"); },
      [](Tool& tool) { tool.set_destructive(!tool.destructive()); },
      [](Tool& tool) { tool.set_read_only(!tool.read_only()); },
      [](Tool& tool) { tool.set_idempotent(!tool.idempotent()); },
      [](Tool& tool) { tool.set_open_world(!tool.open_world()); },
  };
  for (const auto& change : changes) {
    ListToolsResponse changed = TwoTools();
    change(*changed.mutable_tools(0));
    EXPECT_NE(DigestOf(changed), DigestOf(TwoTools())) << changed.tools(0).ShortDebugString();
  }
}

TEST(ToolListDigest, IsOfWhatTheMcpServerMayCall) {
  McpServerConfig users;
  users.add_tags("users");
  McpServerConfig lists;
  lists.add_methods("list");
  ListToolsResponse changed = TwoTools();
  changed.mutable_tools(0)->set_description("Other words.");

  EXPECT_NE(DigestOf(TwoTools(), users), DigestOf(TwoTools()));
  EXPECT_EQ(DigestOf(TwoTools(), users), DigestOf(TwoTools(), lists));
  EXPECT_EQ(DigestOf(changed, users), DigestOf(TwoTools(), users));
}

}  // namespace
}  // namespace mesh::edge
