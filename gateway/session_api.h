// POST, GET and DELETE of `/session`: a browser logs in with an API key, and out.
#pragma once

#include <vector>

#include "edge/api_keys.h"
#include "gateway/login_limit.h"
#include "gateway/routes.h"
#include "gateway/sessions.h"

namespace mesh::gateway {

// All of it must outlive the routes.
std::vector<ApiRoute> SessionRoutes(const Sessions& sessions, LoginLimit& logins,
                                    edge::ApiKeys& api_keys);

}  // namespace mesh::gateway
