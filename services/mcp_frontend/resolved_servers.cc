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
#include "edge/change_watch.h"

namespace mesh::frontend {
namespace {

using auth::v1::Change;
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

bool IsOver(bool has_end, const google::protobuf::Timestamp& end, absl::Time now) {
  return has_end && now >= rpc::TimeOf(end);
}

bool IsExpired(const ResolvedMcpServer& resolved, absl::Time now) {
  const McpServer& server = resolved.mcp_server();
  return IsOver(resolved.has_token_expire_time(), resolved.token_expire_time(), now) ||
         IsOver(server.has_expire_time(), server.expire_time(), now);
}

}  // namespace

ResolvedServers::ResolvedServers(const Clock& clock, McpServerService::StubInterface& auth,
                                 rpc::CallGroup& calls)
    : clock_(clock), cache_(clock, {}, [&auth, &calls](const std::string& sha256, auto fetched) {
        ResolveMcpServerRequest request;
        request.set_token_sha256(sha256);
        calls.Call(CallContext{.deadline = absl::Now() + kPatience}, "auth-service", *auth.async(),
                   &McpServerService::StubInterface::async_interface::ResolveMcpServer,
                   std::move(request), std::move(fetched));
      }) {}

void ResolvedServers::Resolve(absl::string_view token, Done done) {
  if (!IsWellFormed(token)) return std::move(done)(McpTokenInvalid());
  using Resolved = std::shared_ptr<const ResolvedMcpServer>;
  cache_.Get(Sha256(token),
             [this, done = std::move(done)](absl::StatusOr<Resolved> resolved) mutable {
               if (!resolved.ok()) return std::move(done)(resolved.status());
               if (IsExpired(**resolved, clock_.Now())) return std::move(done)(McpTokenInvalid());
               const McpServer* server = &(*resolved)->mcp_server();
               std::move(done)(Record(*std::move(resolved), server));
             });
}

void ResolvedServers::Apply(const auth::v1::WatchResponse& news) {
  if (news.reset() || news.changes_size() > 0) {
    cache_.Drop([&](const ResolvedMcpServer& resolved) {
      const McpServer& server = resolved.mcp_server();
      return edge::MayHaveChanged(news, Change::MCP_SERVER, server.id()) ||
             edge::MayHaveChanged(news, Change::ACCOUNT, server.account());
    });
  }
  cache_.Confirm();
}

}  // namespace mesh::frontend
