#include "services/zoho_proxy/host_breakers.h"

#include "common/base/errors.h"
#include "common/base/log.h"

namespace mesh::zoho_proxy {

absl::Status HostBreakers::Admit(const std::string& host, absl::Time now) {
  const std::lock_guard lock(mu_);
  CircuitBreaker& breaker = Of(host);
  if (breaker.Admit(now)) return absl::OkStatus();
  metrics_.CountCircuitRefusal(host);
  return ZohoCircuitOpen(host, breaker.until(), now);
}

void HostBreakers::Record(const std::string& host, CircuitBreaker::Outcome outcome,
                          const std::string& account, absl::Time now) {
  bool before = false;
  bool after = false;
  {
    const std::lock_guard lock(mu_);
    CircuitBreaker& breaker = Of(host);
    before = breaker.state(now) != CircuitBreaker::State::kClosed;
    breaker.Record(outcome, account, now);
    after = breaker.state(now) != CircuitBreaker::State::kClosed;
    if (before != after) metrics_.SetCircuitOpen(host, after);
  }
  if (!before && after) LogWarning("circuit opened", {{"host", host}});
  if (before && !after) LogInfo("circuit closed", {{"host", host}});
}

CircuitBreaker& HostBreakers::Of(const std::string& host) {
  return breakers_.try_emplace(host, options_).first->second;
}

}  // namespace mesh::zoho_proxy
