#include "services/zoho_proxy/proxy_metrics.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "common/rpc/metrics.h"

namespace mesh::zoho_proxy {

ProxyMetrics::ProxyMetrics(prometheus::Registry& registry)
    : upstream_answers_(prometheus::BuildCounter()
                            .Name("mesh_zoho_upstream_answers_total")
                            .Help("Answers of Zoho Meeting by HTTP status; 0 for none.")
                            .Register(registry)),
      upstream_seconds_(prometheus::BuildHistogram()
                            .Name("mesh_zoho_upstream_duration_seconds")
                            .Help("Time from a request to Zoho Meeting to its whole answer.")
                            .Register(registry)
                            .Add({}, rpc::LatencyBuckets())),
      calls_(prometheus::BuildCounter()
                 .Name("mesh_zoho_tool_calls_total")
                 .Help("Tool calls by tool and outcome: OK or the reason of the error.")
                 .Register(registry)),
      call_seconds_(prometheus::BuildHistogram()
                        .Name("mesh_zoho_tool_call_duration_seconds")
                        .Help("Time from a tool call to its answer, by tool.")
                        .Register(registry)),
      circuit_open_(prometheus::BuildGauge()
                        .Name("mesh_zoho_circuit_open")
                        .Help("1 while a host fails so often that nothing is sent to it, else 0.")
                        .Register(registry)),
      circuit_refusals_(prometheus::BuildCounter()
                            .Name("mesh_zoho_circuit_refusals_total")
                            .Help("Calls that were not sent because their host fails, by host.")
                            .Register(registry)),
      tools_(prometheus::BuildGauge()
                 .Name("mesh_zoho_catalog_tools")
                 .Help("Tools of the catalogue that is served.")
                 .Register(registry)
                 .Add({})),
      reloads_(prometheus::BuildCounter()
                   .Name("mesh_zoho_catalog_reloads_total")
                   .Help("Catalogues loaded anew by outcome: OK, or the reason why the one before "
                         "is still served.")
                   .Register(registry)) {
  // So that the first failure is a rise from 0.
  for (const char* outcome : {"OK", "CATALOG_INVALID"}) reloads_.Add({{"outcome", outcome}});
}

void ProxyMetrics::RecordUpstream(int status, absl::Duration took) {
  upstream_answers_.Add({{"code", absl::StrCat(status)}}).Increment();
  upstream_seconds_.Observe(absl::ToDoubleSeconds(took));
}

void ProxyMetrics::RecordCall(absl::string_view tool, absl::string_view outcome,
                              absl::Duration took) {
  calls_.Add({{"tool", std::string(tool)}, {"outcome", std::string(outcome)}}).Increment();
  call_seconds_.Add({{"tool", std::string(tool)}}, rpc::LatencyBuckets())
      .Observe(absl::ToDoubleSeconds(took));
}

void ProxyMetrics::SetCircuitOpen(absl::string_view host, bool open) {
  circuit_open_.Add({{"host", std::string(host)}}).Set(open ? 1 : 0);
}

void ProxyMetrics::CountCircuitRefusal(absl::string_view host) {
  circuit_refusals_.Add({{"host", std::string(host)}}).Increment();
}

void ProxyMetrics::SetTools(size_t count) { tools_.Set(static_cast<double>(count)); }

void ProxyMetrics::RecordReload(absl::string_view outcome) {
  reloads_.Add({{"outcome", std::string(outcome)}}).Increment();
}

}  // namespace mesh::zoho_proxy
