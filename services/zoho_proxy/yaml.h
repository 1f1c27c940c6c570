// YAML (and so JSON) text into a JSON value that still knows on which line each node stood. Pure.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {

struct Document {
  // As named in errors.
  std::string file = {};

  std::shared_ptr<const Json> root = {};

  // The line, from 1, of each node by its JSON pointer.
  std::unordered_map<std::string, int> lines = {};
};

// `key` as one token of a JSON pointer.
std::string EscapePointerToken(absl::string_view key);

// The line of the node at `pointer`, or of the nearest one around it.
int LineOf(const Document& document, absl::string_view pointer);

// Plain scalars are typed as YAML 1.2's core schema says; quoted ones are strings. Fails with
// INVALID_ARGUMENT (`CATALOG_INVALID`), naming file and line, where the text is no YAML, a key
// stands twice or is no scalar, or aliases multiply beyond a million nodes.
absl::StatusOr<Document> ParseYaml(absl::string_view file, absl::string_view text);

}  // namespace mesh::zoho_proxy
