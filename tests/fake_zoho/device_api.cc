#include "tests/fake_zoho/device_api.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/accounts_answers.h"
#include "tests/fake_zoho/consent.h"
#include "tests/fake_zoho/scopes.h"

namespace fake_zoho {

Answer DeviceCode(State& state, Region region, const Request& request, absl::Time now) {
  const Parameters parameters = request.AllParameters();
  if (!state.centre(region).oauth.HasClient(parameters.GetOr("client_id"))) {
    return OauthError("invalid_client");
  }
  if (parameters.GetOr("grant_type") != "device_request") {
    return OauthError("unsupported_grant_type");
  }
  const std::vector<std::string> scopes = SplitScopes(parameters.GetOr("scope"));
  if (scopes.empty()) return OauthError("invalid_scope");
  for (const std::string& scope : scopes) {
    if (!IsKnownScope(scope)) return OauthError("invalid_scope");
  }
  const DeviceFlow::Codes codes =
      state.devices.Begin({.client_id = parameters.GetOr("client_id"), .scopes = scopes},
                          parameters.GetOr("access_type") == "offline", now);
  const DevicePolicy& policy = state.devices.policy();
  const std::string page = absl::StrCat(AccountsUrl(state, region), "/oauth/v3/device");
  return JsonAnswer(
      200, {{"user_code", codes.user_code},
            {"device_code", codes.device_code},
            {"verification_url", page},
            {"verification_uri_complete", absl::StrCat(page, "?user_code=", codes.user_code)},
            {"expires_in", absl::ToInt64Milliseconds(policy.lifetime)},
            {"interval", absl::ToInt64Milliseconds(policy.poll_interval)}});
}

Answer DeviceToken(State& state, Region region, const Request& request, absl::Time now) {
  const Parameters parameters = request.AllParameters();
  const std::string client_id = parameters.GetOr("client_id");
  Oauth& oauth = state.centre(region).oauth;
  const std::string refusal = oauth.CheckClient(client_id, parameters.GetOr("client_secret"));
  if (!refusal.empty()) return OauthError(refusal);
  if (parameters.GetOr("grant_type") != "device_token") {
    return OauthError("unsupported_grant_type");
  }
  const DeviceFlow::Poll poll = state.devices.Ask(parameters.GetOr("code"), client_id, region, now);
  if (poll.error == "other_dc") {
    return JsonAnswer(
        200, {{"error", "other_dc"}, {"user_location", std::string(CodeOf(poll.location))}});
  }
  if (!poll.error.empty()) return OauthError(poll.error);
  return TokenAnswer(state.settings, region, oauth.Issue(poll.grant, poll.offline, now));
}

Answer DevicePage(State& state, Region, const Request& request, absl::Time now) {
  const Parameters parameters = Parameters::Parse(request.query);
  const std::string user_code = parameters.GetOr("user_code");
  if (state.devices.Find(user_code, now) == nullptr) {
    return HtmlAnswer(400, "<html><body><p id=\"error\">invalid_code</p></body></html>");
  }
  const std::string decision = parameters.GetOr("fake_decision");
  if (decision.empty()) {
    return DecisionPage(state, "A device asks for access", request.path, parameters);
  }
  const auto persona = FindPersona(parameters.GetOr("fake_user"));
  if (!persona.has_value() || !state.devices.Decide(user_code, decision == "accept", persona->first,
                                                    persona->second, now)) {
    return HtmlAnswer(400, "<html><body><p id=\"error\">invalid_request</p></body></html>");
  }
  return HtmlAnswer(200, "<html><body><p>You may close this page.</p></body></html>");
}

}  // namespace fake_zoho
