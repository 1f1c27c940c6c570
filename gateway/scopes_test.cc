#include "gateway/scopes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::gateway {
namespace {

using testing::ElementsAre;

ToolList Tools() {
  ToolList tools;
  tools::v1::Tool& list = *tools.Add();
  list.set_name("list");
  list.add_scopes("ZohoMeeting.meeting.READ");
  tools::v1::Tool& create = *tools.Add();
  create.set_name("create");
  create.add_scopes("ZohoMeeting.meeting.CREATE");
  create.add_scopes("ZohoMeeting.meeting.READ");
  return tools;
}

auth::v1::Account With(const std::vector<std::string>& scopes) {
  auth::v1::Account account;
  for (const std::string& scope : scopes) account.add_scopes(scope);
  return account;
}

TEST(Scopes, OneCoversAnother) {
  EXPECT_TRUE(ScopeCovers("ZohoMeeting.meeting.READ", "ZohoMeeting.meeting.READ"));
  EXPECT_TRUE(ScopeCovers("zohomeeting.meeting.all", "ZohoMeeting.meeting.READ"));
  EXPECT_FALSE(ScopeCovers("ZohoMeeting.meeting.READ", "ZohoMeeting.meeting.ALL"));
  EXPECT_FALSE(ScopeCovers("ZohoMeeting.meeting.CREATE", "ZohoMeeting.meeting.READ"));
  EXPECT_FALSE(ScopeCovers("ZohoMeeting.webinar.ALL", "ZohoMeeting.meeting.READ"));
  EXPECT_FALSE(ScopeCovers("ZohoMeeting.ALL", "ZohoMeeting.meeting.READ"));
  EXPECT_FALSE(ScopeCovers("", "x"));
}

TEST(Scopes, TheGapIsNamedWithTheToolsThatItCloses) {
  const auto missing = MissingScopes(With({"ZohoMeeting.user.READ"}), Tools());

  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0].scope, "ZohoMeeting.meeting.CREATE");
  EXPECT_THAT(missing[0].tools, ElementsAre("create"));
  EXPECT_EQ(missing[1].scope, "ZohoMeeting.meeting.READ");
  EXPECT_THAT(missing[1].tools, ElementsAre("list", "create"));
}

TEST(Scopes, NothingIsMissingWhereAllIsGrantedOrNothingIsKnown) {
  EXPECT_TRUE(MissingScopes(With({"ZohoMeeting.meeting.ALL"}), Tools()).empty());
  EXPECT_TRUE(MissingScopes(With({}), Tools()).empty());
}

TEST(Scopes, WhatIsAskedForIsWhatToolsNeed) {
  EXPECT_THAT(NeededScopes(Tools()),
              ElementsAre("ZohoMeeting.meeting.CREATE", "ZohoMeeting.meeting.READ"));
}

}  // namespace
}  // namespace mesh::gateway
