// Routes of API keys.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// POST, GET `/api-key`; DELETE `/api-key/{id}`.
std::vector<ApiRoute> ApiKeyRoutes();

}  // namespace mesh::gateway
