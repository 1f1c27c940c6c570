#include "tests/fake_zoho/scopes.h"

#include "gtest/gtest.h"

namespace fake_zoho {
namespace {

TEST(Scopes, AllOfAFamilyAllowsEachOperation) {
  EXPECT_TRUE(Allows({"ZohoMeeting.meeting.ALL"}, "ZohoMeeting.meeting.READ"));
  EXPECT_FALSE(Allows({"ZohoMeeting.meeting.ALL"}, "ZohoMeeting.webinar.READ"));
  EXPECT_FALSE(Allows({"ZohoMeeting.meeting.READ"}, "ZohoMeeting.meeting.DELETE"));
}

TEST(Scopes, CommasAskForAllAndBarsForAny) {
  EXPECT_TRUE(Allows({"B.x.READ"}, "A.x.READ|B.x.READ"));
  EXPECT_FALSE(Allows({"A.x.READ"}, "A.x.READ,C.y.READ"));
  EXPECT_TRUE(Allows({"A.x.READ", "C.y.READ"}, "A.x.READ,C.y.READ"));
}

TEST(Scopes, KnowsItsScopesInAnyCase) {
  EXPECT_TRUE(IsKnownScope("ZohoMeeting.manageorg.READ"));
  EXPECT_TRUE(IsKnownScope("ZohoMeeting.meeting.ALL"));
  EXPECT_FALSE(IsKnownScope("ZohoMeeting.session.READ"));
}

}  // namespace
}  // namespace fake_zoho
