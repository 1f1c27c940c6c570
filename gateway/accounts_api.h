// Routes of integrated accounts and regions.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// POST, GET `/integrated-account`; GET, PATCH, DELETE `/integrated-account/{id}`; POST
// `/integrated-account/{id}/reconnect`; GET `/region`.
std::vector<ApiRoute> AccountRoutes();

}  // namespace mesh::gateway
