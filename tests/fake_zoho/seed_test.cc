#include <algorithm>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/fake_zoho/credentials.h"
#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/world.h"

namespace fake_zoho {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

Organization Us(uint64_t seed = 42) { return SeedOrganization(SpecOf(Region::kUs), seed, kNow); }

size_t Count(const Organization& org, SessionKind kind) {
  return std::count_if(org.sessions.begin(), org.sessions.end(),
                       [&](const auto& entry) { return entry.second.kind == kind; });
}

TEST(Seed, FillsTheOrganisation) {
  const Organization org = Us();

  EXPECT_EQ(org.users.size(), 1200);
  EXPECT_EQ(org.departments.size(), 60);
  EXPECT_EQ(Count(org, SessionKind::kMeeting), 400);
  EXPECT_EQ(Count(org, SessionKind::kWebinar), 24);
  EXPECT_GT(org.recordings.size(), 40);
}

TEST(Seed, IdsNamesAndAddressesAreDistinct) {
  const Organization org = Us();

  std::set<std::string> ids;
  std::set<std::string> emails;
  for (const User& user : org.users) {
    EXPECT_EQ(user.user_id.size(), 18);
    ids.insert(user.user_id);
    emails.insert(user.email);
  }
  EXPECT_EQ(ids.size(), 1200);
  EXPECT_EQ(emails.size(), 1200);
  EXPECT_EQ(org.department_by_id.size(), 60);
  EXPECT_EQ(org.department_by_name.size(), 60);
  EXPECT_EQ(org.department_by_name.count("Sales"), 1);
  EXPECT_EQ(org.department_by_name.count("Engineering"), 1);
}

TEST(Seed, TheSameSeedMakesTheSameWorld) {
  const Organization a = Us();
  const Organization b = Us();
  const Organization other = Us(43);

  EXPECT_EQ(a.users[700].user_id, b.users[700].user_id);
  EXPECT_EQ(a.sessions.begin()->first, b.sessions.begin()->first);
  EXPECT_EQ(a.sessions.rbegin()->second.start, b.sessions.rbegin()->second.start);
  EXPECT_EQ(a.recordings[7].erecording_id, b.recordings[7].erecording_id);
  EXPECT_NE(a.users[700].user_id, other.users[700].user_id);
}

TEST(Seed, TheCastIsThere) {
  const Organization org = Us();

  EXPECT_TRUE(org.users[0].IsOrgAdmin());
  EXPECT_EQ(org.users[0].zuid, AdminZuidOf(Region::kUs));
  EXPECT_EQ(org.users[1].role, "Member");
  EXPECT_EQ(org.users[1].zuid, MemberZuidOf(Region::kUs));
  EXPECT_EQ(org.users[2].FullName(), "Sarah Jenkins");
  for (const Department& department : org.departments) {
    EXPECT_FALSE(department.admins.empty() && department.members.empty()) << department.name;
  }
}

TEST(Seed, SarahPresentsThisWeekAndTheAllHandsLiesAhead) {
  const Organization org = Us();

  int within_a_week = 0;
  int all_hands = 0;
  for (const auto& [key, session] : org.sessions) {
    if (session.presenter == org.users[2].zuid && session.start > kNow &&
        session.start < kNow + absl::Hours(24 * 7)) {
      ++within_a_week;
    }
    if (session.topic == "Q3 All Hands" && session.start > kNow) ++all_hands;
  }
  EXPECT_GE(within_a_week, 4);
  EXPECT_EQ(all_hands, 1);
}

TEST(Seed, SessionsLieBehindTodayAndAhead) {
  const Organization org = Us();
  const absl::TimeZone zone = ZoneOrUtc(org.timezone);

  int past = 0;
  int today = 0;
  int later = 0;
  for (const auto& [key, session] : org.sessions) {
    const int64_t days = absl::ToCivilDay(session.start, zone) - absl::ToCivilDay(kNow, zone);
    ++(days < 0 ? past : days == 0 ? today : later);
  }
  EXPECT_GT(past, 100);
  EXPECT_GT(today, 5);
  EXPECT_GT(later, 100);
}

TEST(Seed, CredentialsHaveZohosFormat) {
  EXPECT_EQ(kClientId.size(), 5 + 30);
  EXPECT_EQ(ClientSecretOf(Region::kUs).size(), 42);
  EXPECT_EQ(ClientSecretOf(Region::kEu).size(), 42);
  EXPECT_THAT(SeededRefreshToken(AdminZuidOf(Region::kUs)),
              ::testing::MatchesRegex("1000\\.[0-9a-f]{32}\\.[0-9a-f]{32}"));
  EXPECT_NE(SeededCode(1, 1), SeededCode(1, 2));
}

}  // namespace
}  // namespace fake_zoho
