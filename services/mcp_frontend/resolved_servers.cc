#include "services/mcp_frontend/resolved_servers.h"

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/time/clock.h"

#include "common/base/call_context.h"
#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/rpc/proto_time.h"

namespace mesh::frontend {
namespace {

using auth::v1::McpServer;
using auth::v1::McpServerService;
using auth::v1::ResolvedMcpServer;
using auth::v1::ResolveMcpServerRequest;

constexpr absl::Duration kPatience = absl::Seconds(2);

// 256 bits in base64url.
constexpr size_t kTokenBytes = 43;

bool IsWellFormed(absl::string_view token) {
  return token.size() == kTokenBytes && absl::c_all_of(token, [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

bool IsExpired(const McpServer& server, absl::Time now) {
  return server.has_expire_time() && now >= absl::FromUnixSeconds(server.expire_time().seconds()) +
                                                absl::Nanoseconds(server.expire_time().nanos());
}

}  // namespace

ResolvedServers::ResolvedServers(const Clock& clock, McpServerService::StubInterface& auth,
                                 rpc::CallGroup& calls)
    : clock_(clock), cache_(clock, {}, [&auth, &calls](const std::string& sha256, auto fetched) {
        ResolveMcpServerRequest request;
        request.set_token_sha256(sha256);
        calls.Call(
            CallContext{.deadline = absl::Now() + kPatience}, "auth-service", *auth.async(),
            &McpServerService::StubInterface::async_interface::ResolveMcpServer, std::move(request),
            [fetched = std::move(fetched)](absl::StatusOr<ResolvedMcpServer> resolved) mutable {
              if (!resolved.ok()) return std::move(fetched)(resolved.status());
              std::move(fetched)(std::move(*resolved->mutable_mcp_server()));
            });
      }) {}

void ResolvedServers::Resolve(absl::string_view token, Done done) {
  if (!IsWellFormed(token)) return std::move(done)(McpTokenInvalid());
  cache_.Get(Sha256(token), [this, done = std::move(done)](absl::StatusOr<Record> server) mutable {
    if (server.ok() && IsExpired(**server, clock_.Now())) server = McpTokenInvalid();
    std::move(done)(std::move(server));
  });
}

}  // namespace mesh::frontend
