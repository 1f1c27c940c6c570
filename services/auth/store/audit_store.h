// Keeps the audit log and what is counted from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/audit.pb.h"

namespace mesh::auth {

// What a list of events is narrowed to; empty strings narrow nothing.
struct AuditFilter {
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfiniteFuture();
  std::string actor = {};
  // `tool.call`, or all of a kind: `tool.`.
  std::string action = {};
  std::string account = {};
  std::string mcp_server = {};
  std::string tool = {};
  // `ok`, a reason, or `error` for whatever is not `ok`.
  std::string outcome = {};
  std::string request_id = {};
};

// An end of the log: an event's sequence and hash. 0 and empty before the first.
struct AuditEnd {
  int64_t sequence = 0;
  std::string hash = {};
};

struct AuditEnds {
  AuditEnd newest = {};
  // The newest of those that were removed for their age.
  AuditEnd removed = {};
};

// The day of `time` in UTC: days since 1970.
inline int64_t DayOf(absl::Time time) { return (time - absl::UnixEpoch()) / absl::Hours(24); }

// Days as of DayOf(), both included.
struct UsageFilter {
  int64_t first_day = 0;
  int64_t last_day = 0;
  std::string account = {};
  std::string mcp_server = {};
  std::string tool = {};
};

struct UsageRow {
  int64_t day = 0;
  std::string account = {};
  std::string mcp_server = {};
  std::string tool = {};
  int64_t calls = 0;
  int64_t errors = 0;
  absl::Duration duration = absl::ZeroDuration();
};

// The action that usage is counted of.
inline constexpr char kToolCall[] = "tool.call";

// Under which tool a call is counted: callers make up as many names of none as they like.
inline std::string CountedTool(const v1::AuditEvent& event) {
  return event.outcome() == "TOOL_UNKNOWN" ? std::string() : event.tool();
}

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE` or its like) while the database does not answer.
class AuditStore {
 public:
  virtual ~AuditStore() = default;

  // Adds events at the end, all or none, giving each its sequence and hash, and counts tool calls.
  // Those whose id is there already are passed over.
  virtual absl::Status Append(const std::vector<v1::AuditEvent>& events) = 0;

  // Events older than `before`, a sequence, newest first, at most `limit`.
  virtual absl::StatusOr<std::vector<v1::AuditEvent>> List(const AuditFilter& filter,
                                                           int64_t before, int limit) = 0;

  // Events from sequence `first` on, oldest first, at most `limit`.
  virtual absl::StatusOr<std::vector<v1::AuditEvent>> Read(int64_t first, int limit) = 0;

  virtual absl::StatusOr<AuditEnds> Ends() = 0;

  // Removes the oldest events up to the first that is not older than `time`, at most `limit`, and
  // returns how many.
  virtual absl::StatusOr<int64_t> RemoveOldest(absl::Time time, int64_t limit) = 0;

  // By day, MCP server, tool and account, at most `limit`.
  virtual absl::StatusOr<std::vector<UsageRow>> Usage(const UsageFilter& filter, int limit) = 0;

  virtual absl::Status RemoveUsageBefore(int64_t day) = 0;
};

}  // namespace mesh::auth
