// Audit events as the store takes them. Pure.
#pragma once

#include "absl/time/time.h"

#include "mesh/auth/v1/audit.pb.h"

namespace mesh::auth {

// Makes of `event`, which may come from anywhere, one that every database takes: without control
// characters, each field of bounded length, with an id and a time. Sequence and hash go.
void TidyEvent(absl::Time now, v1::AuditEvent& event);

}  // namespace mesh::auth
