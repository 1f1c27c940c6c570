// Text that is cut, but never within a character. Pure.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace mesh::zoho_proxy {

// The first `max_bytes` bytes of `text` or a few less. `text` is valid UTF-8, and so is the result.
inline absl::string_view CutUtf8(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (text[max_bytes] & 0xC0) == 0x80) --max_bytes;
  return text.substr(0, max_bytes);
}

}  // namespace mesh::zoho_proxy
