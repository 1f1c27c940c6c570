// Accounts, MCP servers, regions and tools as the management API shows and takes them. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json_fwd.hpp>

#include "mesh/auth/v1/accounts.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::gateway {

nlohmann::ordered_json ToJson(const auth::v1::Account& account);
nlohmann::ordered_json ToJson(const auth::v1::McpServer& server);
nlohmann::ordered_json ToJson(const auth::v1::Region& region);
nlohmann::ordered_json ToJson(const tools::v1::Tool& tool);

// The body of `POST /integrated-account`. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::StatusOr<auth::v1::CreateAccountRequest> ReadCreateAccount(absl::string_view body);

// The body of `POST /integrated-account/{id}/mcp`. Fails likewise.
absl::StatusOr<auth::v1::CreateMcpServerRequest> ReadCreateMcpServer(absl::string_view body);

}  // namespace mesh::gateway
