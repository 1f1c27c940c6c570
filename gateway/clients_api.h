// What the clients of an MCP server saw, over the management API.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

std::vector<ApiRoute> ClientRoutes();

}  // namespace mesh::gateway
