#include "common/rpc/handle.h"

namespace mesh::rpc {

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
