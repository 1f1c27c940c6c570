// Audit events on disk, while the database does not take them.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

#include "mesh/auth/v1/audit.pb.h"

namespace mesh::auth {

// One file, of one process, readable by its owner alone. Thread-safe; blocks on the disk.
class AuditSpool {
 public:
  // Empty `path`: there is none, and nothing can be added.
  AuditSpool(std::string path, int64_t max_bytes) : path_(std::move(path)), max_bytes_(max_bytes) {}

  // Adds events; they outlive this process once it returns. Fails with RESOURCE_EXHAUSTED
  // (`AUDIT_SPOOL_FULL`) and UNAVAILABLE (`FILE_UNWRITABLE`).
  absl::Status Add(const std::vector<v1::AuditEvent>& events);

  // Gives `take` what is there in batches, oldest first, and forgets it once `take` has had it all,
  // also what was added meanwhile; nobody waits for `take`. One at a time may drain. Fails like
  // `take`, and then keeps everything. What a crash has left half written is passed over.
  absl::Status Drain(absl::FunctionRef<absl::Status(const std::vector<v1::AuditEvent>&)> take);

  // Bytes that wait.
  int64_t size();

 private:
  // Of the file: the events of some lines, and where the next one begins.
  struct Piece {
    std::vector<v1::AuditEvent> events = {};
    int64_t end = 0;
    // Lines so far that hold no event.
    int64_t broken = 0;
  };

  // Under the lock. Reads the next lines, one at least.
  absl::Status ReadOn(Piece& piece);

  const std::string path_;
  const int64_t max_bytes_;
  std::mutex mu_;
};

}  // namespace mesh::auth
