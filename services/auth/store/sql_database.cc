#include "services/auth/store/sql_database.h"

#include <exception>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "common/base/embedded_file.h"
#include "common/base/errors.h"
#include "services/auth/store/migrations.h"

namespace mesh::auth {
namespace {

constexpr int kWaitForConnectionMs = 5000;
constexpr int kMostAttempts = 4;
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

// Leaves no transaction open, whatever state the connection is in.
void Undo(soci::session& sql) {
  try {
    sql << "ROLLBACK";
  } catch (const std::exception&) {
    // The database has ended the transaction by itself, or is gone.
    sql.close();
  }
}

absl::Status ErrorOf(const SqlFault& fault, bool committing) {
  switch (fault.kind) {
    case SqlFault::Kind::kFull:
      return StoreFull(fault.message);
    case SqlFault::Kind::kReadOnly:
      return StoreReadOnly(fault.message);
    case SqlFault::Kind::kLocked:
    case SqlFault::Kind::kConflict:
      return StoreLocked(fault.message);
    case SqlFault::Kind::kGone:
    case SqlFault::Kind::kOther:
      break;
  }
  if (!committing) return StoreUnavailable(fault.message);
  return StoreUnavailable(
      absl::StrCat(fault.message, "; it may or may not have kept what was to be changed"));
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

std::set<int> AppliedVersions(soci::session& sql) {
  const soci::rowset<int> versions = (sql.prepare << "SELECT version FROM schema_migrations");
  return {versions.begin(), versions.end()};
}

}  // namespace

SqlDatabase::SqlDatabase(std::unique_ptr<SqlDriver> driver, int connections)
    : driver_(std::move(driver)), pool_(static_cast<size_t>(connections)) {}

absl::StatusOr<std::unique_ptr<SqlDatabase>> SqlDatabase::Open(std::unique_ptr<SqlDriver> driver,
                                                               int connections) {
  std::unique_ptr<SqlDatabase> database(new SqlDatabase(std::move(driver), connections));
  if (const absl::Status migrated = database->Migrate(); !migrated.ok()) {
    return StoreUnavailable(
        absl::StrCat(database->driver_->name(), " cannot be used: ", migrated.message()));
  }
  return database;
}

std::unique_ptr<SqlDatabase> SqlDatabase::OpenAsItIs(std::unique_ptr<SqlDriver> driver,
                                                     int connections) {
  return std::unique_ptr<SqlDatabase>(new SqlDatabase(std::move(driver), connections));
}

absl::Status SqlDatabase::Run(Work work, const bool& committing) {
  Leased connection(pool_);
  if (connection.get() == nullptr) return StoreLocked("all connections are busy");
  soci::session& sql = *connection.get();
  for (int attempt = 1;; ++attempt) {
    const bool fresh = sql.get_backend() == nullptr;
    bool opened = !fresh;
    try {
      if (fresh) driver_->Open(sql);
      opened = true;
      return work(sql);
    } catch (const std::exception& error) {
      const SqlFault fault = driver_->FaultOf(error);
      const bool gone = fault.kind == SqlFault::Kind::kGone;
      // After a failover the one that only reads is the old one.
      if (gone || !opened || fault.kind == SqlFault::Kind::kReadOnly) sql.close();
      const bool again = gone ? !fresh && !committing
                              : fault.kind == SqlFault::Kind::kConflict && attempt < kMostAttempts;
      if (!again) return ErrorOf(fault, committing && gone);
    }
  }
}

absl::Status SqlDatabase::Read(Work work) { return Run(work, /*committing=*/false); }

absl::Status SqlDatabase::Write(Work work) {
  bool committing = false;
  return Run(
      [&](soci::session& sql) {
        committing = false;
        try {
          sql << driver_->begin();
          absl::Status done = work(sql);
          committing = done.ok();
          sql << (done.ok() ? "COMMIT" : "ROLLBACK");
          return done;
        } catch (const std::exception&) {
          Undo(sql);
          throw;
        }
      },
      committing);
}

absl::Status SqlDatabase::Migrate() {
  return Write([this](soci::session& sql) {
    driver_->LockMigrations(sql);
    sql << "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY)";
    std::set<int> missing;
    for (const EmbeddedFile& migration : kMigrations) missing.insert(VersionOf(migration));
    const int newest = *missing.rbegin();
    for (const int version : AppliedVersions(sql)) {
      if (missing.erase(version) == 0) {
        return StoreUnavailable(absl::StrCat("its schema has version ", version,
                                             " and this program knows up to ", newest,
                                             "; start a newer version of auth-service"));
      }
    }
    for (const EmbeddedFile& migration : kMigrations) {
      const int version = VersionOf(migration);
      if (!missing.contains(version)) continue;
      RunScript(sql, migration.content);
      sql << "INSERT INTO schema_migrations (version) VALUES (:version)",
          soci::use(version, "version");
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
