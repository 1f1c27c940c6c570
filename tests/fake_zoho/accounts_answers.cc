#include "tests/fake_zoho/accounts_answers.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {
namespace {

Answer Throttled(const Settings& settings) {
  if (settings.localised_throttle) {
    return JsonAnswer(settings.oauth_throttle_status,
                      {{"error_description", "您连续发出的请求过多。请稍后重试。"},
                       {"error", "访问被拒绝"},
                       {"status", "failure"}});
  }
  return JsonAnswer(
      settings.oauth_throttle_status,
      {{"error_description",
        "You have made too many requests continuously. Please try again after some time."},
       {"error", "Access Denied"},
       {"status", "failure"}});
}

}  // namespace

Answer OauthError(absl::string_view error) {
  return JsonAnswer(200, {{"error", std::string(error)}});
}

Answer TokenAnswer(const Settings& settings, Region region, const TokenOutcome& outcome) {
  if (outcome.throttled) return Throttled(settings);
  if (!outcome.error.empty()) return OauthError(outcome.error);
  Json body = {{"access_token", outcome.access_token}};
  if (!outcome.refresh_token.empty()) body["refresh_token"] = outcome.refresh_token;
  if (!settings.omit_scope) body["scope"] = absl::StrJoin(outcome.scopes, " ");
  body["api_domain"] = absl::StrCat("https://www.zohoapis.", DomainOf(region));
  body["token_type"] = "Bearer";
  if (settings.legacy_expires_in) {
    body["expires_in"] = absl::ToInt64Milliseconds(outcome.lifetime);
    body["expires_in_sec"] = absl::ToInt64Seconds(outcome.lifetime);
  } else {
    body["expires_in"] = absl::ToInt64Seconds(outcome.lifetime);
  }
  return JsonAnswer(200, body);
}

std::string AccountsUrl(const State& state, Region region) {
  if (state.settings.host_names == "zoho") {
    return absl::StrCat("https://accounts.zoho.", DomainOf(region));
  }
  return state.addresses.UrlOf({.region = region, .role = Role::kAccounts});
}

}  // namespace fake_zoho
