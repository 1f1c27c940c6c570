// Zoho's limits, read from whatever an answer says about them. Pure.
#pragma once

#include "absl/time/time.h"

#include "common/base/errors.h"
#include "common/net/http_client.h"
#include "services/zoho_proxy/zoho_fault.h"

namespace mesh::zoho_proxy {

struct RateLimitReading {
  // Only what Zoho told, or what follows from a refusal.
  RateLimitFacts facts = {};

  // Whether the answer is a refusal, however Zoho dresses it.
  bool limited = false;

  // When `limited`: how long to wait.
  absl::Duration retry_after = absl::ZeroDuration();

  bool told_anything() const {
    return facts.limit.has_value() || facts.remaining.has_value() || facts.reset.has_value();
  }
};

// `fault` is what the body says is wrong, nullptr where nothing is. `assumed_lock` is the wait
// where a refusal names none.
RateLimitReading ReadRateLimit(const net::HttpResponse& response, const ZohoFault* fault,
                               absl::Time now, absl::Duration assumed_lock);

}  // namespace mesh::zoho_proxy
