#include "services/auth/zoho_device.h"

#include <string>

#include <gtest/gtest.h>

namespace mesh::auth {
namespace {

using State = DeviceAnswer::State;

TEST(ZohoDevice, ReadsACodeWhateverUnitItsTimesAreIn) {
  for (const char* times : {R"("expires_in":300000,"interval":30000)",
                            R"("expires_in":300,"interval":"30")", R"("interval":null)"}) {
    const DeviceCode code = ReadDeviceCode(
        {.status = 200,
         .body = std::string(R"({"user_code":"ABCD","device_code":"1004.d",)"
                             R"("verification_url":"https://accounts.zoho.eu/device",)") +
                 times + "}"});
    EXPECT_EQ(code.device_code.Reveal(), "1004.d");
    EXPECT_EQ(code.user_code, "ABCD");
    EXPECT_EQ(code.lifetime, absl::Minutes(5)) << times;
    EXPECT_EQ(code.interval, absl::Seconds(30)) << times;
  }
}

TEST(ZohoDevice, ARefusalGivesNoCode) {
  const DeviceCode code = ReadDeviceCode({.status = 200, .body = R"({"error":"invalid_client"})"});

  EXPECT_TRUE(code.device_code.empty());
  EXPECT_EQ(code.refusal.outcome, TokenAnswer::Outcome::kClientRefused);
}

TEST(ZohoDevice, TellsTheAnswersToAPollApart) {
  const struct {
    int status;
    std::string body;
    State state;
  } kRows[] = {
      {200, R"({"error":"authorization_pending"})", State::kPending},
      {400, R"({"error":"slow_down"})", State::kPending},
      {200, R"({"error":"other_dc","user_location":"EU"})", State::kOtherDataCentre},
      {200, R"({"error":"access_denied"})", State::kDenied},
      {200, R"({"error":"expired"})", State::kExpired},
      {200, R"({"access_token":"a","refresh_token":"r"})", State::kAnswered},
      {200, R"({"error":"invalid_code"})", State::kAnswered},
      {503, R"({"error":"access_denied"})", State::kAnswered},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(ReadDeviceAnswer({.status = row.status, .body = row.body}).state, row.state)
        << row.body;
  }
  EXPECT_EQ(
      ReadDeviceAnswer({.status = 200, .body = R"({"error":"other_dc","user_location":"EU"})"})
          .location,
      "eu");
  EXPECT_EQ(ReadDeviceAnswer({.status = 200, .body = R"({"access_token":"a"})"}).tokens.outcome,
            TokenAnswer::Outcome::kGranted);
}

}  // namespace
}  // namespace mesh::auth
