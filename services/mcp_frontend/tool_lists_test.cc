#include "services/mcp_frontend/tool_lists.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mesh/tools/v1/tools.pb.h"
#include "services/mcp_frontend/mcp/protocol.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;
using tools::v1::Tool;

edge::Catalogue MakeCatalogue(const std::string& digest) {
  tools::v1::ListToolsResponse answer;
  answer.set_digest(digest);
  Tool& first = *answer.add_tools();
  first.set_name("create_x");
  first.set_title("Create \"x\"");
  first.set_description("Makes one.\nMails nobody.");
  first.set_input_schema_json(R"({"type":"object","properties":{"a":{"type":"string"}}})");
  first.set_method(Tool::CREATE);
  first.add_tags("x");
  first.set_destructive(true);
  Tool& second = *answer.add_tools();
  second.set_name("list_x");
  second.set_input_schema_json(R"({"type":"object"})");
  second.set_output_schema_json(R"({"type":"object","properties":{}})");
  second.set_method(Tool::LIST);
  second.add_tags("x");
  second.set_read_only(true);
  second.set_idempotent(true);
  second.set_open_world(true);
  return edge::Catalogue(answer);
}

auth::v1::McpServerConfig OnlyMethods(const std::vector<std::string>& methods) {
  auth::v1::McpServerConfig config;
  for (const std::string& method : methods) config.add_methods(method);
  return config;
}

class ToolListsTest : public testing::Test {
 protected:
  ToolLists lists_;
  mcp::Protocol protocol_{mcp::ServerInfo(), {}};
  const mcp::Revision& legacy_ = protocol_.legacy();
  const mcp::Revision& modern_ = protocol_.modern();
};

TEST_F(ToolListsTest, ShowToolsWithEveryHintStated) {
  const json result = json::parse(std::string(lists_.Get(MakeCatalogue("d"), {}, legacy_).json));
  EXPECT_EQ(result, json::parse(R"({"tools":[
      {"name":"create_x","title":"Create \"x\"","description":"Makes one.\nMails nobody.",
       "inputSchema":{"type":"object","properties":{"a":{"type":"string"}}},
       "annotations":{"title":"Create \"x\"","readOnlyHint":false,"destructiveHint":true,
                      "idempotentHint":false,"openWorldHint":false}},
      {"name":"list_x","title":"","description":"",
       "inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{}},
       "annotations":{"title":"","readOnlyHint":true,"destructiveHint":false,
                      "idempotentHint":true,"openWorldHint":true}}]})"));
}

TEST_F(ToolListsTest, HoldWhatTheServerMayCallAndNothingElse) {
  const json result =
      json::parse(std::string(lists_.Get(MakeCatalogue("d"), OnlyMethods({"read"}), legacy_).json));
  ASSERT_EQ(result["tools"].size(), 1);
  EXPECT_EQ(result["tools"][0]["name"], "list_x");

  EXPECT_EQ(std::string(lists_.Get(MakeCatalogue("d"), OnlyMethods({"custom"}), legacy_).json),
            R"({"tools":[]})");
}

TEST_F(ToolListsTest, AreTheSameBytesForTheSameFilter) {
  const edge::Catalogue catalogue = MakeCatalogue("d");
  const absl::Cord first = lists_.Get(catalogue, OnlyMethods({"read", "write"}), modern_).json;
  const absl::Cord second = lists_.Get(catalogue, OnlyMethods({"write", "read"}), modern_).json;
  EXPECT_EQ(first, second);
  ToolLists other;
  EXPECT_EQ(other.Get(catalogue, OnlyMethods({"read", "write"}), modern_).json, first);
}

TEST_F(ToolListsTest, DifferByEraAndByCatalogue) {
  const absl::Cord legacy = lists_.Get(MakeCatalogue("d"), {}, legacy_).json;
  const absl::Cord modern = lists_.Get(MakeCatalogue("d"), {}, modern_).json;
  EXPECT_NE(legacy, modern);
  EXPECT_EQ(json::parse(std::string(modern))["ttlMs"], 60000);

  tools::v1::ListToolsResponse empty;
  empty.set_digest("e");
  EXPECT_EQ(std::string(lists_.Get(edge::Catalogue(empty), {}, legacy_).json), R"({"tools":[]})");
  EXPECT_EQ(lists_.Get(MakeCatalogue("d"), {}, legacy_).json, legacy);
}

TEST_F(ToolListsTest, TheDigestIsOfWhatIsShownInWhateverEra) {
  const std::string digest = lists_.Get(MakeCatalogue("d"), {}, legacy_).digest;
  EXPECT_EQ(digest, edge::ToolListDigest(MakeCatalogue("d"), {}));
  EXPECT_EQ(lists_.Get(MakeCatalogue("d"), {}, modern_).digest, digest);
  EXPECT_NE(lists_.Get(MakeCatalogue("d"), OnlyMethods({"read"}), legacy_).digest, digest);
}

}  // namespace
}  // namespace mesh::frontend
