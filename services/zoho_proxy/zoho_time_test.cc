#include "services/zoho_proxy/zoho_time.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

struct GoodDate {
  const char* given;
  const char* zone;
  const char* zoho;
};

class GoodDates : public ::testing::TestWithParam<GoodDate> {};

TEST_P(GoodDates, BecomeZohosWallClock) {
  ASSERT_OK_AND_ASSIGN(const std::string date,
                       ToZohoDateTime("start_time", GetParam().given, "timezone", GetParam().zone));
  EXPECT_EQ(date, GetParam().zoho);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodDates,
    ::testing::Values(GoodDate{"2026-07-01T15:00:00+02:00", "Europe/Berlin",
                               "Jul 1, 2026 03:00 PM"},
                      GoodDate{"2026-07-01T15:00:00+02:00", "Asia/Kolkata", "Jul 1, 2026 06:30 PM"},
                      GoodDate{"2026-12-31T23:30:00Z", "Asia/Tokyo", "Jan 1, 2027 08:30 AM"},
                      GoodDate{"2026-07-01T15:00Z", "UTC", "Jul 1, 2026 03:00 PM"},
                      GoodDate{"2026-07-01T15:00:00.250Z", "UTC", "Jul 1, 2026 03:00 PM"},
                      GoodDate{"2026-07-01 15:00", "Europe/Berlin", "Jul 1, 2026 03:00 PM"},
                      GoodDate{"2026-07-01T00:05", "", "Jul 1, 2026 12:05 AM"},
                      GoodDate{"2026-07-01 12:00:00", "Asia/Calcutta", "Jul 1, 2026 12:00 PM"},
                      // The hour that a change to summer time leaves out is the host's to sort out.
                      GoodDate{"2026-03-29 02:30", "Europe/Berlin", "Mar 29, 2026 02:30 AM"}));

struct BadDate {
  const char* name;
  const char* given;
  const char* zone;
  const char* field;
};

class BadDates : public ::testing::TestWithParam<BadDate> {};

TEST_P(BadDates, AreRefusedByField) {
  const auto date = ToZohoDateTime("start_time", GetParam().given, "timezone", GetParam().zone);
  EXPECT_THAT(date, HasReason("ARGUMENT_INVALID"));
  EXPECT_EQ(GetErrorDetail(date.status())->metadata.at("field"), GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDates,
    ::testing::Values(BadDate{"Words", "tomorrow at 5", "UTC", "start_time"},
                      BadDate{"Endless", "infinite-future", "UTC", "start_time"},
                      BadDate{"NoSuchDay", "2026-02-30 10:00", "UTC", "start_time"},
                      BadDate{"Seconds", "2026-02-28 12:00:30", "UTC", "start_time"},
                      BadDate{"SecondsWithOffset", "2026-02-28T12:00:30Z", "UTC", "start_time"},
                      BadDate{"DayOnly", "2026-02-28", "UTC", "start_time"},
                      BadDate{"Empty", "", "UTC", "start_time"},
                      BadDate{"NoZone", "2026-07-01T15:00:00Z", "", "timezone"},
                      BadDate{"UnknownZone", "2026-07-01 15:00", "Mars/Base", "timezone"},
                      BadDate{"PathAsZone", "2026-07-01 15:00", "/etc/localtime", "timezone"},
                      BadDate{"TraversalAsZone", "2026-07-01 15:00", "Europe/../UTC", "timezone"}),
    [](const auto& info) { return info.param.name; });

struct ZohoDate {
  const char* text;
  const char* zone;
  const char* rfc3339;
};

class ZohoDates : public ::testing::TestWithParam<ZohoDate> {};

TEST_P(ZohoDates, AreReadInTheZoneThatStandsBesideThem) {
  const absl::TimeZone zone = *FindZone(GetParam().zone);
  const std::optional<absl::Time> time = ParseZohoDateTime(GetParam().text, zone);
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(FormatRfc3339(*time, zone), GetParam().rfc3339);
}

INSTANTIATE_TEST_SUITE_P(
    All, ZohoDates,
    ::testing::Values(
        ZohoDate{"Jun 19, 2020 07:00 PM IST", "Asia/Kolkata", "2020-06-19T19:00:00+05:30"},
        ZohoDate{"Jun 19, 2020 07:00 PM", "Asia/Kolkata", "2020-06-19T19:00:00+05:30"},
        ZohoDate{"Jan 4, 2024 7:00 PM", "UTC", "2024-01-04T19:00:00+00:00"},
        ZohoDate{"Jul 1, 2026 12:30 AM CEST", "Europe/Berlin", "2026-07-01T00:30:00+02:00"},
        ZohoDate{"2023-08-18T10:46:28 IST", "Asia/Kolkata", "2023-08-18T10:46:28+05:30"}));

TEST(ZohoTime, WhatIsNoDateIsNone) {
  for (const char* text : {"", "soon", "02:20 PM - 02:21 PM", "Wed, 2 Jul", "infinite-past"}) {
    EXPECT_FALSE(ParseZohoDateTime(text, absl::UTCTimeZone()).has_value()) << text;
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
