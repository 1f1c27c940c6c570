#include "services/mcp_frontend/prompts.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "edge/fake_services.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using tools::v1::Tool;

edge::Catalogue CatalogueOf(const std::vector<Tool>& tools) {
  tools::v1::ListToolsResponse answer;
  for (const Tool& tool : tools) *answer.add_tools() = tool;
  return edge::Catalogue(answer);
}

std::string TextOf(const RenderedPrompt& rendered) {
  EXPECT_EQ(rendered.wrong, "");
  return json::parse("{" + rendered.members + "}")["messages"][0]["content"]["text"];
}

TEST(Prompts, AreTheThreeWorkflowsInOrderOfTheirNames) {
  std::vector<std::string> names;
  for (const Prompt& prompt : Prompts()) names.push_back(prompt.name);
  EXPECT_THAT(names, testing::ElementsAre("department_user_audit", "executive_meeting_brief",
                                          "license_role_inventory"));
}

TEST(Prompts, NameEachToolThatTheyNeedInWhatTheySay) {
  for (const Prompt& prompt : Prompts()) {
    for (const std::string& tool : prompt.tools) EXPECT_THAT(prompt.text, HasSubstr(tool));
    for (const PromptArgument& argument : prompt.arguments) {
      EXPECT_THAT(prompt.text, HasSubstr("{" + argument.name + "}"));
      EXPECT_NE(argument.required, !argument.fallback.empty()) << argument.name;
    }
  }
}

TEST(Prompts, PutValuesInTheirPlaces) {
  const std::string text =
      TextOf(Render(*FindPrompt("department_user_audit"), R"({"department":"Sales \"EU\""})"));
  EXPECT_THAT(text, HasSubstr("the department 'Sales \"EU\"'"));
  EXPECT_THAT(text, testing::Not(HasSubstr("{department}")));
  EXPECT_THAT(TextOf(Render(*FindPrompt("license_role_inventory"), "")),
              HasSubstr("each role on its own"));
  EXPECT_THAT(TextOf(Render(*FindPrompt("executive_meeting_brief"),
                            R"({"presenter":"Sarah Jenkins","period":null})")),
              HasSubstr("this week"));
}

TEST(Prompts, TakeAValueAsOneLineAndNotAsAPlaceOfItsOwn) {
  const std::string text = TextOf(Render(*FindPrompt("executive_meeting_brief"),
                                         R"({"presenter":" A\n\nB {period} ","period":"x"})"));
  EXPECT_THAT(text, HasSubstr("whose presenter is A B {period}."));
}

TEST(Prompts, SayWhichArgumentIsWrong) {
  const Prompt& audit = *FindPrompt("department_user_audit");
  const std::string long_name(201, 'x');
  for (const std::string& wrong :
       {std::string(), std::string("{}"), std::string(R"({"department":""})"),
        std::string(R"({"department":" \n"})"), std::string(R"({"department":7})"),
        R"({"department":")" + long_name + "\"}"}) {
    EXPECT_THAT(Render(audit, wrong).wrong, HasSubstr("`department`")) << wrong;
  }
  EXPECT_THAT(Render(audit, "[]").wrong, HasSubstr("object"));
}

TEST(Prompts, AreShownWithTheirArguments) {
  const json shown = json::parse(PromptJson(*FindPrompt("executive_meeting_brief")));
  EXPECT_EQ(shown["name"], "executive_meeting_brief");
  EXPECT_FALSE(shown["title"].get<std::string>().empty());
  EXPECT_EQ(shown["arguments"][0]["name"], "presenter");
  EXPECT_EQ(shown["arguments"][0]["required"], true);
  EXPECT_EQ(shown["arguments"][1]["required"], false);
}

TEST(Prompts, AreOfferedWhereEveryToolTheyNeedMayBeCalled) {
  const edge::Catalogue catalogue = CatalogueOf(
      {edge::FakeTool("list_all_zoho_meeting_department_users", Tool::LIST, {"users"}),
       edge::FakeTool("list_all_zoho_meeting_departments", Tool::LIST, {"departments"})});
  const Prompt& audit = *FindPrompt("department_user_audit");
  auth::v1::McpServerConfig config;
  EXPECT_TRUE(Offers(catalogue, config, audit));
  EXPECT_FALSE(Offers(catalogue, config, *FindPrompt("license_role_inventory")));

  config.add_tags("users");
  EXPECT_FALSE(Offers(catalogue, config, audit));
  config.add_tags("departments");
  EXPECT_TRUE(Offers(catalogue, config, audit));
  config.add_methods("write");
  EXPECT_FALSE(Offers(catalogue, config, audit));
}

}  // namespace
}  // namespace mesh::frontend
