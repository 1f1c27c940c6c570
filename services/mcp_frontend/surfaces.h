// The two listeners as the configuration describes them.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/net/http_server.h"
#include "edge/readiness.h"
#include "mesh/config/v1/config.pb.h"
#include "services/mcp_frontend/endpoint.h"
#include "services/mcp_frontend/http_listener.h"

namespace mesh::frontend {

// Checks the configuration and sets the log level. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::Status ApplyConfig(const config::v1::McpFrontendConfig& config);

EndpointOptions EndpointOptionsOf(const config::v1::McpFrontendConfig& config);

// Listens, or returns nullptr where the surface is `off`. Fails with UNAVAILABLE where the address
// cannot be bound, INVALID_ARGUMENT where it is none.
absl::StatusOr<std::unique_ptr<HttpListener>> StartMcp(const config::v1::McpFrontendConfig& config,
                                                       edge::Readiness& readiness,
                                                       net::HttpHandler handler);
absl::StatusOr<std::unique_ptr<HttpListener>> StartManagement(
    const config::v1::McpFrontendConfig& config, edge::Readiness& readiness,
    net::HttpHandler handler);

// The base of MCP URLs, without a slash at its end: `public_url`, else the address of `mcp`, which
// may be nullptr where the former is set.
std::string PublicUrl(const config::v1::McpFrontendConfig& config, const HttpListener* mcp);

// The base under which browsers reach the private listener, without a slash at its end; empty where
// none is configured.
std::string ManagementUrl(const config::v1::McpFrontendConfig& config);

}  // namespace mesh::frontend
