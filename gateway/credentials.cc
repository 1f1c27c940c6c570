#include "gateway/credentials.h"

#include <utility>

#include "absl/strings/string_view.h"

#include "common/base/errors.h"
#include "edge/request.h"

namespace mesh::gateway {

absl::StatusOr<Credentials> CredentialsOf(const net::ServerRequest& request,
                                          const Sessions& sessions) {
  absl::string_view key = edge::BearerToken(request.headers);
  if (key.empty()) key = request.headers.Get("x-api-key").value_or("");
  if (!key.empty()) return Credentials{.api_key = Secret(key)};
  std::optional<Session> session = sessions.Find(request.headers);
  if (!session.has_value()) return Credentials();
  const bool safe = request.method == "GET" || request.method == "HEAD";
  if (!safe && !HasSessionHeader(request)) return SessionHeaderMissing();
  return Credentials{.api_key = std::move(session->api_key), .session_ends = session->expires};
}

bool HasSessionHeader(const net::ServerRequest& request) {
  return request.headers.Has("x-mesh-session");
}

}  // namespace mesh::gateway
