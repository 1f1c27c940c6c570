// A raw call into the request that goes to Zoho, and the answer back. Pure.
#pragma once

#include "absl/status/statusor.h"

#include "common/net/http_client.h"
#include "mesh/tools/v1/proxy.pb.h"
#include "services/zoho_proxy/lease.h"
#include "services/zoho_proxy/rate_limit.h"
#include "services/zoho_proxy/zoho_hosts.h"

namespace mesh::zoho_proxy {

// Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where method or path is none, and like
// ZohoHosts::ApiBase().
absl::StatusOr<net::HttpRequest> BuildRawRequest(const tools::v1::SendRequest& request,
                                                 const Lease& lease, const ZohoHosts& hosts);

// `response` as the caller gets it, its limits normalised.
tools::v1::SendResponse ReadRawResponse(net::HttpResponse response, const RateLimitReading& limits);

}  // namespace mesh::zoho_proxy
