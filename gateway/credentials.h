// The API key that a request presents.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/secret.h"
#include "common/net/http_server.h"
#include "gateway/sessions.h"

namespace mesh::gateway {

struct Credentials {
  // Empty where the request presents none.
  Secret api_key = {};

  // Of the session that brings the key; absent where a header does.
  std::optional<absl::Time> session_ends = {};
};

// From `Authorization: Bearer`, `x-api-key`, or the cookie of a session. Fails with
// PERMISSION_DENIED (`SESSION_HEADER_MISSING`) where the cookie alone asks for a change.
absl::StatusOr<Credentials> CredentialsOf(const net::ServerRequest& request,
                                          const Sessions& sessions);

// Whether the request carries `x-mesh-session`, which a page of another origin cannot add: a
// browser sends cookies with whatever a page makes it ask.
bool HasSessionHeader(const net::ServerRequest& request);

}  // namespace mesh::gateway
