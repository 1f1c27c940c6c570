// How this server introduces itself to MCP clients.
#pragma once

#include "services/mcp_frontend/mcp/revision.h"

namespace mesh::frontend {

mcp::ServerInfo MeshServerInfo();

}  // namespace mesh::frontend
