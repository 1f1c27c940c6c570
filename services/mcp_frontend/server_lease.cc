#include "services/mcp_frontend/server_lease.h"

#include <utility>

#include "edge/policy.h"

namespace mesh::frontend {
namespace {

// Whether a client would see a difference.
bool LooksAlike(const auth::v1::McpServer& a, const auth::v1::McpServer& b) {
  return a.id() == b.id() && a.account() == b.account() && a.name() == b.name() &&
         edge::FilterKey(a.config()) == edge::FilterKey(b.config()) &&
         a.config().reveal_secrets() == b.config().reveal_secrets() &&
         a.expire_time().seconds() == b.expire_time().seconds();
}

}  // namespace

ServerLease::ServerLease(ResolvedServers& servers, edge::ApiKeys& api_keys, Secret token,
                         Secret api_key, ResolvedServers::Record record)
    : servers_(servers),
      token_(std::move(token)),
      state_(new State{.api_keys = api_keys,
                       .api_key = std::move(api_key),
                       .mu = {},
                       .record = std::move(record)}) {}

mcp::Lease::Standing ServerLease::State::Take(ResolvedServers::Record now) {
  const std::lock_guard lock(mu);
  // Most often it is the very same record.
  const bool changed = now != record && !LooksAlike(*now, *record);
  record = std::move(now);
  return changed ? Standing::kChanged : Standing::kSame;
}

void ServerLease::Check(Checked checked) {
  servers_.Resolve(token_.Reveal(), [state = state_, checked = std::move(checked)](
                                        absl::StatusOr<ResolvedServers::Record> record) mutable {
    if (!record.ok()) return std::move(checked)(Standing::kEnded);
    const bool wants_key = (*record)->config().require_api_token_auth();
    const Standing standing = state->Take(*std::move(record));
    if (!wants_key) return std::move(checked)(standing);
    state->api_keys.Resolve(state->api_key.Reveal(),
                            [standing, checked = std::move(checked)](
                                const absl::StatusOr<edge::ApiKeys::Record>& key) mutable {
                              std::move(checked)(key.ok() ? standing : Standing::kEnded);
                            });
  });
}

}  // namespace mesh::frontend
