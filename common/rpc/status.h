// The border between absl::Status and gRPC's status: codes, messages and details, both ways,
// nothing lost.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include <grpcpp/support/status.h>

namespace mesh::rpc {

// Carries the ErrorDetail as `grpc-status-details-bin`. An INTERNAL or UNKNOWN error keeps its code
// and loses its message, which is for the log alone.
grpc::Status ToGrpc(const absl::Status& status);

// The inverse, for an answer of `service`. UNAVAILABLE without a detail comes from the connection
// and becomes `SERVICE_UNAVAILABLE`; PERMISSION_DENIED without one from the check of peers and
// becomes `PEER_NOT_ALLOWED`; DEADLINE_EXCEEDED and CANCELLED without one get theirs.
absl::Status FromGrpc(const grpc::Status& status, absl::string_view service);

}  // namespace mesh::rpc
