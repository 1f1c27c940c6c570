#include "services/auth/zoho_oauth.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/net/url.h"
#include "services/auth/zoho_json.h"
#include "services/auth/zoho_limits.h"

namespace mesh::auth {
namespace {

using Outcome = TokenAnswer::Outcome;

// No token lives longer; a larger number is in milliseconds.
constexpr int64_t kLongestLifetimeSeconds = int64_t{24} * 60 * 60;

using Form = std::vector<std::pair<std::string, std::string>>;

Form TokenForm(const OauthClient& client, absl::string_view grant_type,
               absl::string_view credential_name, const Secret& credential) {
  return {{"grant_type", std::string(grant_type)},
          {"client_id", client.id},
          {"client_secret", std::string(client.secret.Reveal())},
          {std::string(credential_name), std::string(credential.Reveal())}};
}

net::HttpRequest TokenRequest(absl::string_view accounts_url, const Form& form) {
  return FormRequest(absl::StrCat(accounts_url, "/oauth/v2/token"), form);
}

// `expires_in` is in seconds today and was in milliseconds beside `expires_in_sec`.
absl::Duration LifetimeOf(const nlohmann::json& body) {
  for (const char* member : {"expires_in_sec", "expires_in"}) {
    double number = 0;
    if (!absl::SimpleAtod(TextOf(body, member), &number) || !(number >= 1)) continue;
    if (number > kLongestLifetimeSeconds) number /= 1000;
    if (number <= kLongestLifetimeSeconds) return absl::Seconds(static_cast<int64_t>(number));
  }
  return kZohoAccessTokenLife;
}

std::vector<std::string> ScopesOf(const nlohmann::json& body) {
  const std::string text = TextOf(body, "scope");
  std::vector<std::string> scopes = absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty());
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

TokenAnswer Failed(Outcome outcome, std::string error) {
  return {.outcome = outcome, .error = std::move(error)};
}

}  // namespace

net::HttpRequest FormRequest(std::string url, const Form& form) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Set("Accept", "application/json");
  request.body = net::FormatQuery(form);
  request.max_response_bytes = 64 << 10;
  return request;
}

net::HttpRequest RefreshRequest(absl::string_view accounts_url, const OauthClient& client,
                                const Secret& refresh_token) {
  return TokenRequest(accounts_url,
                      TokenForm(client, "refresh_token", "refresh_token", refresh_token));
}

net::HttpRequest GrantCodeRequest(absl::string_view accounts_url, const OauthClient& client,
                                  const Secret& code) {
  return TokenRequest(accounts_url, TokenForm(client, "authorization_code", "code", code));
}

net::HttpRequest CodeRequest(absl::string_view accounts_url, const OauthClient& client,
                             const Secret& code, absl::string_view redirect_uri,
                             const Secret& code_verifier) {
  Form form = TokenForm(client, "authorization_code", "code", code);
  form.emplace_back("redirect_uri", std::string(redirect_uri));
  if (!code_verifier.empty()) {
    form.emplace_back("code_verifier", std::string(code_verifier.Reveal()));
  }
  return TokenRequest(accounts_url, form);
}

net::HttpRequest RevokeRequest(absl::string_view accounts_url, const Secret& refresh_token) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = absl::StrCat(accounts_url, "/oauth/v2/token/revoke?",
                             net::FormatQuery({{"token", std::string(refresh_token.Reveal())}}));
  request.headers.Set("Accept", "application/json");
  request.max_response_bytes = 64 << 10;
  return request;
}

bool ReadRevokeAnswer(const net::HttpResponse& response) {
  const std::optional<nlohmann::json> body = ParseObject(response.body);
  const std::string error = body.has_value() ? TextOf(*body, "error") : "";
  if (error == "invalid_token" || error == "invalid_code") return true;
  return response.status == 200 && error.empty() &&
         (!body.has_value() || TextOf(*body, "status") != "failure");
}

std::string AuthorizationUrl(absl::string_view accounts_url, const OauthClient& client,
                             const Authorization& authorization) {
  std::vector<std::pair<std::string, std::string>> query = {
      {"response_type", "code"},
      {"client_id", client.id},
      {"scope", absl::StrJoin(authorization.scopes, ",")},
      {"redirect_uri", authorization.redirect_uri},
      {"access_type", "offline"},
      {"prompt", "consent"},
      {"state", authorization.state}};
  if (!authorization.code_verifier.empty()) {
    query.emplace_back("code_challenge",
                       absl::WebSafeBase64Escape(Sha256(authorization.code_verifier.Reveal())));
    query.emplace_back("code_challenge_method", "S256");
  }
  return absl::StrCat(accounts_url, "/oauth/v2/auth?", net::FormatQuery(query));
}

net::HttpRequest ServerInfoRequest(absl::string_view accounts_url) {
  net::HttpRequest request;
  request.url = absl::StrCat(accounts_url, "/oauth/serverinfo");
  request.headers.Set("Accept", "application/json");
  request.max_response_bytes = 64 << 10;
  return request;
}

absl::StatusOr<std::map<std::string, std::string>> ReadServerInfo(
    const net::HttpResponse& response) {
  const std::optional<nlohmann::json> body = ParseObject(response.body);
  if (response.status != 200 || !body.has_value()) {
    return ZohoBroken("no JSON object", response.status);
  }
  const auto locations = body->find("locations");
  if (locations == body->end() || !locations->is_object()) {
    return ZohoBroken("no locations", response.status);
  }
  std::map<std::string, std::string> hosts;
  for (const auto& [code, url] : locations->items()) {
    if (url.is_string()) hosts[absl::AsciiStrToLower(code)] = url.get<std::string>();
  }
  return hosts;
}

TokenAnswer ReadTokenAnswer(const net::HttpResponse& response) {
  const std::string status = absl::StrCat("HTTP ", response.status);
  // What a broken server says about a credential is not believed.
  if (response.status >= 500) return Failed(Outcome::kBroken, status);
  const std::optional<nlohmann::json> body = ParseObject(response.body);
  if (response.status == 429) return Failed(Outcome::kThrottled, status);
  if (!body.has_value()) {
    return Failed(Outcome::kBroken, absl::StrCat(status, " without a JSON object"));
  }

  if (std::string access_token = TextOf(*body, "access_token"); !access_token.empty()) {
    return {.outcome = Outcome::kGranted,
            .access_token = Secret(access_token),
            .lifetime = LifetimeOf(*body),
            .refresh_token = Secret(TextOf(*body, "refresh_token")),
            .scopes = ScopesOf(*body)};
  }
  // The text of this error is in the language of whoever asks; its status is not.
  if (TextOf(*body, "status") == "failure") return Failed(Outcome::kThrottled, "failure");

  const std::string error = TextOf(*body, "error");
  if (error.empty()) {
    return Failed(Outcome::kBroken, absl::StrCat(status, " with neither token nor error"));
  }
  if (error == "invalid_code") return Failed(Outcome::kCredentialRefused, error);
  if (error == "invalid_client" || error == "invalid_client_secret" ||
      error == "unauthorized_client") {
    return Failed(Outcome::kClientRefused, error);
  }
  return Failed(Outcome::kRefused, ShownWord(error, "an unreadable error"));
}

absl::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kGranted:
      return "granted";
    case Outcome::kCredentialRefused:
      return "credential_refused";
    case Outcome::kClientRefused:
      return "client_refused";
    case Outcome::kThrottled:
      return "throttled";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kBroken:
      return "broken";
  }
  return "broken";
}

}  // namespace mesh::auth
