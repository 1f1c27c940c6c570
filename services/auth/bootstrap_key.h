// The API key that exists before anybody could have made one.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "services/auth/store/api_key_store.h"

namespace mesh::auth {

// Makes the key in the file at `path` the bootstrap key, of role `admin`; the one before stops
// working where it is another. Fails like ReadSecretFile(), with INVALID_ARGUMENT (`FIELD_INVALID`)
// where it has fewer than 32 characters, and with UNAVAILABLE (`STORE_UNAVAILABLE`).
absl::Status SetBootstrapKey(const std::string& path, absl::Time now, ApiKeyStore& store);

}  // namespace mesh::auth
