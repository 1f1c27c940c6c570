// Digests. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace mesh {

// 32 bytes.
std::string Sha256(absl::string_view data);

// 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

}  // namespace mesh
