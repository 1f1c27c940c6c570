// What differs between the databases behind one SqlDatabase: how to connect, and what an error
// means.
#pragma once

#include <exception>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "services/auth/store/postgres_url.h"

namespace soci {
class session;
}  // namespace soci

namespace mesh::auth {

struct SqlFault {
  enum class Kind {
    kOther,
    // The connection is no good any more.
    kGone,
    // Another transaction came first: the same work, done again, sees what that one did.
    kConflict,
    kFull,
    kReadOnly,
    kLocked,
  };

  Kind kind = Kind::kOther;
  // Without the statement and its parameters.
  std::string message = {};
};

// Thread-safe, immutable.
class SqlDriver {
 public:
  virtual ~SqlDriver() = default;

  // For people, for example the path of a file. Holds no secret.
  virtual std::string name() const = 0;

  // Connects `sql`, which is not connected. Throws what SOCI throws.
  virtual void Open(soci::session& sql) const = 0;

  // The statement that opens a transaction that may write.
  virtual const char* begin() const = 0;

  // Keeps other processes from migrating until the transaction ends. Throws what SOCI throws.
  virtual void LockMigrations(soci::session& sql) const = 0;

  virtual SqlFault FaultOf(const std::exception& error) const = 0;
};

// Of an SQLite file, which is created, readable by its owner alone, where it does not exist. Fails
// with INVALID_ARGUMENT (`FIELD_INVALID`) where the path is empty, and UNAVAILABLE
// (`STORE_UNAVAILABLE`) where it cannot be written, saying how to mend it.
absl::StatusOr<std::unique_ptr<SqlDriver>> NewSqliteDriver(const std::string& path);

// Of PostgreSQL, or what speaks its protocol, at `url`, which is an IsPostgresUrl() that libpq
// reads. Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where it is none, or holds a password that
// is refused.
absl::StatusOr<std::unique_ptr<SqlDriver>> NewPostgresDriver(const std::string& url,
                                                             PasswordInUrl password);

}  // namespace mesh::auth
