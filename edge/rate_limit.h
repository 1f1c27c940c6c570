// What Zoho told of its limits, as HTTP headers: the three plain fields, and the structured pair
// where the policy is known. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/errors.h"
#include "common/net/http.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::edge {

// In requests and whole seconds; absent where Zoho did not tell.
struct RateLimitNumbers {
  std::optional<int64_t> limit = {};
  std::optional<int64_t> remaining = {};
  std::optional<int64_t> reset = {};
  std::optional<int64_t> retry_after = {};

  bool empty() const { return !limit && !remaining && !reset && !retry_after; }
};

// Of a successful answer.
RateLimitNumbers ReadRateLimit(const tools::v1::RateLimit& rate_limit);

// Of an error: its metadata and `retry_after`.
RateLimitNumbers ReadRateLimit(const ErrorDetail& detail);

// `ratelimit-limit`, `ratelimit-remaining`, `ratelimit-reset`, `retry-after`, and `RateLimit` and
// `RateLimit-Policy` where limit and remaining are known. The policy has no window (`w`): Zoho's
// headers name none.
void AddRateLimitHeaders(const RateLimitNumbers& numbers, net::HttpHeaders& headers);

}  // namespace mesh::edge
