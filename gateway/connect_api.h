// Routes that connect accounts through Zoho's own pages: consent page, connect links, devices.
#pragma once

#include <string>
#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// POST `/oauth/zoho/start`; POST `/connect-link`; DELETE `/connect-link/{id}`; POST
// `/oauth/zoho/device`, `/oauth/zoho/device/poll`; GET `/region/check`. For browsers, without a
// key: GET `/connect-link/{token}`, `/oauth/zoho/start`, `/oauth/zoho/callback`, which answer with
// pages. `management_url` is the base of the private listener, without a slash at its end; empty
// where only browsers on this machine come.
std::vector<ApiRoute> ConnectRoutes(const std::string& management_url);

}  // namespace mesh::gateway
