#include "services/auth/audit_verify.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

#include "common/base/status_macros.h"
#include "services/auth/store/audit_hash.h"

namespace mesh::auth {
namespace {

// Events read at a time.
constexpr int kPiece = 1000;

}  // namespace

absl::StatusOr<v1::VerifyAuditResponse> VerifyAuditLog(AuditStore& store, int64_t start,
                                                       int64_t limit, absl::Time stop_at) {
  ASSIGN_OR_RETURN(const AuditEnds ends, store.Ends());
  const int64_t first = ends.removed.sequence + 1;
  int64_t expected = std::max(start, first);
  std::string before = ends.removed.hash;
  if (expected > first) {
    ASSIGN_OR_RETURN(const std::vector<v1::AuditEvent> previous, store.Read(expected - 1, 1));
    if (!previous.empty()) before = previous.front().hash();
  }
  v1::VerifyAuditResponse response;
  response.set_intact(true);
  response.set_first_sequence(expected);
  const auto broken = [&response](int64_t sequence, absl::string_view problem) {
    response.set_intact(false);
    response.set_broken_sequence(sequence);
    response.set_problem(std::string(problem));
    return response;
  };
  while (expected <= ends.newest.sequence) {
    if (response.events() >= limit || absl::Now() >= stop_at) {
      response.set_next_sequence(expected);
      return response;
    }
    ASSIGN_OR_RETURN(const std::vector<v1::AuditEvent> events, store.Read(expected, kPiece));
    for (const v1::AuditEvent& event : events) {
      if (event.sequence() > ends.newest.sequence) break;  // Came meanwhile.
      if (event.sequence() != expected) return broken(expected, "it is missing");
      if (event.hash() != AuditHash(before, event)) {
        return broken(expected, "it, or the one before, is not as it was written");
      }
      before = event.hash();
      response.set_last_sequence(expected);
      response.set_events(response.events() + 1);
      ++expected;
    }
    if (expected <= ends.newest.sequence && static_cast<int>(events.size()) < kPiece) {
      return broken(expected, "it is missing");
    }
  }
  if (response.events() > 0 && before != ends.newest.hash) {
    return broken(ends.newest.sequence, "the end of the log is not as it was written");
  }
  return response;
}

}  // namespace mesh::auth
