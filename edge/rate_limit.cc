#include "edge/rate_limit.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/rpc/proto_time.h"

namespace mesh::edge {
namespace {

// Rounded up: whoever waits that long is not early.
int64_t WholeSeconds(absl::Duration duration) {
  return absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

}  // namespace

RateLimitNumbers ReadRateLimit(const tools::v1::RateLimit& rate_limit) {
  RateLimitNumbers numbers;
  if (rate_limit.has_limit()) numbers.limit = rate_limit.limit();
  if (rate_limit.has_remaining()) numbers.remaining = rate_limit.remaining();
  if (rate_limit.has_reset()) {
    numbers.reset = WholeSeconds(rpc::DurationOf(rate_limit.reset()));
  }
  if (rate_limit.has_retry_after()) {
    numbers.retry_after = WholeSeconds(rpc::DurationOf(rate_limit.retry_after()));
  }
  return numbers;
}

RateLimitNumbers ReadRateLimit(const ErrorDetail& detail) {
  const RateLimitFacts facts = RateLimitFactsOf(detail);
  RateLimitNumbers numbers{.limit = facts.limit, .remaining = facts.remaining};
  if (facts.reset.has_value()) numbers.reset = WholeSeconds(*facts.reset);
  if (detail.retry_after.has_value()) {
    numbers.retry_after = WholeSeconds(*detail.retry_after);
  }
  return numbers;
}

void AddRateLimitHeaders(const RateLimitNumbers& numbers, net::HttpHeaders& headers) {
  const auto add = [&headers](const char* name, const std::optional<int64_t>& number) {
    if (number.has_value()) headers.Set(name, absl::StrCat(*number));
  };
  add("ratelimit-limit", numbers.limit);
  add("ratelimit-remaining", numbers.remaining);
  add("ratelimit-reset", numbers.reset);
  add("retry-after", numbers.retry_after);
  if (!numbers.limit.has_value() || !numbers.remaining.has_value()) return;
  headers.Set("RateLimit-Policy", absl::StrCat("\"zoho\";q=", *numbers.limit));
  headers.Set("RateLimit",
              absl::StrCat("\"zoho\";r=", *numbers.remaining,
                           numbers.reset.has_value() ? absl::StrCat(";t=", *numbers.reset) : ""));
}

}  // namespace mesh::edge
