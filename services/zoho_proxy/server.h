// Which host an operation is sent to, by the `servers` of its document. Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/zoho_proxy/openapi.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// By the first of `servers` that is a host of Zoho's, of the operation, else of its path, else of
// the document; by the first of all where none is. Where none is named or only a path, that is the
// account's Meeting host where `own`, and no host otherwise: a document that says nothing of Zoho
// is not about Zoho. A host of Zoho's for files is one where `own` only.
// Fails with INVALID_ARGUMENT (`CATALOG_INVALID`) where `servers` is none.
absl::StatusOr<Server> ReadServer(const Node& document, const Node& path_item,
                                  const Node& operation, bool own);

// Fails with FAILED_PRECONDITION (`SERVER_NOT_ALLOWED`) where calls of `tool` would leave Zoho.
absl::Status CheckServed(const Tool& tool);

}  // namespace mesh::zoho_proxy
