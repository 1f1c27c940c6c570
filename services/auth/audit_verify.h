// Whether the audit log is as it was written.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/audit.pb.h"
#include "services/auth/store/audit_store.h"

namespace mesh::auth {

// Computes the hashes of the log anew, from sequence `start` on, or from the oldest event there is.
// Stops after `limit` events, or at `stop_at`, and says where to go on. Blocks on the store, and
// fails like it.
absl::StatusOr<v1::VerifyAuditResponse> VerifyAuditLog(AuditStore& store, int64_t start,
                                                       int64_t limit, absl::Time stop_at);

}  // namespace mesh::auth
