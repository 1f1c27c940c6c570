// OpenAPI operations into tools. docs/adding_a_tool.md describes the extensions that it reads.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/zoho_proxy/openapi.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// Tools in the order of the documents.
//
// Of a document that is written for the mesh, which is one with an `x-mcp`, every operation that
// has one is a tool. Fails with INVALID_ARGUMENT (`CATALOG_INVALID`), naming file and line, at the
// first one that cannot be served.
//
// Of any other document every operation that has a summary or a description is a tool. Those that
// cannot be served are left out; why, by file and line, is added to `left_out`.
absl::StatusOr<std::vector<Tool>> CompileTools(const DocumentSet& documents,
                                               std::vector<absl::Status>* left_out = nullptr);

}  // namespace mesh::zoho_proxy
