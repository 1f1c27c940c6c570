// What gRPC connections of the mesh prove to each other: mutual TLS, or that they stay on loopback.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <grpcpp/grpcpp.h>

#include "common/rpc/peer_policy.h"
#include "mesh/config/v1/config.pb.h"

namespace mesh::rpc {

// For a server at `listen` (`host:port`). With TLS, peers must have a certificate of the mesh's
// authorities, and calls that `peers` does not allow get PERMISSION_DENIED (`PEER_NOT_ALLOWED`).
// Fails with INVALID_ARGUMENT (`FIELD_INVALID`: no TLS and not loopback; `CERTIFICATE_INVALID`),
// NOT_FOUND (`FILE_UNREADABLE`), PERMISSION_DENIED (`FILE_UNSAFE`).
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const config::v1::ServiceConfig& config, const std::string& listen, PeerPolicy peers,
    absl::Time now);

// For a channel to `target`, whose certificate must hold the name in it. Fails likewise.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const config::v1::ServiceConfig& config, const std::string& target, absl::Time now);

}  // namespace mesh::rpc
