// Seals what the store holds with a new key, while others use it.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

#include "common/base/seal.h"
#include "services/auth/store/token_store.h"

namespace mesh::auth {

struct RotatedKeys {
  // Accounts whose tokens were sealed anew, and those whose tokens already were.
  int64_t resealed = 0;
  int64_t current = 0;
};

// Seals every token with the key that `sealer` seals with. A token that is replaced meanwhile, by a
// service that serves, is left as it then is. Fails with INVALID_ARGUMENT (`SEAL_BROKEN`)
// where a token opens with no key of the ring, having logged whose and sealed all others; and with
// UNAVAILABLE (`STORE_UNAVAILABLE`). It may be run again.
absl::StatusOr<RotatedKeys> RotateKeys(TokenStore& store, const Sealer& sealer);

}  // namespace mesh::auth
