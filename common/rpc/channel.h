// Channels between the mesh's services.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include <grpcpp/channel.h>

#include "mesh/config/v1/config.pb.h"

namespace mesh::rpc {

// A channel to `target` (`host:port`, or any gRPC name) that spreads calls over all its addresses,
// reconnects within a second, and notices a dead peer by keep-alives. Thread-safe; connects when
// first used.
// Fails like MakeChannelCredentials(): `config` says which certificate this service shows.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& target,
                                                           const config::v1::ServiceConfig& config);

// To a service on loopback, in plain text. For tests.
std::shared_ptr<grpc::Channel> MakeLoopbackChannel(const std::string& target);

}  // namespace mesh::rpc
