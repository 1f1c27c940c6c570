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

ServerLease::ServerLease(ResolvedServers& servers, Secret token, ResolvedServers::Record record)
    : servers_(servers), token_(std::move(token)) {
  state_->record = std::move(record);
}

void ServerLease::Check(Checked checked) {
  servers_.Resolve(token_.Reveal(), [state = state_, checked = std::move(checked)](
                                        absl::StatusOr<ResolvedServers::Record> record) mutable {
    if (!record.ok()) return std::move(checked)(Standing::kEnded);
    Standing standing = Standing::kSame;
    {
      const std::lock_guard lock(state->mu);
      // Most often it is the very same record.
      if (*record != state->record && !LooksAlike(**record, *state->record)) {
        standing = Standing::kChanged;
      }
      state->record = *std::move(record);
    }
    std::move(checked)(standing);
  });
}

}  // namespace mesh::frontend
