#include "edge/audit_recorder.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include <grpcpp/grpcpp.h>

#include "common/base/log.h"
#include "common/base/random.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status.h"
#include "edge/redaction.h"

namespace mesh::edge {

using auth::v1::AuditEvent;
using auth::v1::RecordEventsRequest;

namespace {

constexpr absl::Duration kLongestPauseAtTheEnd = absl::Milliseconds(100);

}  // namespace

AuditEvent ToolCallEvent(const CallContext& context, const CalledTool& called,
                         absl::string_view arguments_json) {
  AuditEvent event;
  event.set_actor(called.actor);
  event.set_action("tool.call");
  event.set_account(called.account);
  event.set_mcp_server(called.mcp_server);
  event.set_tool(called.tool);
  event.set_request_id(context.request_id);
  (*event.mutable_details())["arguments"] = RedactArguments(arguments_json);
  return event;
}

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
      const bool closed = closed_;
      const absl::Duration pause =
          closed ? std::min(options_.retry, kLongestPauseAtTheEnd) : options_.retry;
      wake_.wait_for(lock, absl::ToChronoMilliseconds(pause),
                     [this, closed] { return closed_ != closed; });
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
    const Sent sent = Send(batch, std::min(deadline, absl::Now() + options_.call_timeout));
    lock.lock();
    // One line when it begins to fail, and one when it ends.
    const bool failed = sent == Sent::kLater;
    if (failed && !failing) LogWarning("audit events wait for auth-service");
    if (!failed && failing) LogInfo("audit events reach auth-service again");
    failing = failed;
    if (!failed) {
      (sent == Sent::kTaken ? sent_ : lost_).Increment(batch.events_size());
      continue;
    }
    for (int i = batch.events_size() - 1; i >= 0; --i) {
      queue_.push_front(std::move(*batch.mutable_events(i)));
    }
  }
  if (!queue_.empty()) {
    LogError("audit events lost at the end", {{"events", static_cast<int64_t>(queue_.size())}});
  }
  lost_.Increment(static_cast<double>(queue_.size()));
  queue_.clear();
}

AuditRecorder::Sent AuditRecorder::Send(const RecordEventsRequest& batch, absl::Time deadline) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  google::protobuf::Empty response;
  const grpc::Status status = auth_.RecordEvents(&context, batch, &response);
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return Sent::kTaken;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Sent::kLater;
    default:
      break;
  }
  // What it will never take is no reason to keep what comes after.
  LogError("audit events refused",
           {{"events", batch.events_size()}, {"error", rpc::FromGrpc(status, "auth-service")}});
  return Sent::kRefused;
}

}  // namespace mesh::edge
