#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>
#include <unistd.h>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/auth/store/sql_driver.h"

namespace mesh::auth {
namespace {

// SQLite would make the file readable by everybody.
absl::Status CreatePrivateFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return StoreUnavailable(absl::StrCat(path,
                                         " cannot be opened for writing: ", std::strerror(errno),
                                         "; `sqlite.path` must name a file in an existing folder "
                                         "that this process may write to"));
  }
  close(fd);
  return absl::OkStatus();
}

SqlFault::Kind KindOf(int result) {
  // The low byte is the primary code of an extended one.
  switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
      return SqlFault::Kind::kConflict;
    case SQLITE_FULL:
      return SqlFault::Kind::kFull;
    case SQLITE_READONLY:
      return SqlFault::Kind::kReadOnly;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SqlFault::Kind::kLocked;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return SqlFault::Kind::kGone;
    default:
      return SqlFault::Kind::kOther;
  }
}

class SqliteDriver final : public SqlDriver {
 public:
  explicit SqliteDriver(std::string path) : path_(std::move(path)) {}

  std::string name() const override { return path_; }

  void Open(soci::session& sql) const override {
    sql.open(soci::sqlite3, absl::StrCat("dbname=\"", path_, "\" timeout=5"));
    std::string mode;
    sql << "PRAGMA journal_mode = WAL", soci::into(mode);
    // What was answered as done survives a power cut.
    sql << "PRAGMA synchronous = FULL";
    sql << "PRAGMA foreign_keys = ON";
  }

  // A plain BEGIN would only find out at its first write that another one writes, and then cannot
  // wait.
  const char* begin() const override { return "BEGIN IMMEDIATE"; }

  void LockMigrations(soci::session&) const override {
    // There is one writer at a time.
  }

  SqlFault FaultOf(const std::exception& error) const override {
    if (const auto* fault = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
      return {.kind = KindOf(fault->result()), .message = fault->get_error_message()};
    }
    if (const auto* fault = dynamic_cast<const soci::soci_error*>(&error)) {
      return {.message = fault->get_error_message()};
    }
    return {.message = error.what()};
  }

 private:
  const std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SqlDriver>> NewSqliteDriver(const std::string& path) {
  if (path.empty()) return FieldInvalid("sqlite.path", "is required");
  RETURN_IF_ERROR(CreatePrivateFile(path));
  return std::make_unique<SqliteDriver>(path);
}

}  // namespace mesh::auth
