// Approvals of tool calls over the management API.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

std::vector<ApiRoute> ApprovalRoutes();

}  // namespace mesh::gateway
