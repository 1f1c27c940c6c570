#include "services/auth/store/sql_change_store.h"

#include "absl/time/clock.h"

#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {

using soci::into;
using soci::use;

absl::StatusOr<RecentChanges> SqlChangeStore::Read(int64_t after, int limit) {
  RecentChanges recent;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    recent = {};
    long long newest = 0;
    sql << "SELECT newest FROM change_counter", into(newest);
    recent.newest = newest;
    // What is asked for several times a second, and mostly so.
    if (newest <= after) return absl::OkStatus();
    const long long from = after;
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT sequence, kind, id, change_time FROM changes"
                        " WHERE sequence > :from ORDER BY sequence LIMIT :limit",
         use(from, "from"), use(limit, "limit"));
    for (const soci::row& row : rows) {
      v1::Change& change = recent.changes.emplace_back();
      change.set_sequence(row.get<long long>("sequence"));
      change.set_kind(static_cast<v1::Change::Kind>(row.get<int>("kind")));
      change.set_id(row.get<std::string>("id"));
      *change.mutable_change_time() =
          rpc::TimestampOf(TimeOfColumn(row.get<long long>("change_time")));
    }
    return absl::OkStatus();
  }));
  return recent;
}

absl::Status SqlChangeStore::Trim(int64_t keep) {
  return database_.Write([&](soci::session& sql) {
    const long long most = keep;
    sql << "DELETE FROM changes WHERE sequence <= (SELECT newest FROM change_counter) - :most",
        use(most, "most");
    return absl::OkStatus();
  });
}

void AddChange(soci::session& sql, v1::Change::Kind kind, const std::string& id) {
  sql << "UPDATE change_counter SET newest = newest + 1";
  long long sequence = 0;
  sql << "SELECT newest FROM change_counter", into(sequence);
  const int kind_column = kind;
  // By the wall clock, whatever the clock of who calls: it only tells how late a change arrives.
  const long long change_time = TimeColumn(absl::Now());
  sql << "INSERT INTO changes (sequence, kind, id, change_time)"
         " VALUES (:sequence, :kind, :id, :change_time)",
      use(sequence, "sequence"), use(kind_column, "kind"), use(id, "id"),
      use(change_time, "change_time");
}

}  // namespace mesh::auth
