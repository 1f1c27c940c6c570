// Zoho's token endpoint: what is sent to it and what its answers mean. Pure.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/secret.h"
#include "common/net/http_client.h"
#include "services/auth/oauth_clients.h"

namespace mesh::auth {

// A POST of a form, whose answer is JSON.
net::HttpRequest FormRequest(std::string url,
                             const std::vector<std::pair<std::string, std::string>>& form);

// `accounts_url` is a region's.
net::HttpRequest RefreshRequest(absl::string_view accounts_url, const OauthClient& client,
                                const Secret& refresh_token);

// Exchanges the code of a self client, which needs no redirect URI.
net::HttpRequest GrantCodeRequest(absl::string_view accounts_url, const OauthClient& client,
                                  const Secret& code);

// Exchanges the code that Zoho's consent page sent to `redirect_uri`. `code_verifier` is the secret
// behind the challenge of AuthorizationUrl(); empty where none was sent.
net::HttpRequest CodeRequest(absl::string_view accounts_url, const OauthClient& client,
                             const Secret& code, absl::string_view redirect_uri,
                             const Secret& code_verifier);

// Ends a refresh token and its access tokens.
net::HttpRequest RevokeRequest(absl::string_view accounts_url, const Secret& refresh_token);

// Whether the refresh token is no good any longer: revoked now, or before.
bool ReadRevokeAnswer(const net::HttpResponse& response);

// The address of Zoho's consent page. It asks for a refresh token, which Zoho gives for a forced
// consent alone.
struct Authorization {
  std::vector<std::string> scopes = {};
  std::string redirect_uri = {};
  std::string state = {};
  // RFC 7636; empty for a client without.
  Secret code_verifier = {};
};
std::string AuthorizationUrl(absl::string_view accounts_url, const OauthClient& client,
                             const Authorization& authorization);

// Which accounts hosts Zoho has, by location code.
net::HttpRequest ServerInfoRequest(absl::string_view accounts_url);

// Fails with UNAVAILABLE (`ZOHO_ERROR`).
absl::StatusOr<std::map<std::string, std::string>> ReadServerInfo(
    const net::HttpResponse& response);

struct TokenAnswer {
  // Zoho sends most errors with status 200.
  enum class Outcome {
    kGranted,
    // The code or refresh token is no good, and will not become so by waiting.
    kCredentialRefused,
    // Zoho does not know the client, or its secret is another.
    kClientRefused,
    // Too many token requests; each further one prolongs the wait.
    kThrottled,
    // Another error that Zoho names.
    kRefused,
    // A server error, or nothing that can be read: says nothing about the credential.
    kBroken,
  };

  Outcome outcome = Outcome::kBroken;

  // Where granted.
  Secret access_token = {};
  absl::Duration lifetime = absl::ZeroDuration();

  // Where granted to a code with offline access; empty otherwise.
  Secret refresh_token = {};

  // Sorted; empty where Zoho did not tell.
  std::vector<std::string> scopes = {};

  // Zoho's name of the error, or what is wrong with the answer; fit to be shown.
  std::string error = {};
};

TokenAnswer ReadTokenAnswer(const net::HttpResponse& response);

// For metrics and logs, for example `granted`.
absl::string_view OutcomeName(TokenAnswer::Outcome outcome);

}  // namespace mesh::auth
