// A circuit breaker for each host, and their metrics.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "services/zoho_proxy/circuit_breaker.h"
#include "services/zoho_proxy/proxy_metrics.h"

namespace mesh::zoho_proxy {

// Thread-safe. Hosts are those of the region table and their like: few.
class HostBreakers {
 public:
  // `metrics` must outlive it.
  HostBreakers(const CircuitBreakerOptions& options, ProxyMetrics& metrics)
      : options_(options), metrics_(metrics) {}

  // Fails with UNAVAILABLE (`ZOHO_CIRCUIT_OPEN`). After OK the call's end goes to Record().
  absl::Status Admit(const std::string& host, absl::Time now);

  void Record(const std::string& host, CircuitBreaker::Outcome outcome, const std::string& account,
              absl::Time now);

 private:
  CircuitBreaker& Of(const std::string& host);

  const CircuitBreakerOptions options_;
  ProxyMetrics& metrics_;
  std::mutex mu_;
  std::map<std::string, CircuitBreaker> breakers_;
};

}  // namespace mesh::zoho_proxy
