// The two listeners as the configuration describes them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/net/http_server.h"
#include "edge/readiness.h"
#include "gateway/management.h"
#include "mesh/config/v1/config.pb.h"
#include "services/mcp_frontend/endpoint.h"
#include "services/mcp_frontend/http_listener.h"
#include "services/mcp_frontend/mcp/protocol.h"

namespace mesh::frontend {

// Checks the configuration and sets the log level. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::Status ApplyConfig(const config::v1::McpFrontendConfig& config);

// Without the extra tenant.
EndpointOptions EndpointOptionsOf(const config::v1::McpFrontendConfig& config);

// Fails where the file of the key cannot be read.
absl::StatusOr<mcp::ProtocolOptions> ProtocolOptionsOf(const config::v1::McpFrontendConfig& config);

// Lets the conformance fixtures be served, where the configuration asks for them. Fails where the
// file of their token cannot be read.
absl::Status AddFixtures(const config::v1::McpFrontendConfig& config, mcp::Protocol& protocol,
                         EndpointOptions& options);

// Listens, or returns nullptr where the surface is `off`. Fails with UNAVAILABLE where the address
// cannot be bound, INVALID_ARGUMENT where it is none, and like net::TlsFiles::Open().
// `before_shutdown` is called when the process ends, before connections are closed.
absl::StatusOr<std::unique_ptr<HttpListener>> StartMcp(const config::v1::McpFrontendConfig& config,
                                                       edge::Readiness& readiness,
                                                       net::HttpHandler handler,
                                                       std::function<void()> before_shutdown);
absl::StatusOr<std::unique_ptr<HttpListener>> StartManagement(
    const config::v1::McpFrontendConfig& config, edge::Readiness& readiness,
    net::HttpHandler handler);

// The base of MCP URLs is `public_url`, else the address of `mcp`, which may be nullptr where the
// former is set. Fails where the file of the key cannot be read; where the dashboard's files cannot
// be, its place says so.
absl::StatusOr<gateway::ManagementOptions> ManagementOptionsOf(
    const config::v1::McpFrontendConfig& config, const HttpListener* mcp);

}  // namespace mesh::frontend
