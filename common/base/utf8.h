// Text that comes from outside, character by character. Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace mesh {

// Takes the first character of `text`, which is not empty, away; nullopt where it is no UTF-8.
std::optional<char32_t> TakeCharacter(absl::string_view& text);

// Protocol buffers refuse a message with any other text in it.
bool IsUtf8(absl::string_view text);

// The first `max_bytes` bytes of `text`, or a few less where they would end within a character.
absl::string_view CutUtf8(absl::string_view text, size_t max_bytes);

}  // namespace mesh
