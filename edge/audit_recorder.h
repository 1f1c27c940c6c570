// Brings audit events to auth-service in batches, without ever holding up what they are about.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "common/base/call_context.h"
#include "mesh/auth/v1/audit.grpc.pb.h"
#include "mesh/auth/v1/audit.pb.h"

namespace mesh::edge {

// What was called, for whom. Without an MCP server where it was called by hand.
struct CalledTool {
  std::string actor = {};
  std::string account = {};
  std::string mcp_server = {};
  std::string tool = {};
};

// The event of a tool call, its arguments redacted; outcome and duration come later.
auth::v1::AuditEvent ToolCallEvent(const CallContext& context, const CalledTool& called,
                                   absl::string_view arguments_json);

// Thread-safe.
class AuditRecorder {
 public:
  struct Options {
    // Beyond, events are lost, and counted.
    size_t max_queued = 20'000;
    size_t max_batch = 500;

    // Between two tries while auth-service does not take them.
    absl::Duration retry = absl::Seconds(1);
    absl::Duration call_timeout = absl::Seconds(10);
  };

  AuditRecorder(auth::v1::AuditService::StubInterface& auth, prometheus::Registry& registry,
                const Options& options);
  AuditRecorder(auth::v1::AuditService::StubInterface& auth, prometheus::Registry& registry)
      : AuditRecorder(auth, registry, Options()) {}

  // Closes at once where Close() was not called.
  ~AuditRecorder();

  // Queues an event; never waits for auth-service. Events without an id or a time get them.
  void Record(auth::v1::AuditEvent event);

  // Takes no more, and brings what is queued to auth-service until `deadline`, or a moment longer.
  void Close(absl::Time deadline);

 private:
  enum class Sent {
    kTaken,
    // Worth another try.
    kLater,
    // Whatever is tried.
    kRefused,
  };

  void Run();
  Sent Send(const auth::v1::RecordEventsRequest& batch, absl::Time deadline);

  auth::v1::AuditService::StubInterface& auth_;
  const Options options_;
  prometheus::Family<prometheus::Counter>& events_;
  prometheus::Counter& sent_;
  prometheus::Counter& lost_;
  std::mutex mu_;
  std::condition_variable wake_;
  std::deque<auth::v1::AuditEvent> queue_;
  bool closed_ = false;
  absl::Time deadline_ = absl::InfiniteFuture();
  std::thread thread_;
};

}  // namespace mesh::edge
