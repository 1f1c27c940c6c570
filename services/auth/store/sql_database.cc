#include "services/auth/store/sql_database.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include "common/base/embedded_file.h"
#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/auth/store/migrations.h"

namespace mesh::auth {
namespace {

constexpr int kWaitForConnectionMs = 5000;
constexpr long long kNever = std::numeric_limits<long long>::max();
constexpr long long kAlways = std::numeric_limits<long long>::min();

// A connection of the pool, given back when it goes.
class Leased {
 public:
  explicit Leased(soci::connection_pool& pool) : pool_(pool) {
    leased_ = pool_.try_lease(position_, kWaitForConnectionMs);
  }
  Leased(const Leased&) = delete;
  Leased& operator=(const Leased&) = delete;
  ~Leased() {
    if (leased_) pool_.give_back(position_);
  }

  soci::session* get() { return leased_ ? &pool_.at(position_) : nullptr; }

 private:
  soci::connection_pool& pool_;
  size_t position_ = 0;
  bool leased_ = false;
};

// SOCI's messages end in the statement and its parameters; what comes before says enough.
absl::Status Unavailable(const std::exception& error) {
  const auto* soci_error = dynamic_cast<const soci::soci_error*>(&error);
  return StoreUnavailable(soci_error != nullptr ? soci_error->get_error_message() : error.what());
}

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

int VersionOf(const EmbeddedFile& migration) {
  int version = 0;
  const std::vector<absl::string_view> parts = absl::StrSplit(migration.name, '_');
  return absl::SimpleAtoi(parts.front(), &version) ? version : 0;
}

// SQLite runs one statement a call; SOCI would take a colon in a comment for a parameter.
void RunScript(soci::session& sql, absl::string_view script) {
  std::string statement;
  for (const absl::string_view line : absl::StrSplit(script, '\n')) {
    if (absl::StartsWith(line, "--")) continue;
    absl::StrAppend(&statement, line, "\n");
    if (!absl::EndsWith(line, ";")) continue;
    sql << statement;
    statement.clear();
  }
}

}  // namespace

SqlDatabase::SqlDatabase(int connections) : pool_(static_cast<size_t>(connections)) {}

absl::StatusOr<std::unique_ptr<SqlDatabase>> SqlDatabase::OpenSqlite(const std::string& path,
                                                                     int connections) {
  if (path.empty()) return FieldInvalid("sqlite.path", "is required");
  RETURN_IF_ERROR(CreatePrivateFile(path));
  std::unique_ptr<SqlDatabase> database(new SqlDatabase(connections));
  database->begin_ = "BEGIN IMMEDIATE";
  try {
    for (int i = 0; i < connections; ++i) {
      soci::session& sql = database->pool_.at(static_cast<size_t>(i));
      sql.open(soci::sqlite3, absl::StrCat("dbname=\"", path, "\" timeout=5"));
      std::string mode;
      sql << "PRAGMA journal_mode = WAL", soci::into(mode);
      // What was answered as done survives a power cut.
      sql << "PRAGMA synchronous = FULL";
      sql << "PRAGMA foreign_keys = ON";
    }
  } catch (const std::exception& error) {
    return StoreUnavailable(absl::StrCat(path, " cannot be used: ", Unavailable(error).message()));
  }
  RETURN_IF_ERROR(database->Migrate());
  return database;
}

absl::Status SqlDatabase::With(Work work) {
  try {
    Leased connection(pool_);
    if (connection.get() == nullptr) return StoreUnavailable("all connections are busy");
    return work(*connection.get());
  } catch (const std::exception& error) {
    return Unavailable(error);
  }
}

absl::Status SqlDatabase::Read(Work work) { return With(work); }

absl::Status SqlDatabase::Write(Work work) {
  return With([&](soci::session& sql) {
    sql << begin_;
    try {
      absl::Status done = work(sql);
      sql << (done.ok() ? "COMMIT" : "ROLLBACK");
      return done;
    } catch (const std::exception& error) {
      try {
        sql << "ROLLBACK";
      } catch (const std::exception&) {
        // The database has ended the transaction by itself.
      }
      return Unavailable(error);
    }
  });
}

absl::Status SqlDatabase::Migrate() {
  return Write([](soci::session& sql) {
    sql << "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY)";
    int current = 0;
    sql << "SELECT COALESCE(MAX(version), 0) FROM schema_migrations", soci::into(current);
    int newest = 0;
    for (const EmbeddedFile& migration : kMigrations) {
      newest = VersionOf(migration);
      if (newest <= current) continue;
      RunScript(sql, migration.content);
      sql << "INSERT INTO schema_migrations (version) VALUES (:version)",
          soci::use(newest, "version");
    }
    if (current > newest) {
      return StoreUnavailable(absl::StrCat("its schema is version ", current,
                                           " and this program knows ", newest,
                                           "; start a newer version of auth-service"));
    }
    return absl::OkStatus();
  });
}

long long TimeColumn(absl::Time time) {
  if (time == absl::InfiniteFuture()) return kNever;
  if (time == absl::InfinitePast()) return kAlways;
  return absl::ToUnixMicros(time);
}

absl::Time TimeOfColumn(long long column) {
  if (column == kNever) return absl::InfiniteFuture();
  if (column == kAlways) return absl::InfinitePast();
  return absl::FromUnixMicros(column);
}

}  // namespace mesh::auth
