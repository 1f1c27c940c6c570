#include "services/auth/peers.h"

#include "common/rpc/peer_policy.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "mesh/auth/v1/approvals.grpc.pb.h"
#include "mesh/auth/v1/audit.grpc.pb.h"
#include "mesh/auth/v1/changes.grpc.pb.h"
#include "mesh/auth/v1/clients.grpc.pb.h"
#include "mesh/auth/v1/connect.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.grpc.pb.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"

namespace mesh::auth {

std::vector<config::v1::PeerGrant> DefaultPeers() {
  return {
      rpc::Grant(
          "mcp-frontend-service",
          {v1::AccountService::service_full_name(), v1::McpServerService::service_full_name(),
           v1::ApiKeyService::service_full_name(), v1::AuditService::service_full_name(),
           v1::ConnectService::service_full_name(), v1::ChangeService::service_full_name(),
           v1::ClientService::service_full_name(), v1::ApprovalService::service_full_name()}),
      rpc::Grant("zoho-proxy-service", {v1::TokenService::service_full_name()}),
  };
}

}  // namespace mesh::auth
