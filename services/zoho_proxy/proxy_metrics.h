// What the proxy counts. Labels are tools, outcomes, HTTP statuses and hosts: never an
// account.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace mesh::zoho_proxy {

// Thread-safe.
class ProxyMetrics {
 public:
  explicit ProxyMetrics(prometheus::Registry& registry);

  // One answer of Zoho; `status` 0 for none.
  void RecordUpstream(int status, absl::Duration took);

  // One call of a tool. `outcome` is `OK` or the reason of the error.
  void RecordCall(absl::string_view tool, absl::string_view outcome, absl::Duration took);

  // Whether nothing is sent to `host` for a while, and a call that was refused for it. Hosts are
  // those of Zoho's data centres.
  void SetCircuitOpen(absl::string_view host, bool open);
  void CountCircuitRefusal(absl::string_view host);

  // Tools of the catalogue that is served.
  void SetTools(size_t count);

  // One attempt to load a changed catalogue. `outcome` is `OK` or the reason of the error.
  void RecordReload(absl::string_view outcome);

 private:
  prometheus::Family<prometheus::Counter>& upstream_answers_;
  prometheus::Histogram& upstream_seconds_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Gauge>& circuit_open_;
  prometheus::Family<prometheus::Counter>& circuit_refusals_;
  prometheus::Gauge& tools_;
  prometheus::Family<prometheus::Counter>& reloads_;
};

}  // namespace mesh::zoho_proxy
