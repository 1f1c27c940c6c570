// A simulator in memory and short ways to call it, for tests.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/credentials.h"
#include "tests/fake_zoho/fake_zoho.h"

namespace fake_zoho {

// An answer with its body read.
struct Got {
  int status = 0;
  mesh::net::HttpHeaders headers = {};
  // Discarded where the body is no JSON.
  Json json = {};
  std::string text = {};
};

class FakeZohoTest : public ::testing::Test {
 protected:
  FakeZohoTest() {
    Addresses addresses;
    for (const Region region : kRegions) {
      for (const Role role : kRoles) {
        addresses.UrlOf({region, role}) =
            absl::StrCat("http://", NameOf(role), ".", CodeOf(region), ".test");
      }
    }
    zoho_.SetAddresses(addresses);
  }

  Got Send(Listener where, const Request& request) {
    const Delivery delivery = zoho_.Handle(where, request, now_);
    return {.status = delivery.answer.status,
            .headers = delivery.answer.headers,
            .json = Json::parse(delivery.answer.body, nullptr, false),
            .text = delivery.answer.body};
  }

  // A form to the accounts host.
  Got Accounts(Region region, const std::string& path, const std::string& form) {
    return Send({region, Role::kAccounts},
                {.method = "POST",
                 .path = path,
                 .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                 .body = form});
  }

  static std::string ClientForm(Region region) {
    return absl::StrCat("client_id=", kClientId, "&client_secret=", ClientSecretOf(region));
  }

  Got Refresh(Region region, int64_t zuid) {
    return Accounts(region, "/oauth/v2/token",
                    absl::StrCat(ClientForm(region), "&grant_type=refresh_token&refresh_token=",
                                 SeededRefreshToken(zuid)));
  }

  std::string AccessToken(Region region, int64_t zuid) {
    return Refresh(region, zuid).json.value("access_token", "");
  }

  // Calls the Meeting host with the token in `token_`. `target` is what follows `/api/v2/`.
  Got Call(const std::string& method, const std::string& target, const std::string& body = "",
           const std::string& prefix = "/api/v2/") {
    const size_t question = target.find('?');
    return Send({region_, Role::kMeeting},
                {.method = method,
                 .path = prefix + target.substr(0, question),
                 .query = question == std::string::npos ? "" : target.substr(question + 1),
                 .headers = {{"Authorization", "Zoho-oauthtoken " + token_}},
                 .body = body});
  }
  Got Get(const std::string& target) { return Call("GET", target); }

  // Calls the Meeting host as this user from now on.
  void Use(Region region, int64_t zuid) {
    region_ = region;
    token_ = AccessToken(region, zuid);
    org_ = absl::StrCat(ZsoidOf(region));
  }

  Got Control(const std::string& method, const std::string& target, const Json& body = nullptr) {
    const size_t question = target.find('?');
    return Send({Region::kUs, Role::kMeeting},
                {.method = method,
                 .path = "/__fake/" + target.substr(0, question),
                 .query = question == std::string::npos ? "" : target.substr(question + 1),
                 .body = body.is_null() ? "" : body.dump()});
  }

  absl::Time now_ = absl::FromUnixSeconds(1'780'000'000);
  FakeZoho zoho_{42, Settings{}, now_};
  Region region_ = Region::kUs;
  std::string token_;
  std::string org_;
};

}  // namespace fake_zoho
