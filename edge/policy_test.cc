#include "edge/policy.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mesh::edge {
namespace {

using tools::v1::Tool;

Tool MakeTool(Tool::Method method, bool read_only, const std::vector<std::string>& tags) {
  Tool tool;
  tool.set_method(method);
  tool.set_read_only(read_only);
  for (const std::string& tag : tags) tool.add_tags(tag);
  return tool;
}

auth::v1::McpServerConfig MakeConfig(const std::vector<std::string>& methods,
                                     const std::vector<std::string>& tags = {}) {
  auth::v1::McpServerConfig config;
  for (const std::string& method : methods) config.add_methods(method);
  for (const std::string& tag : tags) config.add_tags(tag);
  return config;
}

struct Row {
  std::vector<std::string> methods = {};
  Tool::Method method = Tool::LIST;
  bool read_only = false;
  bool allowed = false;
};

TEST(Allows, ReadsTheWordsOfMethods) {
  const Row rows[] = {
      {{"read"}, Tool::LIST, true, true},
      {{"read"}, Tool::GET, true, true},
      {{"read"}, Tool::CUSTOM, true, true},
      {{"read"}, Tool::CUSTOM, false, false},
      {{"read"}, Tool::CREATE, false, false},
      {{"read"}, Tool::UPDATE, false, false},
      {{"read"}, Tool::DELETE, false, false},
      {{"write"}, Tool::LIST, true, false},
      {{"write"}, Tool::GET, true, false},
      {{"write"}, Tool::CREATE, false, true},
      {{"write"}, Tool::UPDATE, false, true},
      {{"write"}, Tool::DELETE, false, true},
      {{"write"}, Tool::CUSTOM, false, true},
      {{"write"}, Tool::CUSTOM, true, false},
      {{"custom"}, Tool::CUSTOM, true, true},
      {{"custom"}, Tool::CUSTOM, false, true},
      {{"custom"}, Tool::LIST, true, false},
      {{"list"}, Tool::LIST, true, true},
      {{"list"}, Tool::GET, true, false},
      {{"get"}, Tool::GET, true, true},
      {{"create"}, Tool::CREATE, false, true},
      {{"create"}, Tool::UPDATE, false, false},
      {{"update"}, Tool::UPDATE, false, true},
      {{"delete"}, Tool::DELETE, false, true},
      {{"read", "create"}, Tool::CREATE, false, true},
      {{"read", "create"}, Tool::LIST, true, true},
      {{"read", "create"}, Tool::DELETE, false, false},
      {{}, Tool::DELETE, false, true},
      {{"from_the_future"}, Tool::LIST, true, false},
      {{"read"}, Tool::METHOD_UNSPECIFIED, true, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Allows(MakeConfig(row.methods), MakeTool(row.method, row.read_only, {})), row.allowed)
        << (row.methods.empty() ? "(all)" : row.methods[0]) << " " << Tool::Method_Name(row.method)
        << (row.read_only ? " read-only" : "");
  }
}

TEST(Allows, AsksBothMethodsAndTags) {
  const Tool tool = MakeTool(Tool::LIST, true, {"users", "departments"});
  EXPECT_TRUE(Allows(MakeConfig({"read"}, {"users"}), tool));
  EXPECT_TRUE(Allows(MakeConfig({}, {"meetings", "departments"}), tool));
  EXPECT_FALSE(Allows(MakeConfig({"read"}, {"meetings"}), tool));
  EXPECT_FALSE(Allows(MakeConfig({"write"}, {"users"}), tool));
  EXPECT_FALSE(Allows(MakeConfig({}, {"users"}), MakeTool(Tool::LIST, true, {})));
}

TEST(NeedsApproval, IsNeverAskedOfWhatOnlyReads) {
  Tool reads = MakeTool(Tool::CUSTOM, true, {});
  Tool creates = MakeTool(Tool::CREATE, false, {});
  Tool deletes = MakeTool(Tool::DELETE, false, {});
  deletes.set_destructive(true);
  struct Row {
    int approval;
    bool creates, deletes;
  };
  // The last one is of a newer store.
  for (const Row& row :
       {Row{auth::v1::McpServerConfig::NONE, false, false},
        Row{auth::v1::McpServerConfig::WRITE, true, true},
        Row{auth::v1::McpServerConfig::DESTRUCTIVE, false, true}, Row{7, true, true}}) {
    auth::v1::McpServerConfig config;
    config.set_approval(static_cast<auth::v1::McpServerConfig::Approval>(row.approval));
    EXPECT_FALSE(NeedsApproval(config, reads)) << row.approval;
    EXPECT_EQ(NeedsApproval(config, creates), row.creates) << row.approval;
    EXPECT_EQ(NeedsApproval(config, deletes), row.deletes) << row.approval;
  }
}

TEST(FilterKey, IsTheSameForTheSameWordsInAnyOrder) {
  EXPECT_EQ(FilterKey(MakeConfig({"read", "list"}, {"a", "b"})),
            FilterKey(MakeConfig({"list", "read", "list"}, {"b", "a"})));
  EXPECT_NE(FilterKey(MakeConfig({"read"})), FilterKey(MakeConfig({}, {"read"})));
  EXPECT_NE(FilterKey(MakeConfig({"a", "b"})), FilterKey(MakeConfig({"a"}, {"b"})));
}

TEST(IsMethodWord, KnowsEachWordItNames) {
  EXPECT_TRUE(IsMethodWord("read"));
  EXPECT_FALSE(IsMethodWord("Read"));
  EXPECT_FALSE(IsMethodWord(""));
  EXPECT_EQ(MethodWords(), "read, write, custom, get, list, create, update, delete");
}

}  // namespace
}  // namespace mesh::edge
