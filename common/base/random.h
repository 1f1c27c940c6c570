// Unguessable values, from the system's generator. Thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

#include "common/base/secret.h"

namespace mesh {

// `count` random bytes.
std::string RandomBytes(size_t count);

// 256 random bits in 43 characters of base64url: an MCP token or an API key.
Secret RandomToken();

// `prefix` and 26 characters of lower-case base32 (128 random bits): the id of a resource.
std::string RandomId(absl::string_view prefix);

}  // namespace mesh
