#include "services/auth/test_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/check.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "common/rpc/config.h"

namespace mesh::auth {
namespace {

template <typename T>
T OrDie(absl::StatusOr<T> result) {
  CHECK(result.ok());
  return *std::move(result);
}

config::v1::AuthServiceConfig ConfigWithSecret(const std::string& secret_file) {
  config::v1::AuthServiceConfig config;
  const std::string text = absl::StrCat(
      "regions { code: 'us' accounts_url: 'http://127.0.0.1:1001' "
      "meeting_url: 'http://127.0.0.1:1002' }"
      "regions { code: 'eu' accounts_url: 'http://127.0.0.1:2001' "
      "meeting_url: 'http://127.0.0.1:2002' }"
      "oauth_clients { regions: 'us' regions: 'eu' client_id: '1000.CLIENT' client_secret_file: '",
      secret_file, "' }");
  CHECK(rpc::MergeConfig(text, "test", config).ok());
  return config;
}

}  // namespace

TestWorld::TestWorld()
    : sealer(OrDie(Sealer::Create(Secret(std::string(32, 'k'))))),
      regions(OrDie(Regions::Create(ConfigWithSecret("").regions()))),
      clients(OrDie(OauthClients::Create(
          ConfigWithSecret(NewSecretFile("client-secret")).oauth_clients(), regions))),
      registry(std::make_shared<prometheus::Registry>()),
      metrics(*registry) {}

int TestWorld::token_requests() const {
  const auto sent = zoho.sent();
  return static_cast<int>(std::count_if(sent.begin(), sent.end(), [](const auto& request) {
    return absl::EndsWith(request.url, "/oauth/v2/token");
  }));
}

net::HttpResponse TokenGranted(absl::string_view access_token, int expires_in_seconds) {
  return {.status = 200,
          .body = absl::StrCat(R"({"access_token":")", access_token,
                               R"(","scope":"ZohoMeeting.manageOrg.READ","expires_in":)",
                               expires_in_seconds, "}")};
}

net::HttpResponse CodeGranted(absl::string_view access_token, absl::string_view refresh_token) {
  return {.status = 200,
          .body = absl::StrCat(R"({"access_token":")", access_token, R"(","refresh_token":")",
                               refresh_token, R"(","expires_in":3600})")};
}

net::HttpResponse TokenError(absl::string_view error) {
  return {.status = 200, .body = absl::StrCat(R"({"error":")", error, R"("})")};
}

net::HttpResponse TokenThrottled() {
  return {.status = 400,
          .body = R"({"error_description":"请稍后重试。","error":"拒绝访问","status":"failure"})"};
}

net::HttpResponse UserJson(absl::string_view organization_id, absl::string_view meeting_host) {
  return {.status = 200,
          .body = absl::StrCat(R"({"userDetails":{"zsoid":)", organization_id,
                               R"(,"zuid":7001,"isAdmin":true,"primaryEmail":"admin@example.com",)",
                               R"("portalName":"Example","redirectionServer":")", meeting_host,
                               R"("}})")};
}

std::string NewSecretFile(absl::string_view content) {
  std::string path = absl::StrCat(testing::TempDir(), "/", RandomId("secret_"));
  CHECK(WriteFileAtomically(path, content).ok());
  return path;
}

}  // namespace mesh::auth
