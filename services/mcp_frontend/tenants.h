// MCP servers as the protocol's tenants: the tools, prompts and resources of each.
#pragma once

#include <memory>

#include "common/rpc/call_group.h"
#include "edge/catalogue.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "services/mcp_frontend/clients.h"
#include "services/mcp_frontend/mcp/tenant.h"
#include "services/mcp_frontend/name_lists.h"
#include "services/mcp_frontend/tools.h"

namespace mesh::frontend {

// Thread-safe.
class Tenants {
 public:
  // All must outlive it.
  Tenants(Tools& tools, const edge::CatalogueWatch& catalogue,
          auth::v1::AccountService::StubInterface& accounts, NameLists& names, Clients& clients,
          rpc::CallGroup& calls)
      : tools_(tools),
        catalogue_(catalogue),
        accounts_(accounts),
        names_(names),
        clients_(clients),
        calls_(calls) {}

  // What `server` may use, for a request of `sender`. Valid as long as this.
  std::shared_ptr<mcp::Tenant> Of(std::shared_ptr<const auth::v1::McpServer> server, Sender sender);

 private:
  class McpServerTenant;

  Tools& tools_;
  const edge::CatalogueWatch& catalogue_;
  auth::v1::AccountService::StubInterface& accounts_;
  NameLists& names_;
  Clients& clients_;
  rpc::CallGroup& calls_;
};

}  // namespace mesh::frontend
