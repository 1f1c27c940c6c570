// Answers to `tools/list`, serialised once for each catalogue, filter and era.
#pragma once

#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/cord.h"

#include "edge/catalogue.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "services/mcp_frontend/mcp/revision.h"

namespace mesh::frontend {

// A result of `tools/list`.
struct ToolList {
  absl::Cord json = {};
  // edge::ToolListDigest().
  std::string digest = {};
};

// Thread-safe.
class ToolLists {
 public:
  // For an MCP server of this `config`: the tools of the catalogue that it may call, by name. The
  // same input gives the same bytes, shared and not copied.
  ToolList Get(const edge::Catalogue& catalogue, const auth::v1::McpServerConfig& config,
               const mcp::Revision& revision);

 private:
  std::mutex mu_;
  // Of the catalogue that `lists_` are of.
  std::string digest_;
  absl::flat_hash_map<std::string, ToolList> lists_;
};

}  // namespace mesh::frontend
