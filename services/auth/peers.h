// Which services of the mesh may call which methods of this one.
#pragma once

#include <vector>

#include "mesh/config/v1/config.pb.h"

namespace mesh::auth {

// Who may see which secret: the frontend resolves and manages, and never reads a Zoho token; the
// proxy reads tokens, and never mints an MCP server.
std::vector<config::v1::PeerGrant> DefaultPeers();

}  // namespace mesh::auth
