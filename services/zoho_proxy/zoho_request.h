// What every request to Zoho carries.
#pragma once

#include "common/net/http_client.h"
#include "services/zoho_proxy/lease.h"

namespace mesh::zoho_proxy {

// The access token of `lease`, and who we are.
void AddZohoHeaders(const Lease& lease, net::HttpHeaders& headers);

}  // namespace mesh::zoho_proxy
