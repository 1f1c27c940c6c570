#include "common/rpc/handle.h"

#include <utility>

namespace mesh::rpc {

void Cancellation::Set() {
  absl::AnyInvocable<void() &&> callback;
  {
    const std::lock_guard lock(mu_);
    set_ = true;
    callback = std::move(callback_);
    callback_ = nullptr;
  }
  if (callback) std::move(callback)();
}

void Cancellation::Notify(absl::AnyInvocable<void() &&> callback) {
  {
    const std::lock_guard lock(mu_);
    if (!set_) {
      callback_ = std::move(callback);
      return;
    }
  }
  std::move(callback)();
}

void RecordCall(MethodMetrics& metrics, const CallContext& context, absl::Time arrived,
                const absl::Status& status) {
  const absl::Duration took = absl::Now() - arrived;
  metrics.Record(status.code(), took);
  if (status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown) {
    LogError("call failed",
             {{"request_id", context.request_id}, {"error", status}, {"duration_seconds", took}});
  }
}

}  // namespace mesh::rpc
