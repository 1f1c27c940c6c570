// The MCP servers behind URL tokens, resolved through auth-service and held while it says that they
// have not changed.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/clock.h"
#include "common/rpc/call_group.h"
#include "edge/resolution_cache.h"
#include "mesh/auth/v1/changes.pb.h"
#include "mesh/auth/v1/mcp_servers.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"

namespace mesh::frontend {

// Thread-safe. Holds digests of tokens, never tokens.
class ResolvedServers {
 public:
  using Record = std::shared_ptr<const auth::v1::McpServer>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Record>) &&>;

  ResolvedServers(const Clock& clock, auth::v1::McpServerService::StubInterface& auth,
                  rpc::CallGroup& calls);

  // Fails with UNAUTHENTICATED (`MCP_TOKEN_INVALID`) alike where the token is malformed, unknown,
  // revoked, or expired by the clock of this machine, and with UNAVAILABLE where auth-service does
  // not answer and the token was not seen in the last 30 seconds.
  void Resolve(absl::string_view token, Done done);

  // For a ChangeWatch.
  void Apply(const auth::v1::WatchResponse& news);

 private:
  const Clock& clock_;
  edge::ResolutionCache<auth::v1::ResolvedMcpServer> cache_;
};

}  // namespace mesh::frontend
