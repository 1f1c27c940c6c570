#include "edge/rate_limit.h"

#include <gtest/gtest.h>

#include "common/base/errors.h"

namespace mesh::edge {
namespace {

TEST(RateLimitHeaders, OfAnErrorHoldEveryNumberThatIsKnown) {
  const absl::Status error = ZohoRateLimited(
      {.limit = 100, .remaining = 0, .reset = absl::Milliseconds(90'500)}, absl::Seconds(91), 429);
  net::HttpHeaders headers;
  AddRateLimitHeaders(ReadRateLimit(*GetErrorDetail(error)), headers);
  EXPECT_EQ(headers.Get("ratelimit-limit"), "100");
  EXPECT_EQ(headers.Get("ratelimit-remaining"), "0");
  EXPECT_EQ(headers.Get("ratelimit-reset"), "91");
  EXPECT_EQ(headers.Get("retry-after"), "91");
  EXPECT_EQ(headers.Get("RateLimit"), "\"zoho\";r=0;t=91");
  EXPECT_EQ(headers.Get("RateLimit-Policy"), "\"zoho\";q=100");
}

TEST(RateLimitHeaders, InventNothing) {
  net::HttpHeaders headers;
  AddRateLimitHeaders(ReadRateLimit(*GetErrorDetail(McpTokenInvalid())), headers);
  EXPECT_TRUE(headers.empty());

  AddRateLimitHeaders(ReadRateLimit(*GetErrorDetail(ZohoRateLimited({}, absl::Seconds(900), 429))),
                      headers);
  EXPECT_EQ(headers.size(), 1);
  EXPECT_EQ(headers.Get("retry-after"), "900");
}

TEST(RateLimitHeaders, OfASuccessNeverSayWhenToRetry) {
  tools::v1::RateLimit told;
  told.set_limit(50);
  told.set_remaining(49);
  told.mutable_reset()->set_nanos(1);
  net::HttpHeaders headers;
  AddRateLimitHeaders(ReadRateLimit(told), headers);
  EXPECT_EQ(headers.Get("ratelimit-reset"), "1");
  EXPECT_FALSE(headers.Has("retry-after"));
}

TEST(RateLimitNumbers, OfMetadataThatIsNoNumberAreAbsent) {
  EXPECT_TRUE(ReadRateLimit(ErrorDetail{.metadata = {{"ratelimit-limit", "many"}}}).empty());
}

}  // namespace
}  // namespace mesh::edge
