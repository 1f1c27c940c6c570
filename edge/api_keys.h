// API keys, resolved through auth-service and held while it says that they have not changed.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/clock.h"
#include "common/rpc/call_group.h"
#include "edge/resolution_cache.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "mesh/auth/v1/api_keys.pb.h"
#include "mesh/auth/v1/changes.pb.h"

namespace mesh::edge {

// Thread-safe.
class ApiKeys {
 public:
  using Record = std::shared_ptr<const auth::v1::ApiKey>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Record>) &&>;

  ApiKeys(const Clock& clock, auth::v1::ApiKeyService::StubInterface& auth, rpc::CallGroup& calls);

  // Finds the key, which ends at its expiry also while it is held. Fails with UNAUTHENTICATED
  // (`API_KEY_MISSING` where it is empty, else `API_KEY_INVALID`) and UNAVAILABLE where
  // auth-service does not answer and the key was not seen in the last 30 seconds.
  void Resolve(absl::string_view key, Done done);

  // For a ChangeWatch.
  void Apply(const auth::v1::WatchResponse& news);

 private:
  const Clock& clock_;
  ResolutionCache<auth::v1::ApiKey> cache_;
};

}  // namespace mesh::edge
