// The ConnectStore in SQL.
#pragma once

#include "services/auth/store/connect_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlConnectStore final : public ConnectStore {
 public:
  explicit SqlConnectStore(SqlDatabase& database) : database_(database) {}

  absl::StatusOr<bool> Use(absl::string_view id, absl::Time keep_until) override;
  absl::Status Unuse(absl::string_view id) override;
  absl::StatusOr<bool> IsUsed(absl::string_view id) override;
  absl::Status ForgetUsed(absl::Time now) override;
  absl::StatusOr<GrantCount> AddGrant(const IssuedGrant& grant, int64_t limit) override;
  absl::Status RemoveGrant(absl::string_view sha256) override;
  absl::StatusOr<int64_t> CountGrants(absl::string_view account) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
