#include "tests/fake_zoho/server.h"

#include <condition_variable>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "nlohmann/json.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/net/curl_http_client.h"
#include "tests/fake_zoho/credentials.h"

namespace fake_zoho {
namespace {

using ::testing::HasSubstr;

// Real listeners, and a real client.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    auto started = Server::Start({}, zoho_);
    EXPECT_THAT(started, mesh::IsOk());
    server_ = *std::move(started);
  }

  std::string Url(Region region, Role role) { return server_->addresses().UrlOf({region, role}); }

  absl::StatusOr<mesh::net::HttpResponse> Send(mesh::net::HttpRequest request) {
    return mesh::net::SendAndWait(client_, std::move(request));
  }

  std::string AccessToken(Region region) {
    const auto answer =
        Send({.method = "POST",
              .url = Url(region, Role::kAccounts) + "/oauth/v2/token",
              .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
              .body = absl::StrCat("grant_type=refresh_token&client_id=", kClientId,
                                   "&client_secret=", ClientSecretOf(region),
                                   "&refresh_token=", SeededRefreshToken(AdminZuidOf(region)))});
    EXPECT_THAT(answer, mesh::IsOk());
    return Json::parse(answer->body)["access_token"];
  }

  mesh::net::HttpRequest DepartmentRequest() {
    return {.url = absl::StrCat(Url(Region::kUs, Role::kMeeting), "/api/v2/", ZsoidOf(Region::kUs),
                                "/department"),
            .headers = {{"Authorization", "Zoho-oauthtoken " + token_}}};
  }

  void Control(const std::string& path, const Json& body) {
    const auto answer = Send({.method = "PUT",
                              .url = Url(Region::kEu, Role::kAccounts) + "/__fake/" + path,
                              .body = body.dump()});
    ASSERT_THAT(answer, mesh::IsOk());
    ASSERT_EQ(answer->status, 200) << answer->body;
  }

  void SetFault(Json fault) {
    fault["match"] = {{"path", "*/department"}};
    Control("faults", {{"faults", Json::array({fault})}});
  }

  FakeZoho zoho_{42, Settings{}, absl::Now()};
  std::unique_ptr<Server> server_;
  mesh::net::CurlHttpClient client_;
  std::string token_;
};

TEST_F(ServerTest, ATokenOpensItsOwnDataCentreOnly) {
  token_ = AccessToken(Region::kUs);

  const auto us = Send(DepartmentRequest());
  ASSERT_THAT(us, mesh::IsOk());
  EXPECT_EQ(us->status, 200);
  EXPECT_THAT(us->body, HasSubstr("\"Sales\""));

  mesh::net::HttpRequest elsewhere = DepartmentRequest();
  elsewhere.url = Url(Region::kEu, Role::kMeeting) + "/api/v2/user.json";
  const auto eu = Send(elsewhere);
  ASSERT_THAT(eu, mesh::IsOk());
  EXPECT_EQ(eu->status, 400);
  EXPECT_THAT(eu->body, HasSubstr("INVALID_OAUTHTOKEN"));
}

TEST_F(ServerTest, AnswersMayBeLateByTheThousand) {
  token_ = AccessToken(Region::kUs);
  Control("settings", {{"latency_ms", 500}});
  constexpr int kCalls = 1000;
  std::mutex mu;
  std::condition_variable done;
  int answered = 0;
  int good = 0;

  const absl::Time start = absl::Now();
  for (int i = 0; i < kCalls; ++i) {
    client_.Send(DepartmentRequest(), [&](absl::StatusOr<mesh::net::HttpResponse> answer) {
      const std::lock_guard lock(mu);
      good += answer.ok() && answer->status == 200;
      if (++answered == kCalls) done.notify_one();
    });
  }
  std::unique_lock lock(mu);
  ASSERT_TRUE(done.wait_for(lock, std::chrono::seconds(60), [&] { return answered == kCalls; }));

  EXPECT_EQ(good, kCalls);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(500));
}

TEST_F(ServerTest, FaultsReachTheWire) {
  token_ = AccessToken(Region::kUs);

  SetFault({{"kind", "reset"}});
  EXPECT_THAT(Send(DepartmentRequest()), mesh::StatusIs(absl::StatusCode::kUnavailable));

  SetFault({{"kind", "truncate"}, {"after_bytes", 30}});
  EXPECT_THAT(Send(DepartmentRequest()), mesh::StatusIs(absl::StatusCode::kUnavailable));

  SetFault({{"kind", "hang"}});
  mesh::net::HttpRequest impatient = DepartmentRequest();
  impatient.timeout = absl::Milliseconds(200);
  EXPECT_THAT(Send(impatient), mesh::StatusIs(absl::StatusCode::kDeadlineExceeded));

  SetFault({{"kind", "drip"}, {"bytes", 500}, {"interval_ms", 1}});
  const auto dripped = Send(DepartmentRequest());
  ASSERT_THAT(dripped, mesh::IsOk());
  EXPECT_EQ(Json::parse(dripped->body)["representation"].size(), 20);

  SetFault({{"kind", "429"}, {"headers", {{"Retry-After", "3"}}}});
  const auto limited = Send(DepartmentRequest());
  ASSERT_THAT(limited, mesh::IsOk());
  EXPECT_EQ(limited->status, 429);
  EXPECT_EQ(limited->headers.Get("Retry-After"), "3");
}

TEST_F(ServerTest, ShutsDownWithAnswersOutstanding) {
  token_ = AccessToken(Region::kUs);
  Control("settings", {{"latency_ms", 3'600'000}});
  std::mutex mu;
  std::condition_variable done;
  bool answered = false;
  client_.Send(DepartmentRequest(), [&](absl::StatusOr<mesh::net::HttpResponse>) {
    const std::lock_guard lock(mu);
    answered = true;
    done.notify_one();
  });
  // The journal tells that it has arrived.
  const std::string journal =
      Url(Region::kUs, Role::kAccounts) + "/__fake/requests?path=*/department&count_only=1";
  while (Json::parse(Send({.url = journal})->body)["count"] == 0) {
  }

  server_->Shutdown(absl::Now());

  std::unique_lock lock(mu);
  EXPECT_TRUE(done.wait_for(lock, std::chrono::seconds(10), [&] { return answered; }));
}

}  // namespace
}  // namespace fake_zoho
