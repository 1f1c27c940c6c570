#include "services/auth/store/sql_api_key_store.h"

#include <string>

#include "absl/strings/escaping.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/auth/store/sql_change_store.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

const std::string kBootstrap = "bootstrap";

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
    const int role = key.role();
    const long long create_time = TimeColumn(now);
    sql << "INSERT INTO api_keys (id, name, role, sha256, origin, create_time)"
           " VALUES (:id, :name, :role, :sha256, :origin, :create_time)",
        use(key.id(), "id"), use(key.name(), "name"), use(role, "role"), use(digest, "sha256"),
        use(kBootstrap, "origin"), use(create_time, "create_time");
    if (replaced) AddChange(sql, v1::Change::API_KEY, other);
    AddChange(sql, v1::Change::API_KEY, key.id());
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::ApiKey> SqlApiKeyStore::Resolve(absl::string_view sha256) {
  v1::ApiKey key;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    const std::string digest = absl::BytesToHexString(sha256);
    std::string id;
    std::string name;
    int role = 0;
    sql << "SELECT id, name, role FROM api_keys WHERE sha256 = :sha256", into(id), into(name),
        into(role), use(digest, "sha256");
    if (!sql.got_data()) return ApiKeyInvalid();
    key.set_id(id);
    key.set_name(name);
    key.set_role(static_cast<v1::ApiKey::Role>(role));
    return absl::OkStatus();
  }));
  return key;
}

}  // namespace mesh::auth
