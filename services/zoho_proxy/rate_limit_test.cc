#include "services/zoho_proxy/rate_limit.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace mesh::zoho_proxy {
namespace {

// 2026-11-24T10:00:00Z.
constexpr int64_t kNow = 1'795'514'400;
constexpr absl::Duration kAssumedLock = absl::Minutes(15);

struct Row {
  const char* name;
  int status = 200;
  net::HttpHeaders headers = {};
  std::optional<ZohoFault> fault = {};
  // -1: not told.
  int64_t limit = -1;
  int64_t remaining = -1;
  int64_t reset = -1;
  bool limited = false;
  int64_t retry_after = 0;
};

ZohoFault Throttle(const char* message) {
  return {.status = 400, .key = "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED", .message = message};
}

class RateLimits : public ::testing::TestWithParam<Row> {};

TEST_P(RateLimits, AreReadFromWhateverAnAnswerSays) {
  const Row& row = GetParam();
  const net::HttpResponse response{.status = row.status, .headers = row.headers};

  const RateLimitReading reading =
      ReadRateLimit(response, row.fault.has_value() ? &*row.fault : nullptr,
                    absl::FromUnixSeconds(kNow), kAssumedLock);

  EXPECT_EQ(reading.facts.limit.value_or(-1), row.limit);
  EXPECT_EQ(reading.facts.remaining.value_or(-1), row.remaining);
  EXPECT_EQ(reading.facts.reset.has_value() ? absl::ToInt64Seconds(*reading.facts.reset) : -1,
            row.reset);
  EXPECT_EQ(reading.limited, row.limited);
  EXPECT_EQ(absl::ToInt64Seconds(reading.retry_after), row.retry_after);
  EXPECT_EQ(reading.told_anything(), row.limit >= 0 || row.remaining >= 0 || row.reset >= 0);
}

INSTANTIATE_TEST_SUITE_P(
    NothingIsInvented, RateLimits,
    ::testing::Values(Row{.name = "Plain"},
                      Row{.name = "Nonsense",
                          .headers = {{"RateLimit", "soon"}, {"X-RateLimit-Limit", "many"}}},
                      Row{.name = "ServerError", .status = 503, .headers = {{"Retry-After", "5"}}}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Structured, RateLimits,
    ::testing::Values(
        Row{.name = "OnePolicy",
            .headers = {{"RateLimit-Policy", "\"default\";q=100;w=60"},
                        {"RateLimit", "\"default\";r=50;t=30"}},
            .limit = 100,
            .remaining = 50,
            .reset = 30},
        Row{.name = "TheTightestOfTwo",
            .headers = {{"RateLimit-Policy", "\"burst\";q=100;w=60, \"daily\";q=1000;w=86400"},
                        {"RateLimit", "\"burst\";r=90;t=12, \"daily\";r=30;t=3600"}},
            .limit = 1000,
            .remaining = 30,
            .reset = 3600},
        Row{.name = "WithoutPolicyAndReset",
            .headers = {{"RateLimit", "\"default\";r=7"}},
            .remaining = 7},
        Row{.name = "WinsOverClassic",
            .headers = {{"X-RateLimit-Remaining", "1"}, {"RateLimit", "\"d\";r=7;t=1"}},
            .remaining = 7,
            .reset = 1}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Classic, RateLimits,
    ::testing::Values(
        Row{.name = "OldDrafts",
            .headers = {{"RateLimit-Limit", "100, 100;w=60"},
                        {"RateLimit-Remaining", "50"},
                        {"RateLimit-Reset", "50"}},
            .limit = 100,
            .remaining = 50,
            .reset = 50},
        Row{.name = "Prefixed",
            .headers = {{"x-ratelimit-limit", "10"}, {"x-ratelimit-remaining", "3"}},
            .limit = 10,
            .remaining = 3},
        Row{.name = "Hyphenated", .headers = {{"X-Rate-Limit-Remaining", "3"}}, .remaining = 3},
        Row{.name = "ResetInEpochSeconds",
            .headers = {{"X-RateLimit-Reset", "1795514420"}},
            .reset = 20},
        Row{.name = "ResetInEpochMillis",
            .headers = {{"X-RateLimit-Reset", "1795514425500"}},
            .reset = 25},
        Row{.name = "ResetInThePast", .headers = {{"X-RateLimit-Reset", "1795514000"}}, .reset = 0},
        Row{.name = "ResetBeyondReason",
            .headers = {{"X-RateLimit-Reset", "9223372036854775807"}},
            .reset = 366 * 24 * 3600}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Vendors, RateLimits,
    ::testing::Values(
        Row{.name = "Desk",
            .headers = {{"X-Rate-Limit-Remaining-v3", "4990"}, {"X-Rate-Limit-Limit-v3", "5000"}},
            .limit = 5000,
            .remaining = 4990},
        Row{.name = "DeskDaily",
            .status = 429,
            .headers = {{"X-Rate-Limit-Remaining-v3", "0"}, {"Retry-After", "600"}},
            .fault = ZohoFault{.status = 429, .code = "THRESHOLD_EXCEEDED"},
            .remaining = 0,
            .reset = 600,
            .limited = true,
            .retry_after = 600},
        Row{.name = "Crm", .headers = {{"X-API-CREDITS-REMAINING", "12"}}, .remaining = 12}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Refusals, RateLimits,
    ::testing::Values(
        Row{.name = "FilterAs400",
            .status = 400,
            .fault = Throttle("Cannot execute more than 100 requests per API in 2 minutes. Try "
                              "again after 22 minutes."),
            .limit = 100,
            .remaining = 0,
            .reset = 1320,
            .limited = true,
            .retry_after = 1320},
        Row{.name = "FilterAs200",
            .status = 200,
            .fault = Throttle("Cannot execute more than 5 requests per API in 1 minute. Try again "
                              "after 1 minute."),
            .limit = 5,
            .remaining = 0,
            .reset = 60,
            .limited = true,
            .retry_after = 60},
        Row{.name = "FilterWithoutText",
            .status = 400,
            .fault = Throttle("zu viele Anfragen"),
            .remaining = 0,
            .reset = 900,
            .limited = true,
            .retry_after = 900},
        Row{.name = "FilterWithRetryAfter",
            .status = 400,
            .headers = {{"Retry-After", "40"}},
            .fault = Throttle("Try again after 22 minutes."),
            .remaining = 0,
            .reset = 40,
            .limited = true,
            .retry_after = 40},
        Row{.name = "Oauth",
            .status = 400,
            .fault = ZohoFault{.oauth_failure = true},
            .limit = 10,
            .remaining = 0,
            .reset = 600,
            .limited = true,
            .retry_after = 600},
        Row{.name = "Bare",
            .status = 429,
            .remaining = 0,
            .reset = 900,
            .limited = true,
            .retry_after = 900},
        Row{.name = "WithRetryAfter",
            .status = 429,
            .headers = {{"Retry-After", "30"}},
            .remaining = 0,
            .reset = 30,
            .limited = true,
            .retry_after = 30},
        Row{.name = "WithResetOnly",
            .status = 429,
            .headers = {{"RateLimit-Reset", "17"}},
            .remaining = 0,
            .reset = 17,
            .limited = true,
            .retry_after = 17},
        Row{.name = "DateCountsFromTheAnswersOwnDate",
            .status = 429,
            .headers = {{"Date", "Tue, 24 Nov 2026 09:00:00 GMT"},
                        {"Retry-After", "Tue, 24 Nov 2026 09:01:30 GMT"}},
            .remaining = 0,
            .reset = 90,
            .limited = true,
            .retry_after = 90},
        Row{.name = "DateWithoutDateCountsFromNow",
            .status = 429,
            .headers = {{"Retry-After", "Tue, 24 Nov 2026 10:00:45 GMT"}},
            .remaining = 0,
            .reset = 45,
            .limited = true,
            .retry_after = 45},
        Row{.name = "DateInThePast",
            .status = 429,
            .headers = {{"Retry-After", "Tue, 24 Nov 2026 09:00:00 GMT"}},
            .remaining = 0,
            .reset = 0,
            .limited = true,
            .retry_after = 0}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace mesh::zoho_proxy
