// The AccountStore in SQL.
#pragma once

#include "services/auth/store/account_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlAccountStore final : public AccountStore {
 public:
  explicit SqlAccountStore(SqlDatabase& database) : database_(database) {}

  absl::Status Insert(const v1::Account& account, const SealedGrant& grant) override;
  absl::StatusOr<v1::Account> Get(absl::string_view id) override;
  absl::StatusOr<Page<v1::Account>> List(const PageRequest& page) override;
  absl::StatusOr<v1::Account> Rename(absl::string_view id, absl::string_view name,
                                     absl::Time now) override;
  absl::StatusOr<Reconnected> Reconnect(const v1::Account& account,
                                        const SealedGrant& grant) override;
  absl::Status Delete(absl::string_view id) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
