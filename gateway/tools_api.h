// Routes of tools: what an MCP server with some filters would show, and calling one by hand.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// GET `/integrated-account/{id}/tools?methods=&tags=`, both comma-separated;
// POST `/integrated-account/{id}/tools/{name}/call`, whose body is the arguments.
std::vector<ApiRoute> ToolRoutes();

}  // namespace mesh::gateway
