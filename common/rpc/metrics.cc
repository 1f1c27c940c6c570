#include "common/rpc/metrics.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include <prometheus/exposer.h>

#include "common/base/errors.h"

namespace mesh::rpc {

prometheus::Histogram::BucketBoundaries LatencyBuckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

MethodMetrics::MethodMetrics(prometheus::Family<prometheus::Counter>& calls,
                             prometheus::Family<prometheus::Histogram>& seconds,
                             absl::string_view method)
    : seconds_(seconds.Add({{"method", std::string(method)}}, LatencyBuckets())) {
  for (size_t code = 0; code < calls_.size(); ++code) {
    calls_[code] =
        &calls.Add({{"method", std::string(method)},
                    {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}});
  }
}

void MethodMetrics::Record(absl::StatusCode code, absl::Duration took) {
  const auto index = static_cast<size_t>(code);
  calls_[index < calls_.size() ? index : static_cast<size_t>(absl::StatusCode::kUnknown)]
      ->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(took));
}

ServerMetrics::ServerMetrics(prometheus::Registry& registry)
    : calls_(prometheus::BuildCounter()
                 .Name("mesh_rpc_server_calls_total")
                 .Help("gRPC calls answered, by method and status code.")
                 .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("mesh_rpc_server_duration_seconds")
                   .Help("Time from a gRPC call's arrival to its answer, by method.")
                   .Register(registry)) {}

MethodMetrics& ServerMetrics::Of(absl::string_view method) {
  const std::lock_guard lock(mu_);
  std::unique_ptr<MethodMetrics>& metrics = methods_[std::string(method)];
  if (metrics == nullptr) metrics = std::make_unique<MethodMetrics>(calls_, seconds_, method);
  return *metrics;
}

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    const std::string& listen, std::shared_ptr<prometheus::Registry> registry) {
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(listen, /*num_threads=*/1);
    exposer->RegisterCollectable(registry);
    const size_t colon = listen.rfind(':');
    std::string address =
        absl::StrCat(listen.substr(0, colon), ":", exposer->GetListeningPorts().front());
    return std::unique_ptr<MetricsEndpoint>(
        new MetricsEndpoint(std::move(exposer), std::move(registry), std::move(address)));
  } catch (
      const std::exception& error) {  // CivetWeb throws where it cannot bind, and does not say why.
    return AddressUnusable(listen, "the port is taken, or the address is not of this machine");
  }
}

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<prometheus::Exposer> exposer,
                                 std::shared_ptr<prometheus::Registry> registry,
                                 std::string address)
    : registry_(std::move(registry)), exposer_(std::move(exposer)), address_(std::move(address)) {}

MetricsEndpoint::~MetricsEndpoint() = default;

}  // namespace mesh::rpc
