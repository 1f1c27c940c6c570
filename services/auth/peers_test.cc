#include "services/auth/peers.h"

#include <gtest/gtest.h>

#include "common/rpc/peer_policy.h"

namespace mesh::auth {
namespace {

TEST(DefaultPeers, TheFrontendNeverReadsATokenAndTheProxyNeverMintsAServer) {
  const auto policy = *rpc::PeerPolicy::Create({}, DefaultPeers());
  constexpr char kToken[] = "/mesh.auth.v1.TokenService/GetAccessToken";
  constexpr char kMint[] = "/mesh.auth.v1.McpServerService/CreateMcpServer";
  EXPECT_TRUE(policy.Allows(kMint, {"mcp-frontend-service"}));
  EXPECT_FALSE(policy.Allows(kToken, {"mcp-frontend-service"}));
  EXPECT_TRUE(policy.Allows(kToken, {"zoho-proxy-service"}));
  EXPECT_FALSE(policy.Allows(kMint, {"zoho-proxy-service"}));
  EXPECT_FALSE(policy.Allows(kMint, {"anybody"}));
  for (const char* method :
       {"/mesh.auth.v1.ClientService/RecordClients", "/mesh.auth.v1.ApprovalService/ClaimApproval",
        "/mesh.auth.v1.ApprovalService/DecideApproval"}) {
    EXPECT_TRUE(policy.Allows(method, {"mcp-frontend-service"})) << method;
    EXPECT_FALSE(policy.Allows(method, {"zoho-proxy-service"})) << method;
  }
}

}  // namespace
}  // namespace mesh::auth
