// OpenAPI schemas cut down to the JSON Schema that every MCP client accepts. Pure.
#pragma once

#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {

// Keeps the keywords that all clients know, merges `allOf`, turns OpenAPI 3.0's `nullable` and
// `[type, null]` into the plain type, and drops the rest. `expanded` holds no reference.
Json ClientSchema(const Json& expanded);

}  // namespace mesh::zoho_proxy
