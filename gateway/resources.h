// Accounts, MCP servers, regions and tools as the management API shows and takes them. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json_fwd.hpp>

#include "edge/catalogue.h"
#include "mesh/auth/v1/accounts.pb.h"
#include "mesh/auth/v1/api_keys.pb.h"
#include "mesh/auth/v1/connect.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::gateway {

// RFC 3339, in UTC.
std::string TimeText(const google::protobuf::Timestamp& timestamp);

nlohmann::ordered_json ToJson(const auth::v1::Account& account);

// An account with the scopes that tools of `catalogue` need and it lacks: null where either is not
// known.
nlohmann::ordered_json AccountJson(const auth::v1::Account& account,
                                   const edge::Catalogue* catalogue);

nlohmann::ordered_json ToJson(const auth::v1::RegionFinding& finding);
nlohmann::ordered_json ToJson(const auth::v1::ApiKey& key);
nlohmann::ordered_json ToJson(const auth::v1::McpServer& server);
nlohmann::ordered_json ToJson(const auth::v1::Region& region);
nlohmann::ordered_json ToJson(const tools::v1::Tool& tool);

// The body of `POST /integrated-account`. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::StatusOr<auth::v1::CreateAccountRequest> ReadCreateAccount(absl::string_view body);

// The body of `POST /integrated-account/{id}/mcp`. Fails likewise.
absl::StatusOr<auth::v1::CreateMcpServerRequest> ReadCreateMcpServer(absl::string_view body);

// The body of `POST /oauth/zoho/start` and `/oauth/zoho/device`, which may be empty: what to
// connect goes into `request`. Fails likewise.
absl::Status ReadConnectTarget(absl::string_view body, auth::v1::StartConnectRequest& request);
absl::Status ReadConnectTarget(absl::string_view body,
                               auth::v1::StartDeviceConnectRequest& request);

// The body of `POST /connect-link`, which may be empty. Fails likewise.
absl::StatusOr<auth::v1::GetConnectLinkRequest> ReadGetConnectLink(absl::string_view body);

// The body of `POST /oauth/zoho/device/poll`. Fails likewise.
absl::StatusOr<auth::v1::PollDeviceConnectRequest> ReadPollDeviceConnect(absl::string_view body);

// The body of `POST /api-key`. Fails likewise.
absl::StatusOr<auth::v1::CreateApiKeyRequest> ReadCreateApiKey(absl::string_view body);

// The body of `PATCH /integrated-account/{id}`. Fails likewise.
absl::StatusOr<auth::v1::UpdateAccountRequest> ReadUpdateAccount(absl::string_view body);

// The body of `POST /integrated-account/{id}/reconnect`. Fails likewise.
absl::StatusOr<auth::v1::ReconnectAccountRequest> ReadReconnectAccount(absl::string_view body);

// The body of `PATCH /integrated-account/{id}/mcp/{mcp_id}`: fields that are absent stay as they
// are, also those of `config`; null takes `expires_at` away. Fails likewise.
absl::StatusOr<auth::v1::UpdateMcpServerRequest> ReadUpdateMcpServer(absl::string_view body);

// The body, which may be empty, of `POST /integrated-account/{id}/mcp/{mcp_id}/rotate`. Fails
// likewise.
absl::StatusOr<auth::v1::RotateMcpServerTokenRequest> ReadRotate(absl::string_view body);

}  // namespace mesh::gateway
