// YAML or JSON text as a JSON value that still knows on which line each node stood. Pure.
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

  // Of YAML: the line, from 1, of each node by its JSON pointer.
  std::unordered_map<std::string, int> lines = {};

  // Of JSON: the text itself, with room behind it for the parser that looks for a line when it is
  // asked for, as documents of JSON are large and lines are for errors.
  std::shared_ptr<const std::string> text = {};
};

// Beyond it a document is refused: functions that call themselves walk it.
inline constexpr int kMaxDocumentDepth = 200;

// `key` as one token of a JSON pointer, and back.
std::string EscapePointerToken(absl::string_view key);
std::string UnescapePointerToken(absl::string_view token);

// The line of the node at `pointer`, or of the nearest one around it; 0 where there is none.
int LineOf(const Document& document, absl::string_view pointer);

// Fails with INVALID_ARGUMENT (`CATALOG_INVALID`), naming file and line, where `text` is no JSON or
// nested too deep.
absl::StatusOr<Document> ParseJson(absl::string_view file, absl::string_view text);

}  // namespace mesh::zoho_proxy
