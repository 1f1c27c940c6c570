// Routes of MCP servers.
#pragma once

#include <string>
#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// POST, GET `/integrated-account/{id}/mcp`; GET, DELETE `/integrated-account/{id}/mcp/{mcp_id}`.
std::vector<ApiRoute> McpServerRoutes(const std::string& public_url);

}  // namespace mesh::gateway
