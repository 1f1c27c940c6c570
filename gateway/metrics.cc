#include "gateway/metrics.h"

#include "absl/strings/str_cat.h"

#include "common/rpc/metrics.h"

namespace mesh::gateway {

Metrics::Metrics(prometheus::Registry& registry)
    : answers_(prometheus::BuildCounter()
                   .Name("mesh_management_answers_total")
                   .Help("Requests answered on the private listener, by route and HTTP status.")
                   .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("mesh_management_duration_seconds")
                   .Help("Time to the answer on the private listener, by route.")
                   .Register(registry)) {}

void Metrics::Answered(absl::string_view route, int status, absl::Duration took) {
  answers_.Add({{"route", std::string(route)}, {"code", absl::StrCat(status)}}).Increment();
  seconds_.Add({{"route", std::string(route)}}, rpc::LatencyBuckets())
      .Observe(absl::ToDoubleSeconds(took));
}

}  // namespace mesh::gateway
