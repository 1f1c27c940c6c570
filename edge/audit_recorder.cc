#include "edge/audit_recorder.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include <grpcpp/grpcpp.h>

#include "common/base/log.h"
#include "common/base/random.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status.h"

namespace mesh::edge {

using auth::v1::AuditEvent;
using auth::v1::RecordEventsRequest;

AuditRecorder::AuditRecorder(auth::v1::AuditService::StubInterface& auth,
                             prometheus::Registry& registry, const Options& options)
    : auth_(auth),
      options_(options),
      events_(prometheus::BuildCounter()
                  .Name("mesh_edge_audit_events_total")
                  .Help("Audit events of this process, by whether auth-service has them.")
                  .Register(registry)),
      sent_(events_.Add({{"outcome", "sent"}})),
      lost_(events_.Add({{"outcome", "lost"}})),
      thread_([this] { Run(); }) {}

AuditRecorder::~AuditRecorder() { Close(absl::InfinitePast()); }

void AuditRecorder::Record(AuditEvent event) {
  if (event.id().empty()) event.set_id(RandomId("evt_"));
  if (!event.has_time()) *event.mutable_time() = rpc::TimestampOf(absl::Now());
  {
    const std::lock_guard lock(mu_);
    if (!closed_ && queue_.size() < options_.max_queued) {
      queue_.push_back(std::move(event));
      wake_.notify_one();
      return;
    }
  }
  lost_.Increment();
}

void AuditRecorder::Close(absl::Time deadline) {
  {
    const std::lock_guard lock(mu_);
    closed_ = true;
    deadline_ = deadline;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AuditRecorder::Run() {
  std::unique_lock lock(mu_);
  bool failing = false;
  while (true) {
    if (failing) {
      wake_.wait_for(lock, absl::ToChronoMilliseconds(options_.retry), [this] { return closed_; });
    } else {
      wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    }
    if (queue_.empty() && closed_) return;
    if (closed_ && absl::Now() >= deadline_) break;
    RecordEventsRequest batch;
    while (!queue_.empty() && batch.events_size() < static_cast<int>(options_.max_batch)) {
      *batch.add_events() = std::move(queue_.front());
      queue_.pop_front();
    }
    if (batch.events_size() == 0) continue;
    const absl::Time deadline = deadline_;
    lock.unlock();
    const bool taken = Send(batch, std::min(deadline, absl::Now() + options_.call_timeout));
    lock.lock();
    // One line when it begins to fail.
    if (!taken && !failing) LogWarning("audit events wait for auth-service");
    failing = !taken;
    if (taken) {
      sent_.Increment(batch.events_size());
      continue;
    }
    for (int i = batch.events_size() - 1; i >= 0; --i) {
      queue_.push_front(std::move(*batch.mutable_events(i)));
    }
    if (closed_) {
      wake_.wait_for(lock, std::chrono::milliseconds(100));
      failing = false;
    }
  }
  if (!queue_.empty()) {
    LogError("audit events lost at the end", {{"events", static_cast<int64_t>(queue_.size())}});
  }
  lost_.Increment(static_cast<double>(queue_.size()));
  queue_.clear();
}

bool AuditRecorder::Send(const RecordEventsRequest& batch, absl::Time deadline) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  google::protobuf::Empty response;
  const grpc::Status status = auth_.RecordEvents(&context, batch, &response);
  // What it will never take is no reason to keep what comes after.
  if (status.error_code() != grpc::StatusCode::INVALID_ARGUMENT) return status.ok();
  LogError("audit events refused",
           {{"events", batch.events_size()}, {"error", rpc::FromGrpc(status, "auth-service")}});
  return true;
}

}  // namespace mesh::edge
