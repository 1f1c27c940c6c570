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

// Thread-safe.
class ToolLists {
 public:
  // The result of `tools/list` for an MCP server of this `config`: the tools of the catalogue that
  // it may call, by name. The same input gives the same bytes, shared and not copied.
  absl::Cord Get(const edge::Catalogue& catalogue, const auth::v1::McpServerConfig& config,
                 const mcp::Revision& revision);

 private:
  std::mutex mu_;
  // Of the catalogue that `lists_` are of.
  std::string digest_;
  absl::flat_hash_map<std::string, absl::Cord> lists_;
};

}  // namespace mesh::frontend
