// Text of servers for where only plain text may stand. Pure.
#pragma once

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace mesh::zoho_proxy {

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
