#include "services/auth/store/sql_store.h"

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"

namespace mesh::auth {
namespace {

std::string NewPath() { return absl::StrCat(testing::TempDir(), "/", RandomId("db_"), ".db"); }

v1::ApiKey Key() {
  v1::ApiKey key;
  key.set_id("key_1");
  key.set_name("bootstrap");
  key.set_role(v1::ApiKey::ADMIN);
  return key;
}

TEST(SqliteStore, KeepsWhatItHoldsAcrossARestart) {
  const std::string path = NewPath();
  const std::string digest(32, 'k');
  {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Store> store, OpenSqliteStore(path));
    ASSERT_THAT(store->api_keys().SetBootstrap(Key(), digest, absl::UnixEpoch()), IsOk());
  }

  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Store> store, OpenSqliteStore(path));

  EXPECT_THAT(store->api_keys().Resolve(digest, absl::UnixEpoch()), IsOk());
}

TEST(SqliteStore, CreatesItsFileForItsOwnerAlone) {
  const std::string path = NewPath();

  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Store> store, OpenSqliteStore(path));

  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(SqliteStore, SaysWhichPathItCannotOpenAndWhatToDo) {
  const std::string path = absl::StrCat(testing::TempDir(), "/no such folder/auth.db");

  const absl::Status status = OpenSqliteStore(path).status();

  EXPECT_THAT(status, HasReason("STORE_UNAVAILABLE"));
  EXPECT_TRUE(absl::StrContains(status.message(), path)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "existing folder")) << status;
}

TEST(SqliteStore, RefusesAFileThatIsNoDatabase) {
  const std::string path = NewPath();
  ASSERT_THAT(WriteFileAtomically(path, std::string(4096, 'x')), IsOk());

  EXPECT_THAT(OpenSqliteStore(path).status(), HasReason("STORE_UNAVAILABLE"));
}

TEST(SqliteStore, RefusesAnEmptyPath) {
  EXPECT_THAT(OpenSqliteStore("").status(), HasReason("FIELD_INVALID"));
}

}  // namespace
}  // namespace mesh::auth
