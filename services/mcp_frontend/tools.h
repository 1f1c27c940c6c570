// The tools of the catalogue as the protocol's tenants: what an MCP server lists, and calls.
#pragma once

#include <memory>

#include "common/rpc/call_group.h"
#include "edge/audit_recorder.h"
#include "edge/catalogue.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.grpc.pb.h"
#include "services/mcp_frontend/mcp/tenant.h"
#include "services/mcp_frontend/metrics.h"
#include "services/mcp_frontend/tool_lists.h"

namespace mesh::frontend {

// Thread-safe.
class Tools {
 public:
  Tools(tools::v1::ToolService::StubInterface& tools, const edge::CatalogueWatch& catalogue,
        edge::AuditRecorder& recorder, rpc::CallGroup& calls, Metrics& metrics)
      : tools_(tools),
        catalogue_(catalogue),
        recorder_(recorder),
        calls_(calls),
        metrics_(metrics) {}

  // What `server` may use. Valid as long as this.
  std::shared_ptr<mcp::Tenant> TenantOf(std::shared_ptr<const auth::v1::McpServer> server);

 private:
  class McpServerTenant;

  tools::v1::ToolService::StubInterface& tools_;
  const edge::CatalogueWatch& catalogue_;
  edge::AuditRecorder& recorder_;
  rpc::CallGroup& calls_;
  Metrics& metrics_;
  ToolLists lists_;
};

}  // namespace mesh::frontend
