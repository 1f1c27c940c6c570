#include "services/auth/metrics.h"

#include <string>

#include "common/rpc/metrics.h"

namespace mesh::auth {

using prometheus::BuildCounter;
using prometheus::BuildHistogram;

AuthMetrics::AuthMetrics(prometheus::Registry& registry)
    : token_requests_(BuildCounter()
                          .Name("mesh_auth_token_requests_total")
                          .Help("Requests to Zoho's token endpoints, by region and outcome.")
                          .Register(registry)),
      token_request_seconds_(BuildHistogram()
                                 .Name("mesh_auth_token_request_duration_seconds")
                                 .Help("Time to a token endpoint's answer, by region.")
                                 .Register(registry)),
      leases_(BuildCounter()
                  .Name("mesh_auth_access_tokens_lent_total")
                  .Help("Access tokens asked for, by where they came from.")
                  .Register(registry)),
      resolutions_(BuildCounter()
                       .Name("mesh_auth_mcp_tokens_resolved_total")
                       .Help("MCP URLs resolved, by outcome.")
                       .Register(registry)),
      audit_events_(BuildCounter()
                        .Name("mesh_auth_audit_events_total")
                        .Help("Audit events, by where they went.")
                        .Register(registry)),
      approvals_(BuildCounter()
                     .Name("mesh_auth_approvals_total")
                     .Help("Approvals of tool calls, by what happened to them.")
                     .Register(registry)),
      leases_from_memory(leases_.Add({{"source", "memory"}})),
      leases_from_store(leases_.Add({{"source", "store"}})),
      leases_from_zoho(leases_.Add({{"source", "zoho"}})),
      leases_refused(leases_.Add({{"source", "none"}})),
      refreshes_awaited(BuildCounter()
                            .Name("mesh_auth_refreshes_awaited_total")
                            .Help("Looks at the store while another replica asked Zoho.")
                            .Register(registry)
                            .Add({})),
      reauthorizations(BuildCounter()
                           .Name("mesh_auth_reauthorizations_required_total")
                           .Help("Accounts whose grant Zoho refused.")
                           .Register(registry)
                           .Add({})),
      mcp_tokens_resolved(resolutions_.Add({{"outcome", "resolved"}})),
      mcp_tokens_refused(resolutions_.Add({{"outcome", "refused"}})),
      expired_mcp_servers(BuildCounter()
                              .Name("mesh_auth_expired_mcp_servers_removed_total")
                              .Help("MCP servers removed after their expiry.")
                              .Register(registry)
                              .Add({})),
      approvals_requested(approvals_.Add({{"event", "requested"}})),
      approvals_approved(approvals_.Add({{"event", "approved"}})),
      approvals_denied(approvals_.Add({{"event", "denied"}})),
      approvals_used(approvals_.Add({{"event", "used"}})),
      audit_events_stored(audit_events_.Add({{"to", "store"}})),
      audit_events_spooled(audit_events_.Add({{"to", "disk"}})),
      audit_events_lost(audit_events_.Add({{"to", "nowhere"}})),
      audit_spool_bytes(prometheus::BuildGauge()
                            .Name("mesh_auth_audit_spool_bytes")
                            .Help("Audit events that wait on disk for the database.")
                            .Register(registry)
                            .Add({})),
      watchers(prometheus::BuildGauge()
                   .Name("mesh_auth_change_streams")
                   .Help("Replicas that follow the changes.")
                   .Register(registry)
                   .Add({})) {}

void AuthMetrics::RecordTokenRequest(absl::string_view region, absl::string_view outcome,
                                     absl::Duration took) {
  token_requests_.Add({{"region", std::string(region)}, {"outcome", std::string(outcome)}})
      .Increment();
  token_request_seconds_.Add({{"region", std::string(region)}}, rpc::LatencyBuckets())
      .Observe(absl::ToDoubleSeconds(took));
}

}  // namespace mesh::auth
