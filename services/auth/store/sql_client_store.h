// The ClientStore in SQL.
#pragma once

#include "services/auth/store/client_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlClientStore final : public ClientStore {
 public:
  explicit SqlClientStore(SqlDatabase& database) : database_(database) {}

  absl::Status Record(const std::vector<v1::Client>& seen, int keep) override;
  absl::StatusOr<std::vector<v1::Client>> List(absl::string_view mcp_server) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
