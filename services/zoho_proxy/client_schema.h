// OpenAPI schemas cut down to the JSON Schema that every MCP client accepts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/openapi.h"

namespace mesh::zoho_proxy {

struct SchemaLimits {
  // How deep properties and items may lie; below, a schema is its type and description alone.
  int levels = 16;

  // Of the text of a nested description, in bytes.
  size_t max_description = 4096;
};

// Keeps the keywords that all clients know, follows references, merges `allOf`, turns OpenAPI 3.0's
// `nullable` and `[type, null]` into the plain type, `oneOf` into `anyOf`, and drops the rest. What
// is read-only has no place in a request and is dropped too. Where a schema holds itself, the inner
// one is `{}`, which allows anything. Fails like Node::Get(). Pure.
absl::StatusOr<Json> ClientSchema(const Node& schema, const SchemaLimits& limits = {});

// The members of an object's schema in their order, those of each part of `allOf` included, and
// whether each is required.
struct SchemaMember {
  std::string name = {};
  Node schema;
  bool required = false;
};
absl::StatusOr<std::vector<SchemaMember>> MembersOf(const Node& schema);

}  // namespace mesh::zoho_proxy
