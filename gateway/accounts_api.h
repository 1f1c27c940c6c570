// Routes of integrated accounts and regions.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// POST, GET `/integrated-account`; GET, DELETE `/integrated-account/{id}`; GET `/region`.
std::vector<ApiRoute> AccountRoutes();

}  // namespace mesh::gateway
