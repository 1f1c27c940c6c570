#include "gateway/cookies.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace mesh::gateway {

std::optional<Secret> CookieOf(const net::HttpHeaders& headers, absl::string_view name) {
  for (const auto& [field, value] : headers) {
    if (!absl::EqualsIgnoreCase(field, "cookie")) continue;
    for (absl::string_view part : absl::StrSplit(value, ';')) {
      part = absl::StripAsciiWhitespace(part);
      if (absl::ConsumePrefix(&part, name) && absl::ConsumePrefix(&part, "=")) return Secret(part);
    }
  }
  return std::nullopt;
}

}  // namespace mesh::gateway
