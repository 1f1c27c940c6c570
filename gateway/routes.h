// What a route of the management API is made of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/call_group.h"
#include "edge/audit_recorder.h"
#include "edge/catalogue.h"
#include "gateway/api_call.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "mesh/auth/v1/approvals.grpc.pb.h"
#include "mesh/auth/v1/audit.grpc.pb.h"
#include "mesh/auth/v1/clients.grpc.pb.h"
#include "mesh/auth/v1/connect.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.grpc.pb.h"
#include "mesh/tools/v1/tools.grpc.pb.h"

namespace mesh::gateway {

// What the routes call. All of it must outlive them.
struct Backends {
  auth::v1::AccountService::StubInterface& accounts;
  auth::v1::ConnectService::StubInterface& connect;
  auth::v1::McpServerService::StubInterface& mcp_servers;
  auth::v1::ApiKeyService::StubInterface& api_keys;
  auth::v1::AuditService::StubInterface& audit;
  auth::v1::ClientService::StubInterface& clients;
  auth::v1::ApprovalService::StubInterface& approvals;
  tools::v1::ToolService::StubInterface& tools;
  const edge::CatalogueWatch& catalogue;
  // Of calls by hand, which auth-service does not see.
  edge::AuditRecorder& recorder;
  rpc::CallGroup& calls;
};

// Answers the call, now or later.
using ApiHandler = std::function<void(const Backends& to, std::unique_ptr<ApiCall> call)>;

// The role of routes for browsers that come by a link or from Zoho: what they may do is sealed into
// what they bring.
inline constexpr auth::v1::ApiKey::Role kNoKey = auth::v1::ApiKey::ROLE_UNSPECIFIED;

struct ApiRoute {
  std::string method = {};
  // With `{…}` for segments that vary.
  std::string path = {};
  // The least role that may use it, or kNoKey.
  auth::v1::ApiKey::Role role = auth::v1::ApiKey::ADMIN;
  ApiHandler handler = {};
};

}  // namespace mesh::gateway
