#include "services/auth/zoho_user.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "services/auth/zoho_json.h"

namespace mesh::auth {
namespace {

// Zoho's usual lock after too many requests, where it does not say.
constexpr absl::Duration kUsualLock = absl::Minutes(15);

constexpr size_t kLongestText = 320;

bool IsId(absl::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// Of either of Zoho's two envelopes.
ZohoError ErrorOf(int status, const nlohmann::json& body) {
  ZohoError error{.status = status};
  const auto found = body.find("error");
  if (found == body.end() || !found->is_object()) return error;
  for (const char* member : {"errorCode", "code", "status_code"}) {
    if (error.code.empty()) error.code = ShownWord(TextOf(*found, member), "");
  }
  for (const char* member : {"key", "title", "message"}) {
    if (error.message.empty()) error.message = ShownWord(TextOf(*found, member), "");
  }
  return error;
}

absl::Status Refusal(const net::HttpResponse& response, const nlohmann::json& body,
                     absl::string_view region) {
  const ZohoError error = ErrorOf(response.status, body);
  if (response.status == 429 ||
      absl::StrContains(response.body, "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED")) {
    return ZohoRateLimited({}, kUsualLock, response.status);
  }
  if (error.message == "INVALID_OAUTHSCOPE") return ScopeMissing(kUserScope);
  if (error.code == "2000" || response.status == 401) {
    return GrantRefused(error.message.empty() ? "INVALID_OAUTHTOKEN" : error.message, region);
  }
  return ZohoRefused(error);
}

// Shown to people, so of a length they can read; cut between characters.
std::string Shortened(std::string text) {
  if (text.size() <= kLongestText) return text;
  size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

net::HttpRequest UserRequest(absl::string_view meeting_url, const Secret& access_token) {
  net::HttpRequest request;
  request.url = absl::StrCat(meeting_url, "/api/v2/user.json");
  request.headers.Set("Authorization", absl::StrCat("Zoho-oauthtoken ", access_token.Reveal()));
  request.headers.Set("Accept", "application/json");
  request.max_response_bytes = 1 << 20;
  return request;
}

absl::StatusOr<ZohoUser> ReadUserAnswer(const net::HttpResponse& response,
                                        absl::string_view region) {
  if (response.status >= 500 || (response.status >= 300 && response.status < 400)) {
    return ZohoBroken("user.json is not to be had", response.status);
  }
  const std::optional<nlohmann::json> body = ParseObject(response.body);
  if (response.status >= 400) {
    return Refusal(response, body.value_or(nlohmann::json::object()), region);
  }
  if (!body.has_value()) return ZohoBroken("user.json is no JSON object", response.status);
  if (body->contains("error")) return Refusal(response, *body, region);

  const auto details = body->find("userDetails");
  if (details == body->end() || !details->is_object()) {
    return ZohoBroken("user.json holds no userDetails", response.status);
  }
  ZohoUser user{.organization_id = TextOf(*details, "zsoid"),
                .user_id = TextOf(*details, "zuid"),
                .organization_admin = TextOf(*details, "isAdmin") == "true",
                .email = Shortened(TextOf(*details, "primaryEmail")),
                .portal_name = Shortened(TextOf(*details, "portalName")),
                .meeting_host = TextOf(*details, "redirectionServer")};
  if (!IsId(user.organization_id) || !IsId(user.user_id)) {
    return ZohoBroken("user.json names no organisation", response.status);
  }
  return user;
}

}  // namespace mesh::auth
