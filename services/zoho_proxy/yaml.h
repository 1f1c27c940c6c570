// YAML text into a Document. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/zoho_proxy/document.h"

namespace mesh::zoho_proxy {

// Plain scalars are typed as YAML 1.2's core schema says; quoted ones are strings. Fails with
// INVALID_ARGUMENT (`CATALOG_INVALID`), naming file and line, where the text is no YAML, a key
// stands twice or is no scalar, or aliases multiply beyond a million nodes.
absl::StatusOr<Document> ParseYaml(absl::string_view file, absl::string_view text);

}  // namespace mesh::zoho_proxy
