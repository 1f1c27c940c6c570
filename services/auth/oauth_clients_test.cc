#include "services/auth/oauth_clients.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "common/rpc/config.h"

namespace mesh::auth {
namespace {

std::string SecretFile(const std::string& content) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", RandomId("secret_"));
  EXPECT_THAT(WriteFileAtomically(path, content), IsOk());
  return path;
}

absl::StatusOr<OauthClients> Create(const std::string& text) {
  config::v1::AuthServiceConfig config;
  EXPECT_THAT(rpc::MergeConfig(text, "test", config), IsOk());
  const absl::StatusOr<Regions> regions = Regions::Create({});
  EXPECT_THAT(regions, IsOk());
  return OauthClients::Create(config.oauth_clients(), *regions);
}

std::string ClientFor(const std::string& regions, const std::string& id, const std::string& file) {
  return absl::StrCat("oauth_clients { ", regions, " client_id: '", id, "' client_secret_file: '",
                      file, "' }");
}

TEST(OauthClients, ARegionsOwnClientComesBeforeTheOneForAll) {
  ASSERT_OK_AND_ASSIGN(
      const OauthClients clients,
      Create(ClientFor("", "1000.ALL", SecretFile("all\n")) +
             ClientFor("regions: 'eu' regions: 'uk'", "1000.EU", SecretFile(" eu "))));

  ASSERT_OK_AND_ASSIGN(const OauthClient* eu, clients.Find("eu"));
  ASSERT_OK_AND_ASSIGN(const OauthClient* us, clients.Find("us"));

  EXPECT_EQ(eu->id, "1000.EU");
  EXPECT_EQ(eu->secret.Reveal(), "eu");
  EXPECT_EQ(us->id, "1000.ALL");
  EXPECT_EQ(us->secret.Reveal(), "all");
}

TEST(OauthClients, ARegionWithoutAClientIsRefused) {
  ASSERT_OK_AND_ASSIGN(const OauthClients clients,
                       Create(ClientFor("regions: 'eu'", "1000.EU", SecretFile("eu"))));

  EXPECT_THAT(clients.Find("us"), HasReason("OAUTH_CLIENT_MISSING"));
}

TEST(OauthClients, ABadEntryIsRefused) {
  const std::string file = SecretFile("secret");
  const std::string open_file = SecretFile("secret");
  ASSERT_EQ(chmod(open_file.c_str(), 0644), 0);
  const struct {
    std::string config;
    std::string reason;
  } kRows[] = {
      {ClientFor("", "", file), "FIELD_INVALID"},
      {ClientFor("", "1000.A", ""), "FIELD_INVALID"},
      {ClientFor("", "1000.A", SecretFile(" \n")), "FIELD_INVALID"},
      {ClientFor("", "1000.A", file + ".gone"), "FILE_UNREADABLE"},
      {ClientFor("", "1000.A", open_file), "FILE_UNSAFE"},
      {ClientFor("regions: 'mars'", "1000.A", file), "REGION_UNKNOWN"},
      {ClientFor("", "1000.A", file) + ClientFor("", "1000.B", file), "FIELD_INVALID"},
      {ClientFor("regions: 'eu' regions: 'eu'", "1000.A", file), "FIELD_INVALID"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Create(row.config), HasReason(row.reason)) << row.config;
  }
}

}  // namespace
}  // namespace mesh::auth
