// The ApiKeyStore in SQL.
#pragma once

#include "services/auth/store/api_key_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlApiKeyStore final : public ApiKeyStore {
 public:
  explicit SqlApiKeyStore(SqlDatabase& database) : database_(database) {}

  absl::Status SetBootstrap(const v1::ApiKey& key, absl::string_view sha256,
                            absl::Time now) override;
  absl::Status Insert(const v1::ApiKey& key, absl::string_view sha256) override;
  absl::StatusOr<Page<v1::ApiKey>> List(const PageRequest& page, absl::Time now) override;
  absl::StatusOr<v1::ApiKey> Delete(absl::string_view id) override;
  absl::StatusOr<v1::ApiKey> Resolve(absl::string_view sha256, absl::Time now) override;
  absl::Status Touch(absl::string_view id, absl::Time now) override;
  absl::Status DeleteExpired(absl::Time now) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
