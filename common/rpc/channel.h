// Channels between the mesh's services.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/channel.h>

namespace mesh::rpc {

// A channel to `target` (`host:port`, or any gRPC name) that spreads calls over all its addresses,
// reconnects within a second, and notices a dead peer by keep-alives. Thread-safe; connects when
// first used.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target);

}  // namespace mesh::rpc
