// What this server has to read: the account, Zoho's data centres, and the documentation of each
// tool. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "edge/catalogue.h"
#include "mesh/auth/v1/accounts.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::frontend {

inline constexpr char kAccountUri[] = "zoho-meeting://account";
inline constexpr char kRegionsUri[] = "zoho-meeting://regions";
inline constexpr char kToolUriTemplate[] = "zoho-meeting://tools/{name}";

// The tool that a URI is the documentation of; nullopt for any other URI.
std::optional<absl::string_view> ToolOfUri(absl::string_view uri);

// `"resources":[…]` for an MCP server of this `config`: what it may not call is not documented to
// it.
std::string ResourceListMembers(const edge::Catalogue& catalogue,
                                const auth::v1::McpServerConfig& config);

// `"resourceTemplates":[…]`
std::string ResourceTemplateMembers();

// `"contents":[…]` with one text.
std::string ContentMembers(absl::string_view uri, absl::string_view mime_type,
                           absl::string_view text);

// Whose account this is, what its grant allows, and what this MCP server may do with it. JSON.
std::string AccountOverview(const auth::v1::Account& account, const auth::v1::McpServer& server,
                            const edge::Catalogue& catalogue);

// JSON.
std::string RegionsOverview(const auth::v1::ListRegionsResponse& regions);

// Markdown.
std::string ToolDocumentation(const tools::v1::Tool& tool);

}  // namespace mesh::frontend
