// Channels between the mesh's services.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include "mesh/config/v1/config.pb.h"

namespace mesh::rpc {

// A channel to `target` (`host:port`, or any gRPC name) that spreads calls over all its addresses,
// reconnects within a second, and notices a dead peer by keep-alives. Thread-safe; connects when
// first used.
// Fails like MakeChannelCredentials(): `config` says which certificate this service shows.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& target,
                                                           const config::v1::ServiceConfig& config);

// Channels to services that become known one by one, all of the same name. Thread-safe.
class PeerChannels {
 public:
  // `config` as for MakeChannel(). With TLS, peers show a certificate that holds `name`, whatever
  // their address. Fails like MakeChannelCredentials().
  static absl::StatusOr<PeerChannels> Create(const config::v1::ServiceConfig& config,
                                             std::string name);

  // To one address, connected while it is used. Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where
  // it would be plain text and not on loopback. Does not block.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> To(const std::string& target) const;

 private:
  PeerChannels(std::shared_ptr<grpc::ChannelCredentials> credentials, std::string name)
      : credentials_(std::move(credentials)), name_(std::move(name)) {}

  // nullptr for plain text.
  std::shared_ptr<grpc::ChannelCredentials> credentials_;
  std::string name_;
};

// To a service on loopback, in plain text. For tests.
std::shared_ptr<grpc::Channel> MakeLoopbackChannel(const std::string& target);

}  // namespace mesh::rpc
