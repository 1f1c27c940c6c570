#include "services/auth/store/sql_store.h"

#include <utility>

#include "common/base/status_macros.h"
#include "services/auth/store/sql_account_store.h"
#include "services/auth/store/sql_api_key_store.h"
#include "services/auth/store/sql_approval_store.h"
#include "services/auth/store/sql_audit_store.h"
#include "services/auth/store/sql_change_store.h"
#include "services/auth/store/sql_client_store.h"
#include "services/auth/store/sql_connect_store.h"
#include "services/auth/store/sql_database.h"
#include "services/auth/store/sql_driver.h"
#include "services/auth/store/sql_mcp_server_store.h"
#include "services/auth/store/sql_token_store.h"

namespace mesh::auth {
namespace {

// SQLite has one writer at a time; more connections only help readers.
constexpr int kSqliteConnections = 8;

class SqlStore final : public Store {
 public:
  explicit SqlStore(std::unique_ptr<SqlDatabase> database)
      : database_(std::move(database)),
        accounts_(*database_),
        tokens_(*database_),
        mcp_servers_(*database_),
        api_keys_(*database_),
        clients_(*database_),
        approvals_(*database_),
        connect_(*database_),
        audit_(*database_),
        changes_(*database_) {}

  AccountStore& accounts() override { return accounts_; }
  TokenStore& tokens() override { return tokens_; }
  McpServerStore& mcp_servers() override { return mcp_servers_; }
  ApiKeyStore& api_keys() override { return api_keys_; }
  ClientStore& clients() override { return clients_; }
  ApprovalStore& approvals() override { return approvals_; }
  ConnectStore& connect() override { return connect_; }
  AuditStore& audit() override { return audit_; }
  ChangeStore& changes() override { return changes_; }

 private:
  const std::unique_ptr<SqlDatabase> database_;
  SqlAccountStore accounts_;
  SqlTokenStore tokens_;
  SqlMcpServerStore mcp_servers_;
  SqlApiKeyStore api_keys_;
  SqlClientStore clients_;
  SqlApprovalStore approvals_;
  SqlConnectStore connect_;
  SqlAuditStore audit_;
  SqlChangeStore changes_;
};

absl::StatusOr<std::unique_ptr<Store>> Open(std::unique_ptr<SqlDriver> driver, int connections) {
  ASSIGN_OR_RETURN(auto database, SqlDatabase::Open(std::move(driver), connections));
  return std::make_unique<SqlStore>(std::move(database));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path) {
  ASSIGN_OR_RETURN(auto driver, NewSqliteDriver(path));
  return Open(std::move(driver), kSqliteConnections);
}

absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(const std::string& url,
                                                         PasswordInUrl password, int connections) {
  ASSIGN_OR_RETURN(auto driver, NewPostgresDriver(url, password));
  return Open(std::move(driver), connections);
}

}  // namespace mesh::auth
