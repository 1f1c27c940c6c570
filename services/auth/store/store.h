// Every durable fact of the mesh, by kind.
#pragma once

#include "services/auth/store/account_store.h"
#include "services/auth/store/api_key_store.h"
#include "services/auth/store/approval_store.h"
#include "services/auth/store/audit_store.h"
#include "services/auth/store/change_store.h"
#include "services/auth/store/client_store.h"
#include "services/auth/store/connect_store.h"
#include "services/auth/store/mcp_server_store.h"
#include "services/auth/store/token_store.h"

namespace mesh::auth {

// Owns what it hands out. Thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  virtual AccountStore& accounts() = 0;
  virtual TokenStore& tokens() = 0;
  virtual McpServerStore& mcp_servers() = 0;
  virtual ApiKeyStore& api_keys() = 0;
  virtual ClientStore& clients() = 0;
  virtual ApprovalStore& approvals() = 0;
  virtual ConnectStore& connect() = 0;
  virtual AuditStore& audit() = 0;
  virtual ChangeStore& changes() = 0;
};

}  // namespace mesh::auth
