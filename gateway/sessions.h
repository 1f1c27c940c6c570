// Sessions of browsers: an API key, sealed into a cookie.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/base/seal.h"
#include "common/base/secret.h"
#include "common/net/http.h"

namespace mesh::gateway {

struct Session {
  Secret api_key = {};
  absl::Time expires = {};
};

// Nothing is kept here: a session is what the browser brings, and it ends with its time, with its
// key, or with the browser's cookie. Thread-safe.
class Sessions {
 public:
  // `secure`: browsers come by HTTPS alone, so that the cookie travels by nothing else.
  Sessions(const Clock& clock, Sealer sealer, bool secure);

  // A session that begins now.
  Session Begin(Secret api_key) const;

  // The value of a Set-Cookie with `session`.
  std::string SetCookie(const Session& session) const;

  // The value of a Set-Cookie that ends whatever session the browser has.
  std::string ClearCookie() const;

  // Of a request's cookie; nullopt where there is none, or it is over, or not made here.
  std::optional<Session> Find(const net::HttpHeaders& headers) const;

  static constexpr absl::Duration kLifetime = absl::Hours(12);

 private:
  std::string Cookie(absl::string_view value, absl::Duration lifetime) const;

  const Clock& clock_;
  const Sealer sealer_;
  const bool secure_;
};

}  // namespace mesh::gateway
