// SessionService over gRPC: takes messages for sessions of HTTP+SSE that this replica holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "common/rpc/grpc_listener.h"
#include "common/rpc/handle.h"
#include "common/rpc/metrics.h"
#include "mesh/config/v1/config.pb.h"
#include "mesh/frontend/v1/sessions.grpc.pb.h"
#include "services/mcp_frontend/endpoint.h"

namespace mesh::frontend {

// Thread-safe; no thread waits.
class SessionServer final : public v1::SessionService::CallbackService {
 public:
  // Both must outlive it.
  SessionServer(Endpoint& endpoint, rpc::ServerMetrics& metrics);

  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* call,
                                    const v1::DeliverRequest* request,
                                    v1::DeliverResponse* response) override;

 private:
  Endpoint& endpoint_;
  rpc::MethodMetrics& metrics_;
};

// Listens for the other replicas, or returns nullptr where there are none. They alone may call.
// Fails like rpc::GrpcListener::Start().
absl::StatusOr<std::unique_ptr<rpc::GrpcListener>> ListenToReplicas(
    const config::v1::McpFrontendConfig& config, SessionServer& server);

// The address of this replica for the others; empty where there are none.
std::string ReplicaAddress(const config::v1::McpFrontendConfig& config,
                           const rpc::GrpcListener* listener);

}  // namespace mesh::frontend
