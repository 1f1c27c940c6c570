#include "services/auth/store/sqlite_files.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include <fcntl.h>
#include <soci/soci.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/auth/store/sql_database.h"
#include "services/auth/store/sql_driver.h"

namespace mesh::auth {
namespace {

// What the holder of the lock wrote.
std::string Holder(int fd) {
  std::array<char, 32> text;
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  return size > 0 ? std::string(text.data(), static_cast<size_t>(size)) : "unknown";
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteLock>> SqliteLock::Take(const std::string& path) {
  const std::string lock_path = absl::StrCat(path, ".lock");
  const int fd = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return StoreUnavailable(absl::StrCat(path, " cannot be locked: ", std::strerror(errno),
                                         "; `sqlite.path` must name a file in an existing folder "
                                         "that this process may write to"));
  }
  std::unique_ptr<SqliteLock> lock(new SqliteLock(fd));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return StoreInUse(path, Holder(fd));
  const std::string holder = absl::StrCat("process ", getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, holder.data(), holder.size(), 0) < 0) {
    return StoreUnavailable(absl::StrCat(lock_path, " cannot be written: ", std::strerror(errno)));
  }
  return lock;
}

SqliteLock::~SqliteLock() { close(fd_); }

absl::Status BackUpSqlite(const std::string& path, const std::string& copy) {
  if (access(path.c_str(), R_OK) != 0) return FileUnreadable(path, std::strerror(errno));
  // SQLite fills an empty file, and would make a new one readable by everybody.
  const int fd = open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return FileUnwritable(copy, std::strerror(errno));
  close(fd);
  ASSIGN_OR_RETURN(std::unique_ptr<SqlDriver> driver, NewSqliteDriver(path));
  // A migration would wait for a moment in which nobody writes.
  const std::unique_ptr<SqlDatabase> database =
      SqlDatabase::OpenAsItIs(std::move(driver), /*connections=*/1);
  return database->Read([&](soci::session& sql) {
    sql << "VACUUM INTO :copy", soci::use(copy, "copy");
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
