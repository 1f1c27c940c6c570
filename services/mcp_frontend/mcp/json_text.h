// JSON written piece by piece, where a tree of values would cost more than it helps. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace mesh::mcp {

// Appends `text`, which must be UTF-8, as a JSON string with its quotes.
void AppendJsonString(std::string& out, absl::string_view text);

// The same as a value.
std::string JsonString(absl::string_view text);

}  // namespace mesh::mcp
