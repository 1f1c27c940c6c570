// Routes of MCP servers.
#pragma once

#include <string>
#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// POST, GET `/integrated-account/{id}/mcp`; GET, PATCH, DELETE
// `/integrated-account/{id}/mcp/{mcp_id}`; POST `/integrated-account/{id}/mcp/{mcp_id}/rotate`.
std::vector<ApiRoute> McpServerRoutes(const std::string& public_url);

}  // namespace mesh::gateway
