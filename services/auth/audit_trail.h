// Where management actions are told to the audit log.
#pragma once

#include <map>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"

namespace mesh::auth {

// What somebody did, and to what. Holds no secret.
struct AuditSubject {
  // For example `mcp_server.create`.
  std::string action = {};
  std::string account = {};
  std::string mcp_server = {};
  std::map<std::string, std::string> details = {};
};

// Thread-safe.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;

  // Does not wait for the database.
  virtual void Record(const CallContext& context, const AuditSubject& subject,
                      const absl::Status& outcome, absl::Duration took) = 0;
};

// Does `action()`, which returns a StatusOr, and records how it ended; `describe(value, subject)`
// adds what is known once it is done.
template <typename Action, typename Describe>
std::invoke_result_t<Action> Audited(AuditTrail& trail, const CallContext& context,
                                     AuditSubject subject, Action action, Describe describe) {
  const absl::Time began = absl::Now();
  auto result = action();
  if (result.ok()) describe(*result, subject);
  trail.Record(context, subject, result.status(), absl::Now() - began);
  return result;
}

template <typename Action>
std::invoke_result_t<Action> Audited(AuditTrail& trail, const CallContext& context,
                                     AuditSubject subject, Action action) {
  return Audited(trail, context, std::move(subject), std::move(action),
                 [](const auto&, AuditSubject&) {});
}

}  // namespace mesh::auth
