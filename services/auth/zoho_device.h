// Zoho's OAuth flow for devices: a person consents elsewhere while the device asks. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/secret.h"
#include "common/net/http_client.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/zoho_oauth.h"

namespace mesh::auth {

net::HttpRequest DeviceCodeRequest(absl::string_view accounts_url, const OauthClient& client,
                                   const std::vector<std::string>& scopes);

struct DeviceCode {
  // Empty where Zoho refuses; `refusal` then tells why.
  Secret device_code = {};
  std::string user_code = {};
  std::string verification_url = {};
  // Empty where Zoho gives none.
  std::string verification_url_complete = {};
  absl::Duration lifetime = absl::Minutes(5);
  absl::Duration interval = absl::Seconds(30);

  TokenAnswer refusal = {};
};

DeviceCode ReadDeviceCode(const net::HttpResponse& response);

net::HttpRequest DeviceTokenRequest(absl::string_view accounts_url, const OauthClient& client,
                                    const Secret& device_code);

struct DeviceAnswer {
  enum class State {
    // Not decided, or asked too soon.
    kPending,
    // The person belongs to the data centre `location`, which is to be asked.
    kOtherDataCentre,
    kDenied,
    kExpired,
    // `tokens` tells.
    kAnswered,
  };

  State state = State::kAnswered;
  // Lower case.
  std::string location = {};
  TokenAnswer tokens = {};
};

DeviceAnswer ReadDeviceAnswer(const net::HttpResponse& response);

}  // namespace mesh::auth
