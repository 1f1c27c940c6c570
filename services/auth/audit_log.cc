#include "services/auth/audit_log.h"

#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/audit_event.h"

namespace mesh::auth {

AuditLog::AuditLog(AuditStore& store, const Clock& clock, AuthMetrics& metrics,
                   const AuditLogOptions& options)
    : store_(store),
      clock_(clock),
      metrics_(metrics),
      options_(options),
      spool_(options.spool_path, options.max_spool_bytes),
      thread_([this] { Run(); }) {}

AuditLog::~AuditLog() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void AuditLog::Record(const CallContext& context, const AuditSubject& subject,
                      const absl::Status& outcome, absl::Duration took) {
  v1::AuditEvent event;
  event.set_id(RandomId("evt_"));
  event.set_actor(context.actor);
  event.set_action(subject.action);
  event.set_account(subject.account);
  event.set_mcp_server(subject.mcp_server);
  event.set_outcome(OutcomeOf(outcome));
  event.set_request_id(context.request_id);
  *event.mutable_duration() = rpc::ProtoDurationOf(took);
  event.mutable_details()->insert(subject.details.begin(), subject.details.end());
  TidyEvent(clock_.Now(), event);
  {
    const std::lock_guard lock(mu_);
    if (queue_.size() < options_.max_queued) {
      queue_.push_back(std::move(event));
      wake_.notify_one();
      return;
    }
  }
  if (absl::Status spooled = spool_.Add({event}); !spooled.ok()) GiveUp({event}, spooled);
}

absl::Status AuditLog::Append(std::vector<v1::AuditEvent> events) {
  for (v1::AuditEvent& event : events) TidyEvent(clock_.Now(), event);
  return Keep(events);
}

void AuditLog::Flush() {
  std::unique_lock lock(mu_);
  idle_.wait(lock, [this] { return queue_.empty() && !writing_; });
}

void AuditLog::Run() {
  // So that an outage is logged when it begins and when it ends.
  bool failing = false;
  std::unique_lock lock(mu_);
  bool last = false;
  while (!last) {
    last = stopping_;
    std::vector<v1::AuditEvent> batch = std::exchange(queue_, {});
    writing_ = true;
    lock.unlock();
    const absl::Status drained = spool_.Drain(
        [this](const std::vector<v1::AuditEvent>& events) { return store_.Append(events); });
    absl::Status kept;
    if (!batch.empty()) kept = Keep(batch);
    if (!kept.ok() && last) GiveUp(batch, kept);
    metrics_.audit_spool_bytes.Set(static_cast<double>(spool_.size()));
    const absl::Status failure = drained.ok() ? kept : drained;
    if (!failure.ok() && !failing) LogWarning("audit events wait", {{"error", failure}});
    if (failure.ok() && failing) LogInfo("audit events wait no longer");
    failing = !failure.ok();
    lock.lock();
    writing_ = false;
    if (!kept.ok() && !last) {
      // There is no disk for it either: it waits here, ahead of what came meanwhile.
      batch.insert(batch.end(), std::make_move_iterator(queue_.begin()),
                   std::make_move_iterator(queue_.end()));
      queue_ = std::move(batch);
    }
    if (queue_.empty()) idle_.notify_all();
    wake_.wait_for(lock, absl::ToChronoMilliseconds(options_.retry),
                   [this, failing] { return stopping_ || (!failing && !queue_.empty()); });
  }
  idle_.notify_all();
}

absl::Status AuditLog::Keep(const std::vector<v1::AuditEvent>& events) {
  const absl::Status stored = store_.Append(events);
  if (stored.ok()) {
    metrics_.audit_events_stored.Increment(static_cast<double>(events.size()));
    return stored;
  }
  if (options_.spool_path.empty()) return stored;
  RETURN_IF_ERROR(spool_.Add(events));
  metrics_.audit_events_spooled.Increment(static_cast<double>(events.size()));
  return absl::OkStatus();
}

void AuditLog::GiveUp(const std::vector<v1::AuditEvent>& events, const absl::Status& why) {
  metrics_.audit_events_lost.Increment(static_cast<double>(events.size()));
  for (const v1::AuditEvent& event : events) {
    LogError("audit event lost", {{"event", event.id()},
                                  {"action", event.action()},
                                  {"actor", event.actor()},
                                  {"outcome", event.outcome()},
                                  {"error", why}});
  }
}

}  // namespace mesh::auth
