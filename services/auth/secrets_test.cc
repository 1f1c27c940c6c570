// One test of its own process, as the log stops once: no secret is in any log line or database
// byte.
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "services/auth/bootstrap_key.h"
#include "services/auth/store/sql_store.h"
#include "services/auth/test_service.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

constexpr char kApiKey[] = "bootstrap-key-of-more-than-32-characters";

// Runs through everything that handles a secret, failures included, and returns all secrets in use.
std::vector<std::string> UseEverySecret(const std::string& path) {
  TestWorld world;
  const auto store = OpenSqliteStore(path);
  EXPECT_THAT(store, IsOk());
  EXPECT_THAT(SetBootstrapKey(NewSecretFile(kApiKey), world.clock.Now(), (*store)->api_keys()),
              IsOk());
  const TestService service(world, **store);
  const auto accounts = v1::AccountService::NewStub(service.channel());
  const auto tokens = v1::TokenService::NewStub(service.channel());
  const auto servers = v1::McpServerService::NewStub(service.channel());

  v1::CreateAccountRequest create;
  create.set_region("eu");
  create.set_grant_code("1000.grant-code");
  world.zoho.Answer(TokenError("invalid_code"));
  EXPECT_THAT(Call(*accounts, &v1::AccountService::Stub::CreateAccount, create),
              HasReason("GRANT_REFUSED"));
  world.zoho.Answer(CodeGranted("1000.access-1", "1000.refresh"));
  world.zoho.Answer(UserJson("100", "127.0.0.1:2002"));
  const auto account = Call(*accounts, &v1::AccountService::Stub::CreateAccount, create);
  EXPECT_THAT(account, IsOk());

  v1::GetAccessTokenRequest lease;
  lease.set_account(account->id());
  world.clock.Advance(absl::Hours(2));
  world.zoho.Answer(TokenGranted("1000.access-2"));
  EXPECT_THAT(Call(*tokens, &v1::TokenService::Stub::GetAccessToken, lease), IsOk());
  world.clock.Advance(absl::Hours(2));
  world.zoho.Answer(NoAnswer("http://127.0.0.1:2001", "refused"));
  EXPECT_THAT(Call(*tokens, &v1::TokenService::Stub::GetAccessToken, lease),
              HasReason("ZOHO_UNREACHABLE"));
  world.clock.Advance(absl::Minutes(1));
  world.zoho.Answer(TokenError("invalid_code"));
  EXPECT_THAT(Call(*tokens, &v1::TokenService::Stub::GetAccessToken, lease),
              HasReason("REAUTHORIZATION_REQUIRED"));

  v1::CreateMcpServerRequest mcp;
  mcp.set_account(account->id());
  mcp.set_name("Worker");
  const auto server = Call(*servers, &v1::McpServerService::Stub::CreateMcpServer, mcp);
  EXPECT_THAT(server, IsOk());
  v1::ResolveMcpServerRequest resolve;
  resolve.set_token_sha256(Sha256(server->token()));
  EXPECT_THAT(Call(*servers, &v1::McpServerService::Stub::ResolveMcpServer, resolve), IsOk());

  return {"1000.grant-code", "1000.access-1", "1000.access-2", "1000.refresh",
          "client-secret",   server->token(), kApiKey,         std::string(32, 'k')};
}

TEST(Secrets, AreInNoLogLineAndNoDatabaseByte) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", RandomId("secrets_"), ".db");
  testing::internal::CaptureStderr();
  ASSERT_THAT(SetLogLevel("debug"), IsOk());

  const std::vector<std::string> secrets = UseEverySecret(path);

  StopLog();
  const std::string log = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(absl::StrContains(log, "account connected")) << log;
  ASSERT_TRUE(absl::StrContains(log, "access token refreshed")) << log;
  ASSERT_OK_AND_ASSIGN(std::string database, ReadFile(path));
  for (const char* suffix : {"-wal", "-shm"}) {
    if (const auto more = ReadFile(path + suffix); more.ok()) database += *more;
  }
  ASSERT_TRUE(absl::StrContains(database, "Worker"));
  for (const std::string& secret : secrets) {
    for (const std::string& form :
         {secret, absl::Base64Escape(secret), absl::WebSafeBase64Escape(secret),
          absl::BytesToHexString(secret)}) {
      EXPECT_FALSE(absl::StrContains(log, form)) << secret;
      EXPECT_FALSE(absl::StrContains(database, form)) << secret;
    }
  }
}

}  // namespace
}  // namespace mesh::auth
