// The gRPC service of MCP servers.
#pragma once

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/mcp_servers.grpc.pb.h"
#include "services/auth/audit_trail.h"
#include "services/auth/metrics.h"
#include "services/auth/store/mcp_server_store.h"

namespace mesh::auth {

// Thread-safe.
class McpServerService final : public v1::McpServerService::CallbackService {
 public:
  McpServerService(McpServerStore& store, const Clock& clock, ThreadPool& pool,
                   rpc::ServerMetrics& rpc_metrics, AuthMetrics& metrics, AuditTrail& audit)
      : store_(store),
        clock_(clock),
        pool_(pool),
        rpc_metrics_(rpc_metrics),
        metrics_(metrics),
        audit_(audit) {}

  grpc::ServerUnaryReactor* CreateMcpServer(grpc::CallbackServerContext* call,
                                            const v1::CreateMcpServerRequest* request,
                                            v1::CreateMcpServerResponse* response) override;
  grpc::ServerUnaryReactor* GetMcpServer(grpc::CallbackServerContext* call,
                                         const v1::GetMcpServerRequest* request,
                                         v1::McpServer* response) override;
  grpc::ServerUnaryReactor* ListMcpServers(grpc::CallbackServerContext* call,
                                           const v1::ListMcpServersRequest* request,
                                           v1::ListMcpServersResponse* response) override;
  grpc::ServerUnaryReactor* UpdateMcpServer(grpc::CallbackServerContext* call,
                                            const v1::UpdateMcpServerRequest* request,
                                            v1::McpServer* response) override;
  grpc::ServerUnaryReactor* RotateMcpServerToken(
      grpc::CallbackServerContext* call, const v1::RotateMcpServerTokenRequest* request,
      v1::RotateMcpServerTokenResponse* response) override;
  grpc::ServerUnaryReactor* DeleteMcpServer(grpc::CallbackServerContext* call,
                                            const v1::DeleteMcpServerRequest* request,
                                            google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ResolveMcpServer(grpc::CallbackServerContext* call,
                                             const v1::ResolveMcpServerRequest* request,
                                             v1::ResolvedMcpServer* response) override;

 private:
  absl::StatusOr<v1::CreateMcpServerResponse> Create(const CallContext& context,
                                                     const v1::CreateMcpServerRequest& request);
  absl::StatusOr<v1::ListMcpServersResponse> List(const v1::ListMcpServersRequest& request);
  absl::StatusOr<v1::McpServer> Update(const CallContext& context,
                                       const v1::UpdateMcpServerRequest& request);
  absl::StatusOr<v1::RotateMcpServerTokenResponse> Rotate(
      const CallContext& context, const v1::RotateMcpServerTokenRequest& request);
  absl::StatusOr<google::protobuf::Empty> Delete(const CallContext& context,
                                                 const v1::DeleteMcpServerRequest& request);
  absl::StatusOr<v1::ResolvedMcpServer> Resolve(const v1::ResolveMcpServerRequest& request);

  McpServerStore& store_;
  const Clock& clock_;
  ThreadPool& pool_;
  rpc::ServerMetrics& rpc_metrics_;
  AuthMetrics& metrics_;
  AuditTrail& audit_;
};

}  // namespace mesh::auth
