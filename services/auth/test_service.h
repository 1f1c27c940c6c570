// auth-service as main.cc joins it, called within the process, for tests.
#pragma once

#include <memory>

#include <grpcpp/grpcpp.h>

#include "common/base/thread_pool.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/metrics.h"
#include "common/rpc/test_call.h"
#include "services/auth/account_connector.h"
#include "services/auth/account_registrar.h"
#include "services/auth/account_service.h"
#include "services/auth/api_key_service.h"
#include "services/auth/approval_service.h"
#include "services/auth/audit_log.h"
#include "services/auth/audit_service.h"
#include "services/auth/change_feed.h"
#include "services/auth/change_service.h"
#include "services/auth/client_service.h"
#include "services/auth/connect_service.h"
#include "services/auth/mcp_server_service.h"
#include "services/auth/store/store.h"
#include "services/auth/test_world.h"
#include "services/auth/token_broker.h"
#include "services/auth/token_service.h"

namespace mesh::auth {

// Serves until destroyed. World and store must outlive it.
class TestService {
 public:
  TestService(TestWorld& world, Store& store);

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }

  // Waits until what was done is in the audit log.
  void FlushAudit() { audit_log_.Flush(); }

 private:
  ThreadPool workers_{4, 64};
  ThreadPool refreshers_{2, 64};
  rpc::ServerMetrics rpc_metrics_;
  TokenBroker broker_;
  AccountConnector connector_;
  AccountRegistrar registrar_;
  AuditLog audit_log_;
  AccountService accounts_;
  ConnectService connect_;
  TokenService tokens_;
  McpServerService mcp_servers_;
  ApiKeyService api_keys_;
  AuditService audit_;
  ClientService clients_;
  ApprovalService approvals_;
  ChangeFeed feed_;
  ChangeService changes_{feed_};
  std::unique_ptr<rpc::GrpcListener> listener_;
  std::shared_ptr<grpc::Channel> channel_;
};

using rpc::Call;

}  // namespace mesh::auth
