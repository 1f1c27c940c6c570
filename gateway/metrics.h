// What the management surface counts and measures.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace mesh::gateway {

// Thread-safe. `route` is a pattern of the router, or `none`.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  void Answered(absl::string_view route, int status, absl::Duration took);

 private:
  prometheus::Family<prometheus::Counter>& answers_;
  prometheus::Family<prometheus::Histogram>& seconds_;
};

}  // namespace mesh::gateway
