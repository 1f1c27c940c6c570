#include "tests/fake_zoho/dates.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fake_zoho {
namespace {

using ::testing::Eq;

absl::TimeZone India() { return ZoneOrUtc("Asia/Calcutta"); }

TEST(Dates, ReadsWallClockInTheZone) {
  const std::optional<absl::Time> time = ParseZohoTime("Jun 19, 2020 07:00 PM", India());

  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(absl::FormatTime(*time, absl::UTCTimeZone()), "2020-06-19T13:30:00+00:00");
}

TEST(Dates, ReadsUnpaddedDaysAndHours) {
  EXPECT_EQ(ParseZohoTime("Jan 4, 2024 7:05 AM", India()),
            ParseZohoTime("Jan 04, 2024 07:05 AM", India()));
}

TEST(Dates, RefusesOtherForms) {
  for (const char* text : {"", "2024-01-04T07:00:00Z", "January 4, 2024 07:00 PM",
                           "Jan 4, 2024 19:00", "4 Jan 2024 07:00 PM", "Jan 40, 2024 07:00 PM"}) {
    EXPECT_THAT(ParseZohoTime(text, India()), Eq(std::nullopt)) << text;
  }
}

TEST(Dates, WritesTheAbbreviationOfTheZone) {
  const absl::Time time = *ParseZohoTime("Jun 19, 2020 07:00 PM", India());

  EXPECT_EQ(ZohoTimeWithZone(time, India()), "Jun 19, 2020 07:00 PM IST");
  EXPECT_EQ(ZohoTime(time, India()), "Jun 19, 2020 07:00 PM");
  EXPECT_EQ(RecordingTime(time, India()), "2020-06-19T19:00:00 IST");
  EXPECT_EQ(OffsetAt(time, India()), absl::Milliseconds(19800000));
}

TEST(Dates, FindsNoZoneByAPath) {
  EXPECT_THAT(FindZone("/etc/localtime"), Eq(std::nullopt));
  EXPECT_THAT(FindZone("../../etc/localtime"), Eq(std::nullopt));
  EXPECT_THAT(FindZone("Mars/Olympus"), Eq(std::nullopt));
}

}  // namespace
}  // namespace fake_zoho
