#include "tests/fake_zoho/throttle.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

ThrottleProfile Profile(const std::string& name, int64_t limit = 3) {
  return {.name = name, .limit = limit};
}

Throttle::Verdict Admit(Throttle& throttle, const ThrottleProfile& profile, absl::Time now = kNow,
                        absl::string_view endpoint = "department") {
  return throttle.Admit(profile, "org", "user", endpoint, now);
}

TEST(Throttle, WithoutAProfileEverythingGoesOn) {
  Throttle throttle;

  for (int i = 0; i < 1000; ++i) {
    ASSERT_THAT(Admit(throttle, Profile("none")).refusal, Eq(std::nullopt));
  }
}

TEST(Throttle, TheFilterLocksForLongerThanItsWindow) {
  Throttle throttle;
  const ThrottleProfile profile = {.name = "filter"};
  for (int i = 0; i < 100; ++i) {
    ASSERT_FALSE(Admit(throttle, profile).refusal.has_value());
  }

  const std::optional<Answer> refusal = Admit(throttle, profile).refusal;

  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 400);
  EXPECT_EQ(refusal->body,
            R"({"error":{"status_code":400,"title":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",)"
            R"("details":{"message":"Cannot execute more than 100 requests per API in 2 minutes. )"
            R"(Try again after 22 minutes."}}})");
  EXPECT_TRUE(Admit(throttle, profile, kNow + absl::Minutes(21)).refusal.has_value());
  EXPECT_FALSE(Admit(throttle, profile, kNow + absl::Minutes(22)).refusal.has_value());
}

TEST(Throttle, TheFilterSaysHowManyMinutesAreLeft) {
  Throttle throttle;
  for (int i = 0; i < 4; ++i) Admit(throttle, Profile("filter"));

  const Throttle::Verdict verdict =
      Admit(throttle, Profile("filter"), kNow + absl::Minutes(7) + absl::Seconds(30));

  EXPECT_THAT(verdict.refusal->body, HasSubstr("Try again after 15 minutes."));
}

TEST(Throttle, TheFilterRollsAndCountsByEndpoint) {
  Throttle throttle;
  const ThrottleProfile profile = Profile("filter");

  for (int i = 0; i < 9; ++i) {
    const absl::Time now = kNow + i * absl::Minutes(1);
    EXPECT_FALSE(Admit(throttle, profile, now).refusal.has_value()) << i;
    EXPECT_FALSE(Admit(throttle, profile, now, "user").refusal.has_value()) << i;
  }
}

TEST(Throttle, TheFilterMayHideBehindASuccess) {
  Throttle throttle;
  for (int i = 0; i < 3; ++i) Admit(throttle, Profile("filter-200"));

  const std::optional<Answer> refusal = Admit(throttle, Profile("filter-200")).refusal;

  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 200);
  EXPECT_THAT(refusal->body, HasSubstr(R"("status_code":"400")"));
}

TEST(Throttle, Plain429NamesTheSecondsToTheWindowsEnd) {
  Throttle throttle;
  for (int i = 0; i < 3; ++i) Admit(throttle, Profile("plain-429"));

  const std::optional<Answer> refusal =
      Admit(throttle, Profile("plain-429"), kNow + absl::Milliseconds(30'500)).refusal;

  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 429);
  EXPECT_THAT(refusal->headers.Get("Retry-After"), Eq("90"));
  EXPECT_TRUE(refusal->body.empty());
  EXPECT_FALSE(Admit(throttle, Profile("plain-429"), kNow + absl::Minutes(2)).refusal.has_value());
}

TEST(Throttle, DeskCountsDownOnEveryAnswer) {
  Throttle throttle;

  EXPECT_THAT(Admit(throttle, Profile("desk")).headers.Get("X-Rate-Limit-Remaining-v3"), Eq("2"));
  EXPECT_THAT(Admit(throttle, Profile("desk")).headers.Get("X-Rate-Limit-Remaining-v3"), Eq("1"));
  Admit(throttle, Profile("desk"));
  const std::optional<Answer> refusal = Admit(throttle, Profile("desk")).refusal;

  ASSERT_TRUE(refusal.has_value());
  EXPECT_THAT(refusal->body, HasSubstr("THRESHOLD_EXCEEDED"));
  EXPECT_THAT(refusal->headers.Get("X-Rate-Limit-Remaining-v3"), Eq("0"));
  EXPECT_THAT(refusal->headers.Get("Retry-After"), Eq("120"));
}

TEST(Throttle, CrmShowsItsCreditsOnceHalfAreUsed) {
  Throttle throttle;
  const ThrottleProfile profile = Profile("crm", 4);

  EXPECT_FALSE(Admit(throttle, profile).headers.Has("X-API-CREDITS-REMAINING"));
  EXPECT_THAT(Admit(throttle, profile).headers.Get("X-API-CREDITS-REMAINING"), Eq("2"));
}

TEST(Throttle, BothHeaderGenerationsNameTheReset) {
  Throttle older;
  Throttle newer;

  const Throttle::Verdict old_fields = Admit(older, Profile("x-ratelimit"));
  const Throttle::Verdict new_fields = Admit(newer, Profile("ratelimit"));

  EXPECT_THAT(old_fields.headers.Get("X-RateLimit-Reset"), Eq("1780000120"));
  EXPECT_THAT(new_fields.headers.Get("RateLimit"), Eq("\"default\";r=2;t=120"));
  EXPECT_THAT(new_fields.headers.Get("RateLimit-Policy"), Eq("\"default\";q=3;w=120"));
}

TEST(Throttle, KnowsItsProfiles) {
  EXPECT_TRUE(IsThrottleProfile("filter-200"));
  EXPECT_FALSE(IsThrottleProfile("filter-300"));
}

}  // namespace
}  // namespace fake_zoho
