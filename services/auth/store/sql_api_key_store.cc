#include "services/auth/store/sql_api_key_store.h"

#include <string>

#include "absl/strings/escaping.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/sql_change_store.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

const std::string kBootstrap = "bootstrap";

v1::ApiKey KeyOf(const soci::row& row) {
  v1::ApiKey key;
  key.set_id(row.get<std::string>("id"));
  key.set_name(row.get<std::string>("name"));
  key.set_role(static_cast<v1::ApiKey::Role>(row.get<int>("role")));
  key.set_bootstrap(row.get<std::string>("origin") == kBootstrap);
  const absl::Time expire_time = TimeOfColumn(row.get<long long>("expire_time"));
  if (expire_time != absl::InfiniteFuture()) {
    *key.mutable_expire_time() = rpc::TimestampOf(expire_time);
  }
  *key.mutable_create_time() = rpc::TimestampOf(TimeOfColumn(row.get<long long>("create_time")));
  if (const long long last_use_time = row.get<long long>("last_use_time"); last_use_time != 0) {
    *key.mutable_last_use_time() = rpc::TimestampOf(TimeOfColumn(last_use_time));
  }
  return key;
}

void InsertKey(soci::session& sql, const v1::ApiKey& key, const std::string& digest,
               const std::string& origin, absl::Time create_time) {
  const int role = key.role();
  const long long created = TimeColumn(create_time);
  const long long expire_time =
      TimeColumn(key.has_expire_time() ? rpc::TimeOf(key.expire_time()) : absl::InfiniteFuture());
  sql << "INSERT INTO api_keys (id, name, role, sha256, origin, create_time, expire_time)"
         " VALUES (:id, :name, :role, :sha256, :origin, :create_time, :expire_time)",
      use(key.id(), "id"), use(key.name(), "name"), use(role, "role"), use(digest, "sha256"),
      use(origin, "origin"), use(created, "create_time"), use(expire_time, "expire_time");
}

}  // namespace

absl::Status SqlApiKeyStore::SetBootstrap(const v1::ApiKey& key, absl::string_view sha256,
                                          absl::Time now) {
  return database_.Write([&](soci::session& sql) {
    const std::string digest = absl::BytesToHexString(sha256);
    int same = 0;
    sql << "SELECT COUNT(*) FROM api_keys WHERE sha256 = :sha256", into(same),
        use(digest, "sha256");
    if (same > 0) return absl::OkStatus();
    std::string other;
    sql << "SELECT id FROM api_keys WHERE origin = :origin", into(other), use(kBootstrap, "origin");
    const bool replaced = sql.got_data();
    sql << "DELETE FROM api_keys WHERE origin = :origin", use(kBootstrap, "origin");
    InsertKey(sql, key, digest, kBootstrap, now);
    if (replaced) AddChange(sql, v1::Change::API_KEY, other);
    AddChange(sql, v1::Change::API_KEY, key.id());
    return absl::OkStatus();
  });
}

absl::Status SqlApiKeyStore::Insert(const v1::ApiKey& key, absl::string_view sha256) {
  return database_.Write([&](soci::session& sql) {
    InsertKey(sql, key, absl::BytesToHexString(sha256), "", rpc::TimeOf(key.create_time()));
    return absl::OkStatus();
  });
}

absl::StatusOr<Page<v1::ApiKey>> SqlApiKeyStore::List(const PageRequest& page, absl::Time now) {
  Page<v1::ApiKey> result;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    const long long time = TimeColumn(now);
    const long long after_time = TimeColumn(page.after.create_time);
    const int one_more = page.limit + 1;
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT * FROM api_keys WHERE expire_time > :time"
                        " AND (create_time, id) > (:after_time, :after_id)"
                        " ORDER BY create_time, id LIMIT :one_more",
         use(time, "time"), use(after_time, "after_time"), use(page.after.id, "after_id"),
         use(one_more, "one_more"));
    for (const soci::row& row : rows) AddToPage(page, KeyOf(row), result);
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<v1::ApiKey> SqlApiKeyStore::Delete(absl::string_view id) {
  v1::ApiKey key;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string wanted(id);
    soci::row row;
    sql << "SELECT * FROM api_keys WHERE id = :id", into(row), use(wanted, "id");
    if (!sql.got_data()) return ApiKeyNotFound(id);
    key = KeyOf(row);
    if (key.bootstrap()) return ApiKeyBootstrap();
    sql << "DELETE FROM api_keys WHERE id = :id", use(wanted, "id");
    AddChange(sql, v1::Change::API_KEY, wanted);
    return absl::OkStatus();
  }));
  return key;
}

absl::StatusOr<v1::ApiKey> SqlApiKeyStore::Resolve(absl::string_view sha256, absl::Time now) {
  v1::ApiKey key;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    const std::string digest = absl::BytesToHexString(sha256);
    const long long time = TimeColumn(now);
    soci::row row;
    sql << "SELECT * FROM api_keys WHERE sha256 = :sha256 AND expire_time > :time", into(row),
        use(digest, "sha256"), use(time, "time");
    if (!sql.got_data()) return ApiKeyInvalid();
    key = KeyOf(row);
    return absl::OkStatus();
  }));
  return key;
}

absl::Status SqlApiKeyStore::Touch(absl::string_view id, absl::Time now) {
  return database_.Write([&](soci::session& sql) {
    const std::string key(id);
    const long long time = TimeColumn(now);
    sql << "UPDATE api_keys SET last_use_time = :time WHERE id = :id AND last_use_time < :time",
        use(time, "time"), use(key, "id");
    return absl::OkStatus();
  });
}

absl::Status SqlApiKeyStore::DeleteExpired(absl::Time now) {
  return database_.Write([&](soci::session& sql) {
    const long long time = TimeColumn(now);
    sql << "DELETE FROM api_keys WHERE expire_time <= :time", use(time, "time");
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
