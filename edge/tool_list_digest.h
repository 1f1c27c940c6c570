// Which list of tools somebody was shown. Pure.
#pragma once

#include <string>

#include "edge/catalogue.h"
#include "mesh/auth/v1/mcp_servers.pb.h"

namespace mesh::edge {

// 64 hexadecimal digits: the same where an MCP server of this `config` shows the same tools with
// the same words, in whatever revision of the protocol.
std::string ToolListDigest(const Catalogue& catalogue, const auth::v1::McpServerConfig& config);

}  // namespace mesh::edge
