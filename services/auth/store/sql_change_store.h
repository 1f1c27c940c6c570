// The ChangeStore in SQL, and how the other SQL stores add to it.
#pragma once

#include <string>

#include "services/auth/store/change_store.h"

namespace soci {
class session;
}  // namespace soci

namespace mesh::auth {

class SqlDatabase;

class SqlChangeStore final : public ChangeStore {
 public:
  explicit SqlChangeStore(SqlDatabase& database) : database_(database) {}

  absl::StatusOr<RecentChanges> Read(int64_t after, int limit) override;
  absl::Status Trim(int64_t keep) override;

 private:
  SqlDatabase& database_;
};

// Adds a change to the transaction that makes it, as its last statement: until the commit nobody
// else can. Throws what SOCI throws.
void AddChange(soci::session& sql, v1::Change::Kind kind, const std::string& id);

}  // namespace mesh::auth
