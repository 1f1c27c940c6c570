#include "services/mcp_frontend/mcp/json_text.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mesh::mcp {
namespace {

TEST(AppendJsonString, AppendsAndQuotes) {
  std::string out = "x:";
  AppendJsonString(out, "a\"b\\c");
  EXPECT_EQ(out, R"(x:"a\"b\\c")");
  EXPECT_EQ(JsonString(""), R"("")");
}

TEST(AppendJsonString, WritesEveryByteAsAParserReadsIt) {
  std::string text;
  for (int byte = 0; byte < 0x80; ++byte) text.push_back(static_cast<char>(byte));
  text += "Zürich 東京 \xF0\x9F\x8E\x89 \xE2\x80\xA8";
  EXPECT_EQ(nlohmann::json::parse(JsonString(text)).get<std::string>(), text);
}

TEST(AppendJsonString, LeavesNoLineBreak) {
  std::string control;
  for (int byte = 0; byte < 0x20; ++byte) control.push_back(static_cast<char>(byte));
  for (const char c : JsonString(control)) EXPECT_GE(c, ' ');
}

}  // namespace
}  // namespace mesh::mcp
