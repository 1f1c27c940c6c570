#include "gateway/sessions.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "gateway/cookies.h"

namespace mesh::gateway {
namespace {

constexpr char kName[] = "mesh_session";

// Where a sealed session belongs; sealed for anything else, a value does not open here.
constexpr char kPlace[] = "dashboard session";

}  // namespace

Sessions::Sessions(const Clock& clock, Sealer sealer, bool secure)
    : clock_(clock), sealer_(std::move(sealer)), secure_(secure) {}

Session Sessions::Begin(Secret api_key) const {
  // In whole seconds, as the cookie has it.
  return {.api_key = std::move(api_key),
          .expires = absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now() + kLifetime))};
}

std::string Sessions::SetCookie(const Session& session) const {
  const Secret plain(
      absl::StrCat(absl::ToUnixSeconds(session.expires), " ", session.api_key.Reveal()));
  return Cookie(absl::WebSafeBase64Escape(sealer_.Seal(plain.Reveal(), kPlace)), kLifetime);
}

std::string Sessions::ClearCookie() const { return Cookie("", absl::ZeroDuration()); }

std::optional<Session> Sessions::Find(const net::HttpHeaders& headers) const {
  const std::optional<Secret> cookie = CookieOf(headers, kName);
  std::string sealed;
  if (!cookie.has_value() || !absl::WebSafeBase64Unescape(cookie->Reveal(), &sealed)) {
    return std::nullopt;
  }
  const absl::StatusOr<Secret> plain = sealer_.Open(sealed, kPlace);
  if (!plain.ok()) return std::nullopt;
  const absl::string_view text = plain->Reveal();
  const size_t space = text.find(' ');
  int64_t seconds = 0;
  if (space == absl::string_view::npos || !absl::SimpleAtoi(text.substr(0, space), &seconds)) {
    return std::nullopt;
  }
  Session session{.api_key = Secret(text.substr(space + 1)),
                  .expires = absl::FromUnixSeconds(seconds)};
  if (session.expires <= clock_.Now()) return std::nullopt;
  return session;
}

std::string Sessions::Cookie(absl::string_view value, absl::Duration lifetime) const {
  return absl::StrCat(kName, "=", value, "; Path=/; Max-Age=", absl::ToInt64Seconds(lifetime),
                      "; HttpOnly; SameSite=Strict", secure_ ? "; Secure" : "");
}

}  // namespace mesh::gateway
