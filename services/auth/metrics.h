// What auth-service counts beside its gRPC calls.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace mesh::auth {

// Thread-safe.
class AuthMetrics {
 public:
  explicit AuthMetrics(prometheus::Registry& registry);

  // A request to a token endpoint. `outcome` is an OutcomeName(), or `unreachable`.
  void RecordTokenRequest(absl::string_view region, absl::string_view outcome, absl::Duration took);

 private:
  prometheus::Family<prometheus::Counter>& token_requests_;
  prometheus::Family<prometheus::Histogram>& token_request_seconds_;
  prometheus::Family<prometheus::Counter>& leases_;
  prometheus::Family<prometheus::Counter>& resolutions_;
  prometheus::Family<prometheus::Counter>& audit_events_;
  prometheus::Family<prometheus::Counter>& approvals_;

 public:
  // Access tokens lent, by where they came from.
  prometheus::Counter& leases_from_memory;
  prometheus::Counter& leases_from_store;
  prometheus::Counter& leases_from_zoho;
  // Callers that got an error instead.
  prometheus::Counter& leases_refused;

  // Refreshes that were left to another replica.
  prometheus::Counter& refreshes_awaited;

  // Accounts whose grant Zoho refused.
  prometheus::Counter& reauthorizations;

  prometheus::Counter& mcp_tokens_resolved;
  prometheus::Counter& mcp_tokens_refused;

  prometheus::Counter& expired_mcp_servers;

  // Approvals that were asked for, and what became of them.
  prometheus::Counter& approvals_requested;
  prometheus::Counter& approvals_approved;
  prometheus::Counter& approvals_denied;
  prometheus::Counter& approvals_used;

  // Audit events that reached the database, that wait on disk instead, and that found no place.
  prometheus::Counter& audit_events_stored;
  prometheus::Counter& audit_events_spooled;
  prometheus::Counter& audit_events_lost;
  prometheus::Gauge& audit_spool_bytes;

  // Streams of changes.
  prometheus::Gauge& watchers;
};

}  // namespace mesh::auth
