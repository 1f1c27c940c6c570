// The other replicas of this service, each known by the address that its sessions' ids tell.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "common/base/call_context.h"
#include "common/net/http_server.h"
#include "common/rpc/call_group.h"
#include "common/rpc/channel.h"
#include "mesh/config/v1/config.pb.h"
#include "mesh/frontend/v1/sessions.grpc.pb.h"

namespace mesh::frontend {

// DNS name in the replicas' certificates, by the configuration or its default.
std::string ReplicaName(const config::v1::McpFrontendConfig& config);

// Thread-safe; no thread waits for a replica.
class Replicas {
 public:
  // `calls` must outlive it. Fails like rpc::PeerChannels::Create().
  static absl::StatusOr<std::shared_ptr<Replicas>> Create(
      const config::v1::McpFrontendConfig& config, rpc::CallGroup& calls);

  // What the replica has answered; nullopt where it has not, for example as it has gone.
  using Done = absl::AnyInvocable<void(std::optional<net::ServerResponse>) &&>;

  // Hands `message` to the replica at `address`. `done` is called once, on any thread, within
  // seconds.
  void Deliver(const CallContext& context, const std::string& address, v1::DeliverRequest message,
               Done done);

 private:
  using Stub = std::shared_ptr<v1::SessionService::Stub>;

  Replicas(rpc::PeerChannels channels, rpc::CallGroup& calls)
      : channels_(std::move(channels)), calls_(calls) {}

  absl::StatusOr<Stub> StubOf(const std::string& address);
  void Forget(const std::string& address);

  const rpc::PeerChannels channels_;
  rpc::CallGroup& calls_;
  std::mutex mu_;
  // The last used one is first.
  std::list<std::pair<std::string, Stub>> stubs_;
};

}  // namespace mesh::frontend
