// What an MCP server may do: the one rule for listing and for calling. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::edge {

// Whether `methods` and `tags` both allow `tool`; an empty list allows all.
bool Allows(const auth::v1::McpServerConfig& config, const tools::v1::Tool& tool);

// Whether somebody has to approve a call of `tool`: never where it only reads.
bool NeedsApproval(const auth::v1::McpServerConfig& config, const tools::v1::Tool& tool);

// Whether `word` may stand in `McpServerConfig.methods`.
bool IsMethodWord(absl::string_view word);

// The words of IsMethodWord(), for people.
std::string MethodWords();

// The same text for configs that allow the same tools by the same words, in whatever order.
std::string FilterKey(const auth::v1::McpServerConfig& config);

}  // namespace mesh::edge
