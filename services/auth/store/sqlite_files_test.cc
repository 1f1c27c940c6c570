#include "services/auth/store/sqlite_files.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "services/auth/store/sql_store.h"

namespace mesh::auth {
namespace {

std::string NewPath() { return absl::StrCat(testing::TempDir(), "/", RandomId("db_"), ".db"); }

v1::Account AccountWith(const std::string& id) {
  v1::Account account;
  account.set_id(id);
  account.set_organization_id(id);
  return account;
}

TEST(SqliteLock, IsHadByOneAtATimeAndSaysByWhom) {
  const std::string path = NewPath();
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<SqliteLock> first, SqliteLock::Take(path));

  const absl::Status second = SqliteLock::Take(path).status();

  EXPECT_THAT(second, HasReason("STORE_IN_USE"));
  EXPECT_TRUE(absl::StrContains(second.message(), absl::StrCat("process ", getpid()))) << second;
  EXPECT_TRUE(absl::StrContains(second.message(), "postgres://")) << second;
  first.reset();
  EXPECT_THAT(SqliteLock::Take(path), IsOk());
}

TEST(SqliteLock, NeedsItsFolder) {
  EXPECT_THAT(SqliteLock::Take("/no/such/folder/auth.db"), HasReason("STORE_UNAVAILABLE"));
}

TEST(BackUpSqlite, WritesACopyFromWhichAServiceCanGoOn) {
  const std::string path = NewPath();
  const std::string copy = NewPath();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Store> store, OpenSqliteStore(path));
  ASSERT_THAT(store->accounts().Insert(AccountWith("acc_1"), {.refresh_token = "c2VhbGVk"}),
              IsOk());
  // The service goes on meanwhile.
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 2; !done; ++i) {
      EXPECT_THAT(store->accounts().Insert(AccountWith(absl::StrCat("acc_", i)), {}), IsOk());
    }
  });

  const absl::Status backed_up = BackUpSqlite(path, copy);

  done = true;
  writer.join();
  ASSERT_THAT(backed_up, IsOk());
  ASSERT_THAT(store->accounts().Delete("acc_1"), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Store> restored, OpenSqliteStore(copy));
  EXPECT_THAT(restored->accounts().Get("acc_1"), IsOk());
  EXPECT_EQ(restored->tokens().Get("acc_1")->grant.refresh_token, "c2VhbGVk");
  EXPECT_THAT(restored->accounts().Insert(AccountWith("acc_new"), {}), IsOk());
  struct stat info = {};
  ASSERT_EQ(stat(copy.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(BackUpSqlite, OverwritesNothingAndMakesNoDatabaseUp) {
  const std::string path = NewPath();
  ASSERT_THAT(OpenSqliteStore(path), IsOk());

  EXPECT_THAT(BackUpSqlite(path, path), HasReason("FILE_UNWRITABLE"));
  EXPECT_THAT(BackUpSqlite(NewPath(), NewPath()), HasReason("FILE_UNREADABLE"));
}

}  // namespace
}  // namespace mesh::auth
