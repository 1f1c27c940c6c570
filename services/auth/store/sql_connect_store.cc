#include "services/auth/store/sql_connect_store.h"

#include <string>

#include "absl/strings/escaping.h"

#include "common/base/status_macros.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

}  // namespace

absl::StatusOr<bool> SqlConnectStore::Use(absl::string_view id, absl::Time keep_until) {
  bool first = false;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    const std::string key(id);
    const long long until = TimeColumn(keep_until);
    soci::statement insert =
        (sql.prepare << "INSERT INTO used_ids (id, keep_until) VALUES (:id, :keep_until)"
                        " ON CONFLICT (id) DO NOTHING",
         use(key, "id"), use(until, "keep_until"));
    insert.execute(/*withDataExchange=*/true);
    first = insert.get_affected_rows() > 0;
    return absl::OkStatus();
  }));
  return first;
}

absl::Status SqlConnectStore::Unuse(absl::string_view id) {
  return database_.Write([&](soci::session& sql) {
    const std::string key(id);
    sql << "DELETE FROM used_ids WHERE id = :id", use(key, "id");
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> SqlConnectStore::IsUsed(absl::string_view id) {
  int found = 0;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    const std::string key(id);
    sql << "SELECT COUNT(*) FROM used_ids WHERE id = :id", into(found), use(key, "id");
    return absl::OkStatus();
  }));
  return found > 0;
}

absl::Status SqlConnectStore::ForgetUsed(absl::Time now) {
  return database_.Write([&](soci::session& sql) {
    const long long time = TimeColumn(now);
    sql << "DELETE FROM used_ids WHERE keep_until <= :time", use(time, "time");
    return absl::OkStatus();
  });
}

absl::StatusOr<GrantCount> SqlConnectStore::AddGrant(const IssuedGrant& grant, int64_t limit) {
  GrantCount count;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    const std::string sha256 = absl::BytesToHexString(grant.sha256);
    const long long create_time = TimeColumn(grant.create_time);
    sql << "INSERT INTO issued_grants (sha256, user_id, client_id, account, create_time)"
           " VALUES (:sha256, :user_id, :client_id, :account, :create_time)"
           " ON CONFLICT (sha256) DO UPDATE SET account = excluded.account",
        use(sha256, "sha256"), use(grant.user_id, "user_id"), use(grant.client_id, "client_id"),
        use(grant.account, "account"), use(create_time, "create_time");
    long long live = 0;
    sql << "SELECT COUNT(*) FROM issued_grants WHERE user_id = :user_id AND client_id = :client_id",
        into(live), use(grant.user_id, "user_id"), use(grant.client_id, "client_id");
    for (; live > limit; --live) {
      std::string oldest;
      sql << "SELECT sha256, account FROM issued_grants WHERE user_id = :user_id"
             " AND client_id = :client_id ORDER BY create_time, sha256 LIMIT 1",
          into(oldest), into(count.displaced_account), use(grant.user_id, "user_id"),
          use(grant.client_id, "client_id");
      sql << "DELETE FROM issued_grants WHERE sha256 = :sha256", use(oldest, "sha256");
      count.displaced = true;
    }
    count.live = live;
    return absl::OkStatus();
  }));
  return count;
}

absl::Status SqlConnectStore::RemoveGrant(absl::string_view sha256) {
  return database_.Write([&](soci::session& sql) {
    const std::string key = absl::BytesToHexString(sha256);
    sql << "DELETE FROM issued_grants WHERE sha256 = :sha256", use(key, "sha256");
    return absl::OkStatus();
  });
}

absl::StatusOr<int64_t> SqlConnectStore::CountGrants(absl::string_view account) {
  long long count = 0;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    const std::string key(account);
    std::string user_id;
    std::string client_id;
    sql << "SELECT user_id, client_id FROM issued_grants WHERE account = :account"
           " ORDER BY create_time DESC LIMIT 1",
        into(user_id), into(client_id), use(key, "account");
    if (!sql.got_data()) return absl::OkStatus();
    sql << "SELECT COUNT(*) FROM issued_grants WHERE user_id = :user_id AND client_id = :client_id",
        into(count), use(user_id, "user_id"), use(client_id, "client_id");
    return absl::OkStatus();
  }));
  return count;
}

}  // namespace mesh::auth
