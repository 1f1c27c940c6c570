#include "services/auth/peers.h"

#include "common/rpc/peer_policy.h"

namespace mesh::auth {

std::vector<config::v1::PeerGrant> DefaultPeers() {
  return {
      rpc::Grant("mcp-frontend-service",
                 {"mesh.auth.v1.AccountService", "mesh.auth.v1.McpServerService",
                  "mesh.auth.v1.ApiKeyService", "mesh.auth.v1.AuditService",
                  "mesh.auth.v1.ConnectService", "mesh.auth.v1.ChangeService"}),
      rpc::Grant("zoho-proxy-service", {"mesh.auth.v1.TokenService"}),
  };
}

}  // namespace mesh::auth
