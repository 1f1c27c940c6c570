#include "services/auth/zoho_device.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "services/auth/zoho_json.h"

namespace mesh::auth {
namespace {

using State = DeviceAnswer::State;

// Zoho gives seconds or milliseconds; what is longer than `longest` in seconds is the latter.
absl::Duration DurationOf(const nlohmann::json& body, const char* member, absl::Duration longest,
                          absl::Duration fallback) {
  double number = 0;
  if (!absl::SimpleAtod(TextOf(body, member), &number) || !(number >= 1)) return fallback;
  absl::Duration duration = absl::Seconds(number);
  if (duration > longest) duration = absl::Milliseconds(number);
  return duration <= longest ? duration : fallback;
}

}  // namespace

net::HttpRequest DeviceCodeRequest(absl::string_view accounts_url, const OauthClient& client,
                                   const std::vector<std::string>& scopes) {
  return FormRequest(absl::StrCat(accounts_url, "/oauth/v3/device/code"),
                     {{"grant_type", "device_request"},
                      {"client_id", client.id},
                      {"scope", absl::StrJoin(scopes, ",")},
                      {"access_type", "offline"},
                      {"prompt", "consent"}});
}

DeviceCode ReadDeviceCode(const net::HttpResponse& response) {
  DeviceCode code;
  const std::optional<nlohmann::json> body = ParseObject(response.body);
  const bool given = response.status < 300 && body.has_value() &&
                     !TextOf(*body, "device_code").empty() && !TextOf(*body, "user_code").empty();
  if (!given) {
    code.refusal = ReadTokenAnswer(response);
    return code;
  }
  code.device_code = Secret(TextOf(*body, "device_code"));
  code.user_code = TextOf(*body, "user_code");
  code.verification_url = TextOf(*body, "verification_url");
  code.verification_url_complete = TextOf(*body, "verification_uri_complete");
  code.lifetime = DurationOf(*body, "expires_in", absl::Hours(1), code.lifetime);
  code.interval = DurationOf(*body, "interval", absl::Minutes(5), code.interval);
  return code;
}

net::HttpRequest DeviceTokenRequest(absl::string_view accounts_url, const OauthClient& client,
                                    const Secret& device_code) {
  return FormRequest(absl::StrCat(accounts_url, "/oauth/v3/device/token"),
                     {{"grant_type", "device_token"},
                      {"client_id", client.id},
                      {"client_secret", std::string(client.secret.Reveal())},
                      {"code", std::string(device_code.Reveal())}});
}

DeviceAnswer ReadDeviceAnswer(const net::HttpResponse& response) {
  const std::optional<nlohmann::json> body = ParseObject(response.body);
  const std::string error = body.has_value() ? TextOf(*body, "error") : "";
  if (response.status < 500) {
    if (error == "slow_down" || error == "authorization_pending") return {.state = State::kPending};
    if (error == "access_denied") return {.state = State::kDenied};
    if (error == "expired" || error == "expired_token") return {.state = State::kExpired};
    if (error == "other_dc") {
      return {.state = State::kOtherDataCentre,
              .location = absl::AsciiStrToLower(TextOf(*body, "user_location"))};
    }
  }
  return {.state = State::kAnswered, .tokens = ReadTokenAnswer(response)};
}

}  // namespace mesh::auth
