// What concerns the files of an SQLite database rather than what is in it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace mesh::auth {

// Keeps a second auth-service from serving from the same file. Released with the process, however
// it ends.
class SqliteLock {
 public:
  // Locks `<path>.lock`. Fails with FAILED_PRECONDITION (`STORE_IN_USE`) where another process, or
  // another lock of this one, has it, and with UNAVAILABLE (`STORE_UNAVAILABLE`).
  static absl::StatusOr<std::unique_ptr<SqliteLock>> Take(const std::string& path);

  ~SqliteLock();
  SqliteLock(const SqliteLock&) = delete;
  SqliteLock& operator=(const SqliteLock&) = delete;

 private:
  explicit SqliteLock(int fd) : fd_(fd) {}

  const int fd_;
};

// Writes a copy of the database at `path` to `copy`, as it is at one moment, while others use it.
// `copy` must not exist; it is readable by its owner alone. Fails with UNAVAILABLE
// (`STORE_UNAVAILABLE`, `STORE_FULL`; `FILE_UNWRITABLE`).
absl::Status BackUpSqlite(const std::string& path, const std::string& copy);

}  // namespace mesh::auth
