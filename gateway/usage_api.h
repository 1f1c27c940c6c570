// Routes of what was called, and of what Zoho says is left.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// GET `/usage?since=&until=&account=&mcp_server=&tool=`.
std::vector<ApiRoute> UsageRoutes();

}  // namespace mesh::gateway
