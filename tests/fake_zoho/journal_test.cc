#include "tests/fake_zoho/journal.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Listener kMeeting = {.region = Region::kUs, .role = Role::kMeeting};
constexpr Listener kAccounts = {.region = Region::kEu, .role = Role::kAccounts};
const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

TEST(Journal, HoldsNoSecret) {
  Journal journal;
  journal.Add(kAccounts,
              {.method = "POST",
               .path = "/oauth/v2/token",
               .query = "client_id=id&client_secret=hush1&refresh_token=hush2",
               .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
               .body = "grant_type=refresh_token&code=hush3"},
              200, "", kNow);
  journal.Add(kMeeting, {.headers = {{"Authorization", "Zoho-oauthtoken hush4"}}}, 200, "", kNow);

  const std::string all = journal.ToJson({}).dump();

  EXPECT_THAT(all, Not(HasSubstr("hush")));
  EXPECT_THAT(all, HasSubstr("client_id=id"));
  EXPECT_THAT(all, HasSubstr(TokenHash("hush4")));
  EXPECT_THAT(all, HasSubstr(TokenHash("hush3")));
}

TEST(Journal, Filters) {
  Journal journal;
  journal.Add(kMeeting, {.path = "/api/v2/user.json"}, 200, "", kNow);
  journal.Add(kMeeting, {.path = "/api/v2/1/department"}, 400, "status", kNow);
  journal.Add(kAccounts, {.method = "POST", .path = "/oauth/v2/token"}, 200, "", kNow);
  const auto count = [&](absl::string_view query) {
    return journal.ToJson(Parameters::Parse(query))["count"].get<int>();
  };

  EXPECT_EQ(count(""), 3);
  EXPECT_EQ(count("role=meeting"), 2);
  EXPECT_EQ(count("region=eu"), 1);
  EXPECT_EQ(count("path=*/department"), 1);
  EXPECT_EQ(count("status=400"), 1);
  EXPECT_EQ(count("method=POST"), 1);
  EXPECT_EQ(count("since=2"), 1);
}

TEST(Journal, GivesTheNewest) {
  Journal journal;
  for (const char* path : {"/a", "/b", "/c"}) journal.Add(kMeeting, {.path = path}, 200, "", kNow);

  const Json body = journal.ToJson(Parameters::Parse("limit=2"));

  ASSERT_EQ(body["requests"].size(), 2);
  EXPECT_EQ(body["requests"][1]["path"], "/c");
  EXPECT_FALSE(journal.ToJson(Parameters::Parse("count_only=1")).contains("requests"));
}

}  // namespace
}  // namespace fake_zoho
