#include "tests/fake_zoho/accounts_api.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/accounts_answers.h"
#include "tests/fake_zoho/consent.h"
#include "tests/fake_zoho/device_api.h"

namespace fake_zoho {
namespace {

TokenRequest TokenRequestOf(const Parameters& parameters, absl::string_view credential) {
  return {.client_id = parameters.GetOr("client_id"),
          .client_secret = parameters.GetOr("client_secret"),
          .credential = parameters.GetOr(credential),
          .redirect_uri = parameters.Get("redirect_uri"),
          .code_verifier = parameters.GetOr("code_verifier")};
}

Answer Token(State& state, Region region, const Request& request, absl::Time now) {
  const Parameters parameters = request.AllParameters();
  Oauth& oauth = state.centre(region).oauth;
  const std::string type = parameters.GetOr("grant_type");
  if (type == "authorization_code") {
    return TokenAnswer(state.settings, region,
                       oauth.Exchange(TokenRequestOf(parameters, "code"), now));
  }
  if (type == "refresh_token") {
    return TokenAnswer(state.settings, region,
                       oauth.Refresh(TokenRequestOf(parameters, "refresh_token"), now));
  }
  return OauthError("unsupported_grant_type");
}

Answer Revoke(State& state, Region region, const Request& request) {
  const bool known = state.centre(region).oauth.Revoke(request.AllParameters().GetOr("token"));
  return known ? JsonAnswer(200, {{"status", "success"}}) : OauthError("invalid_token");
}

Answer ServerInfo(const State& state) {
  Json locations = Json::object();
  for (const Region region : kRegions) {
    locations[std::string(CodeOf(region))] = AccountsUrl(state, region);
  }
  return JsonAnswer(200, {{"result", "success"}, {"locations", std::move(locations)}});
}

}  // namespace

Answer HandleAccounts(State& state, Region region, const Request& request, absl::Time now) {
  const bool get = request.method == "GET";
  const bool post = request.method == "POST";
  if (request.path == "/oauth/serverinfo" && get) return ServerInfo(state);
  if (request.path == "/oauth/v2/auth" && get) return Authorize(state, region, request, now);
  if (request.path == "/oauth/v2/token" && post) return Token(state, region, request, now);
  if (request.path == "/oauth/v2/token/revoke" && post) return Revoke(state, region, request);
  if (request.path == "/oauth/v3/device/code" && post) {
    return DeviceCode(state, region, request, now);
  }
  if (request.path == "/oauth/v3/device/token" && post) {
    return DeviceToken(state, region, request, now);
  }
  if (request.path == "/oauth/v3/device" && get) return DevicePage(state, region, request, now);
  return HtmlAnswer(404, "<html><body><h1>Page not found</h1></body></html>");
}

}  // namespace fake_zoho
