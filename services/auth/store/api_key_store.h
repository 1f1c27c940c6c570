// Keeps API keys, by digest.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/api_keys.pb.h"
#include "services/auth/store/page.h"

namespace mesh::auth {

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does not answer.
class ApiKeyStore {
 public:
  virtual ~ApiKeyStore() = default;

  // Makes `key` the bootstrap key, in place of the one before. Keeps that one, and its id, where
  // the digest is the same.
  virtual absl::Status SetBootstrap(const v1::ApiKey& key, absl::string_view sha256,
                                    absl::Time now) = 0;

  virtual absl::Status Insert(const v1::ApiKey& key, absl::string_view sha256) = 0;

  // Those that have not expired, oldest first.
  virtual absl::StatusOr<Page<v1::ApiKey>> List(const PageRequest& page, absl::Time now) = 0;

  // Returns what it was. Fails with NOT_FOUND (`API_KEY_NOT_FOUND`) and FAILED_PRECONDITION
  // (`API_KEY_BOOTSTRAP`).
  virtual absl::StatusOr<v1::ApiKey> Delete(absl::string_view id) = 0;

  // Fails with UNAUTHENTICATED (`API_KEY_INVALID`) alike for an unknown and an expired one.
  virtual absl::StatusOr<v1::ApiKey> Resolve(absl::string_view sha256, absl::Time now) = 0;

  // Notes that a key was used. A key that has gone is no error.
  virtual absl::Status Touch(absl::string_view id, absl::Time now) = 0;

  // Removes what has expired.
  virtual absl::Status DeleteExpired(absl::Time now) = 0;
};

}  // namespace mesh::auth
