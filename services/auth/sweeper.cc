#include "services/auth/sweeper.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "services/auth/zoho_limits.h"

namespace mesh::auth {
namespace {

// A sweep holds the database's only writer; others get their turn between two batches.
constexpr int64_t kBatch = 500;

// More than a replica holds in memory, so that one that starts finds all of that.
constexpr int64_t kKeepChanges = 10'000;

// So that people see what became of an approval; the audit log remembers it for longer.
constexpr absl::Duration kKeepApprovals = absl::Hours(24 * 7);

}  // namespace

absl::Status Sweep(Store& store, absl::Time now, AuthMetrics& metrics, const Retention& retention) {
  int64_t removed = 0;
  do {
    ASSIGN_OR_RETURN(removed, store.mcp_servers().DeleteExpired(now, kBatch));
    metrics.expired_mcp_servers.Increment(static_cast<double>(removed));
    if (removed > 0) LogInfo("expired MCP servers removed", {{"count", removed}});
  } while (removed == kBatch);
  RETURN_IF_ERROR(store.changes().Trim(kKeepChanges));
  RETURN_IF_ERROR(store.connect().ForgetUsed(now));
  RETURN_IF_ERROR(store.api_keys().DeleteExpired(now));
  RETURN_IF_ERROR(store.approvals().DeleteEnded(now - kKeepApprovals));
  RETURN_IF_ERROR(store.tokens().ForgetRequests(now - std::max(kZohoWindow, kZohoAccessTokenLife)));
  do {
    ASSIGN_OR_RETURN(removed, store.audit().RemoveOldest(now - retention.audit, kBatch));
  } while (removed == kBatch);
  return store.audit().RemoveUsageBefore(DayOf(now - retention.usage));
}

Sweeper::Sweeper(Store& store, const Clock& clock, AuthMetrics& metrics, const Retention& retention,
                 absl::Duration interval)
    : store_(store),
      clock_(clock),
      metrics_(metrics),
      retention_(retention),
      thread_([this, interval] { Run(interval); }) {}

Sweeper::~Sweeper() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Sweeper::Run(absl::Duration interval) {
  std::unique_lock lock(mu_);
  while (!stopping_) {
    lock.unlock();
    if (absl::Status swept = Sweep(store_, clock_.Now(), metrics_, retention_); !swept.ok()) {
      LogWarning("sweep failed", {{"error", swept}});
    }
    lock.lock();
    stop_.wait_for(lock, absl::ToChronoMilliseconds(interval), [this] { return stopping_; });
  }
}

}  // namespace mesh::auth
