// Metrics of the calls that a gRPC server answers, and the endpoint that shows a process's metrics.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace prometheus {
class Exposer;
}  // namespace prometheus

namespace mesh::rpc {

// Bounds in seconds, from what memory answers to what Zoho answers late.
prometheus::Histogram::BucketBoundaries LatencyBuckets();

// Of one method. Thread-safe, without a lock.
class MethodMetrics {
 public:
  MethodMetrics(prometheus::Family<prometheus::Counter>& calls,
                prometheus::Family<prometheus::Histogram>& seconds, absl::string_view method);

  void Record(absl::StatusCode code, absl::Duration took);

 private:
  // By status code: UNAUTHENTICATED is the last.
  std::array<prometheus::Counter*, static_cast<size_t>(absl::StatusCode::kUnauthenticated) + 1>
      calls_;
  prometheus::Histogram& seconds_;
};

// `mesh_rpc_server_calls_total{method,code}` and `mesh_rpc_server_duration_seconds{method}`.
// Thread-safe.
class ServerMetrics {
 public:
  explicit ServerMetrics(prometheus::Registry& registry);

  // The same object for the same method, valid as long as this one.
  MethodMetrics& Of(absl::string_view method);

 private:
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  std::mutex mu_;
  std::unordered_map<std::string, std::unique_ptr<MethodMetrics>> methods_;
};

// Serves a registry as `/metrics` until destroyed.
class MetricsEndpoint {
 public:
  // Fails with UNAVAILABLE (`ADDRESS_UNUSABLE`).
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(
      const std::string& listen, std::shared_ptr<prometheus::Registry> registry);

  ~MetricsEndpoint();

  // `host:port` as bound.
  const std::string& address() const { return address_; }

 private:
  MetricsEndpoint(std::unique_ptr<prometheus::Exposer> exposer,
                  std::shared_ptr<prometheus::Registry> registry, std::string address);

  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::string address_;
};

}  // namespace mesh::rpc
