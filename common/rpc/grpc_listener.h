// A gRPC server as a Listener: health, reflection, and the services it was given.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <grpcpp/grpcpp.h>

#include "common/rpc/process.h"

namespace mesh::rpc {

// Serves from Start() to Shutdown(). The services must outlive it.
class GrpcListener final : public Listener {
 public:
  // Listens where `config` says, to the peers it names, or else to those of `peers`.
  // Fails with UNAVAILABLE (`ADDRESS_UNUSABLE`) where it cannot be bound, and like
  // MakeServerCredentials() and PeerPolicy::Create().
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Start(
      const config::v1::ServiceConfig& config, const std::vector<config::v1::PeerGrant>& peers,
      const std::vector<grpc::Service*>& services);

  // On any free port of loopback, in plain text. For tests.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> StartOnLoopback(
      const std::vector<grpc::Service*>& services);

  ~GrpcListener() override;

  std::string name() const override { return "grpc"; }
  std::string address() const override { return address_; }
  void StopBeingReady() override;
  void Shutdown(absl::Time deadline) override;

  // Calls `callback` when Shutdown() begins: for streams, which would not end by themselves.
  void OnShutdown(std::function<void()> callback) { on_shutdown_ = std::move(callback); }

  // A channel within the process, for tests.
  std::shared_ptr<grpc::Channel> InProcessChannel();

 private:
  GrpcListener(std::unique_ptr<grpc::Server> server, std::string address);

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::function<void()> on_shutdown_;
};

}  // namespace mesh::rpc
