// What a tool call's arguments are, however they are written. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace mesh::frontend {

// SHA-256 of the JSON object `arguments_json`, none for an empty text: the same whatever the order
// of its members and the space between them, and another one for every other object. nullopt for
// what is no object, for one with a member twice, of which nobody knows which counts, and for one
// nested deeper than 32.
std::optional<std::string> ArgumentsDigest(absl::string_view arguments_json);

}  // namespace mesh::frontend
