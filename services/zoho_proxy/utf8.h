// Text that is cut, but never within a character. Pure.
#pragma once

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace mesh::zoho_proxy {

// The first `max_bytes` bytes of `text` or a few less. `text` is valid UTF-8, and so is the result.
inline absl::string_view CutUtf8(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (text[max_bytes] & 0xC0) == 0x80) --max_bytes;
  return text.substr(0, max_bytes);
}

// `text` with a question mark for each byte that is no printable ASCII: for what a protobuf string
// is to hold and a server may send in whatever encoding.
inline std::string PrintableAscii(absl::string_view text) {
  std::string ascii(text);
  for (char& c : ascii) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return ascii;
}

}  // namespace mesh::zoho_proxy
