// Keeps approvals of single tool calls.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/approvals.pb.h"
#include "services/auth/store/page.h"

namespace mesh::auth {

// Each narrows a list; empty ones do not.
struct ApprovalFilter {
  v1::Approval::State state = v1::Approval::STATE_UNSPECIFIED;
  std::string account = {};
  std::string mcp_server = {};
};

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does not answer.
class ApprovalStore {
 public:
  virtual ~ApprovalStore() = default;

  // Uses up an approval for the MCP server, tool and digest of `wanted`, once for each, or returns
  // the one that is pending or that an operator denied; where there is none, `wanted` itself, which
  // is kept as pending. Fails with NOT_FOUND (`MCP_SERVER_NOT_FOUND`) and RESOURCE_EXHAUSTED
  // (`APPROVALS_TOO_MANY`) beyond `most_pending` of the MCP server.
  virtual absl::StatusOr<v1::Approval> Claim(const v1::Approval& wanted, int64_t most_pending,
                                             absl::Time now) = 0;

  // Uses up, or denies for whoever sits before the client, the approval with the id, MCP server,
  // tool and digest of `subject`. Fails with NOT_FOUND (`APPROVAL_NOT_FOUND`) and
  // FAILED_PRECONDITION (`APPROVAL_CLOSED`) unless it is pending or approved.
  virtual absl::StatusOr<v1::Approval> Answer(const v1::Approval& subject, bool approved,
                                              absl::Time now) = 0;

  // Decides for `decided_by`, until `expire_time`. Fails with NOT_FOUND (`APPROVAL_NOT_FOUND`) and
  // FAILED_PRECONDITION (`APPROVAL_CLOSED`) unless it is pending.
  virtual absl::StatusOr<v1::Approval> Decide(absl::string_view id, bool approved,
                                              absl::string_view decided_by, absl::Time expire_time,
                                              absl::Time now) = 0;

  // Fails with NOT_FOUND (`APPROVAL_NOT_FOUND`).
  virtual absl::StatusOr<v1::Approval> Get(absl::string_view id, absl::Time now) = 0;

  // The newest first.
  virtual absl::StatusOr<Page<v1::Approval>> List(const ApprovalFilter& filter,
                                                  const PageRequest& page, absl::Time now) = 0;

  // Removes what had ended before `time`.
  virtual absl::Status DeleteEnded(absl::Time time) = 0;
};

// A state as people read it: `pending`.
std::string ApprovalStateName(v1::Approval::State state);

// Whether `approval` is for the MCP server, tool and arguments of `subject`.
bool IsFor(const v1::Approval& approval, const v1::Approval& subject);

// What becomes of an approval that is pending or approved when whoever sits before the client
// answers.
void AnswerBeforeClient(bool approved, absl::Time now, v1::Approval& approval);

// Where a page of a list begins whose newest is first.
inline Position NewestFirst(const PageRequest& page) {
  if (page.after == Position()) return {.create_time = absl::InfiniteFuture()};
  return page.after;
}

}  // namespace mesh::auth
