#include "services/zoho_proxy/limits_proto.h"

namespace mesh::zoho_proxy {

tools::v1::RateLimit ToProto(const RateLimitFacts& facts) {
  tools::v1::RateLimit limits;
  if (facts.limit.has_value()) limits.set_limit(*facts.limit);
  if (facts.remaining.has_value()) limits.set_remaining(*facts.remaining);
  if (facts.reset.has_value()) {
    limits.mutable_reset()->set_seconds(absl::ToInt64Seconds(*facts.reset));
  }
  return limits;
}

std::optional<tools::v1::RateLimit> LimitsOf(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value() || detail->reason != "ZOHO_RATE_LIMITED") return std::nullopt;
  tools::v1::RateLimit limits = ToProto(RateLimitFactsOf(*detail));
  if (detail->retry_after.has_value()) {
    limits.mutable_retry_after()->set_seconds(absl::ToInt64Seconds(*detail->retry_after));
  }
  return limits;
}

}  // namespace mesh::zoho_proxy
