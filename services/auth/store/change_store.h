// Keeps what has changed of late, for replicas that hold parts of the store in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "mesh/auth/v1/changes.pb.h"

namespace mesh::auth {

struct RecentChanges {
  // Oldest first, without a gap.
  std::vector<v1::Change> changes = {};

  // Of the newest change there is; 0 where nothing has ever changed.
  int64_t newest = 0;
};

// Thread-safe. The other stores of the same Store add a change in the transaction that makes it.
// Every method may block, and fails with UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does
// not answer.
class ChangeStore {
 public:
  virtual ~ChangeStore() = default;

  // The first `limit` changes behind `after`.
  virtual absl::StatusOr<RecentChanges> Read(int64_t after, int limit) = 0;

  // Forgets all but the newest `keep` changes.
  virtual absl::Status Trim(int64_t keep) = 0;
};

}  // namespace mesh::auth
