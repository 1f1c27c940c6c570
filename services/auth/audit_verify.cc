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

constexpr char kMissing[] = "it is missing";
constexpr char kChanged[] = "it, or the one before, is not as it was written";

}  // namespace

absl::StatusOr<v1::VerifyAuditResponse> VerifyAuditLog(AuditStore& store, int64_t start,
                                                       int64_t limit, absl::Time stop_at) {
  ASSIGN_OR_RETURN(const AuditEnds ends, store.Ends());
  const int64_t newest = ends.newest.sequence;
  int64_t removed = ends.removed.sequence;
  const int64_t first = removed + 1;
  int64_t expected = std::max(start, first);
  std::string before = ends.removed.hash;
  if (expected > first) {
    ASSIGN_OR_RETURN(const std::vector<v1::AuditEvent> previous, store.Read(expected - 1, 1));
    if (!previous.empty() && previous.front().sequence() == expected - 1) {
      before = previous.front().hash();
    }
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
  while (expected <= newest) {
    if (response.events() >= limit || absl::Now() >= stop_at) {
      response.set_next_sequence(expected);
      return response;
    }
    ASSIGN_OR_RETURN(const std::vector<v1::AuditEvent> events, store.Read(expected, kPiece));
    absl::string_view problem;
    for (const v1::AuditEvent& event : events) {
      if (expected > newest) break;  // What is left came meanwhile.
      if (event.sequence() != expected) {
        problem = kMissing;
      } else if (event.hash() != AuditHash(before, event)) {
        problem = kChanged;
      }
      if (!problem.empty()) break;
      before = event.hash();
      response.set_last_sequence(expected);
      response.set_events(response.events() + 1);
      ++expected;
    }
    if (problem.empty() && static_cast<int>(events.size()) < kPiece) problem = kMissing;
    if (problem.empty() || expected > newest) continue;
    // It, or the one before, may have been removed for its age meanwhile.
    ASSIGN_OR_RETURN(const AuditEnds now, store.Ends());
    if (now.removed.sequence <= removed || now.removed.sequence + 1 < expected) {
      return broken(expected, problem);
    }
    removed = now.removed.sequence;
    expected = removed + 1;
    before = now.removed.hash;
  }
  if (response.events() > 0 && expected == newest + 1 && before != ends.newest.hash) {
    return broken(newest, "the end of the log is not as it was written");
  }
  return response;
}

}  // namespace mesh::auth
