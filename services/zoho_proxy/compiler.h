// OpenAPI operations into tools. docs/adding_a_tool.md describes the extensions that it reads.
#pragma once

#include <vector>

#include "absl/status/statusor.h"

#include "services/zoho_proxy/openapi.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// The tools of every operation that has an `x-mcp`, in the order of the documents. Fails with
// INVALID_ARGUMENT (`CATALOG_INVALID`), naming file and line, at the first one that cannot be
// served.
absl::StatusOr<std::vector<Tool>> CompileTools(const DocumentSet& documents);

}  // namespace mesh::zoho_proxy
