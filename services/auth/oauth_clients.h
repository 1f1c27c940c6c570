// This mesh's OAuth clients at Zoho, by region.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/secret.h"
#include "mesh/config/v1/config.pb.h"
#include "services/auth/regions.h"

namespace mesh::auth {

struct OauthClient {
  std::string id = {};
  Secret secret = {};
  // Whether consent is asked for with a code challenge (RFC 7636).
  bool pkce = true;
};

// Immutable, thread-safe.
class OauthClients {
 public:
  // Reads the client secrets from their files. Fails like ReadSecretFile(), and with
  // INVALID_ARGUMENT (`FIELD_INVALID`; `REGION_UNKNOWN`) where a client is incomplete, names a
  // region that `regions` does not hold, or one that another client has.
  static absl::StatusOr<OauthClients> Create(
      const google::protobuf::RepeatedPtrField<config::v1::OauthClient>& config,
      const Regions& regions);

  // Fails with FAILED_PRECONDITION (`OAUTH_CLIENT_MISSING`). The client is valid as long as this
  // object.
  absl::StatusOr<const OauthClient*> Find(absl::string_view region) const;

 private:
  // By region; the one for every other region under "".
  std::map<std::string, OauthClient, std::less<>> clients_;
};

}  // namespace mesh::auth
