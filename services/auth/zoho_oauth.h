// Zoho's token endpoint: what is sent to it and what its answers mean. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/secret.h"
#include "common/net/http_client.h"
#include "services/auth/oauth_clients.h"

namespace mesh::auth {

// `accounts_url` is a region's.
net::HttpRequest RefreshRequest(absl::string_view accounts_url, const OauthClient& client,
                                const Secret& refresh_token);

// Exchanges the code of a self client, which needs no redirect URI.
net::HttpRequest GrantCodeRequest(absl::string_view accounts_url, const OauthClient& client,
                                  const Secret& code);

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
