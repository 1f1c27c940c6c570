#include "services/zoho_proxy/tool_name.h"

#include <string>

#include <gtest/gtest.h>

namespace mesh::zoho_proxy {
namespace {

using Listed = tools::v1::Tool;

TEST(ToolName, FollowsThePatternOfItsMethod) {
  const auto name = [](Listed::Method method) {
    return ToolName(method, "zoo", "cats", "cat", "feed");
  };
  EXPECT_EQ(name(Listed::LIST), "list_all_zoo_cats");
  EXPECT_EQ(name(Listed::GET), "get_single_zoo_cat_by_id");
  EXPECT_EQ(name(Listed::CREATE), "create_a_zoo_cat");
  EXPECT_EQ(name(Listed::UPDATE), "update_a_zoo_cat_by_id");
  EXPECT_EQ(name(Listed::DELETE), "delete_a_zoo_cat_by_id");
  EXPECT_EQ(name(Listed::CUSTOM), "zoo_cats_feed");
}

TEST(ToolName, OperationsAreWrittenInSnakeCase) {
  EXPECT_EQ(SnakeCase("issues/list-forRepo"), "issues_list_for_repo");
  EXPECT_EQ(SnakeCase("getHTMLPage2Of"), "get_html_page2_of");
  EXPECT_EQ(SnakeCase("get/users/{id}"), "get_users_id");
  EXPECT_EQ(SnakeCase("__API.v2__"), "api_v2");
  EXPECT_EQ(SnakeCase("日本"), "");
}

TEST(ToolName, ALongOneEndsInItsHashAndStaysDistinct) {
  const std::string a = PlainToolName("github", std::string(80, 'a') + "b");
  const std::string b = PlainToolName("github", std::string(80, 'a') + "c");
  EXPECT_EQ(a.size(), kMaxToolName);
  EXPECT_TRUE(IsToolName(a));
  EXPECT_NE(a, b);
  EXPECT_EQ(a, PlainToolName("github", std::string(80, 'a') + "b"));
  EXPECT_EQ(PlainToolName("github", "meta/root"), "github_meta_root");
}

TEST(ToolName, WhatClientsRefuseIsNone) {
  for (const char* name : {"", "Cats", "cats-list", "cats.list", "cäts"}) {
    EXPECT_FALSE(IsToolName(name)) << name;
  }
  EXPECT_FALSE(IsToolName(std::string(61, 'a')));
}

TEST(ToolName, AnArgumentIsMadeToFit) {
  EXPECT_EQ(FitArgumentName("filter[name]"), "filter_name_");
  EXPECT_EQ(FitArgumentName(""), "value");
  EXPECT_EQ(FitArgumentName(std::string(99, 'x')).size(), kMaxArgumentName);
  EXPECT_TRUE(IsArgumentName(FitArgumentName("X-Größe")));
}

}  // namespace
}  // namespace mesh::zoho_proxy
