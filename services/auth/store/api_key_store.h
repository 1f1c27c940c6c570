// Keeps API keys, by digest.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/api_keys.pb.h"

namespace mesh::auth {

// Thread-safe. Every method may block, and fails with UNAVAILABLE (`STORE_UNAVAILABLE`) while the
// database does not answer.
class ApiKeyStore {
 public:
  virtual ~ApiKeyStore() = default;

  // Makes `key` the bootstrap key, in place of the one before. Keeps that one, and its id, where
  // the digest is the same.
  virtual absl::Status SetBootstrap(const v1::ApiKey& key, absl::string_view sha256,
                                    absl::Time now) = 0;

  // Fails with UNAUTHENTICATED (`API_KEY_INVALID`).
  virtual absl::StatusOr<v1::ApiKey> Resolve(absl::string_view sha256) = 0;
};

}  // namespace mesh::auth
