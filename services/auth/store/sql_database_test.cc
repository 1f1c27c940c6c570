#include "services/auth/store/sql_database.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "services/auth/store/test_postgres.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

std::string NewSqlitePath() {
  return absl::StrCat(testing::TempDir(), "/", RandomId("db_"), ".db");
}

std::unique_ptr<SqlDatabase> OpenSqlite(const std::string& path, int connections = 1) {
  absl::StatusOr<std::unique_ptr<SqlDriver>> driver = NewSqliteDriver(path);
  EXPECT_THAT(driver, IsOk());
  auto database = SqlDatabase::Open(*std::move(driver), connections);
  EXPECT_THAT(database, IsOk());
  return *std::move(database);
}

absl::StatusOr<std::unique_ptr<SqlDatabase>> TryPostgres(const std::string& url,
                                                         int connections = 1) {
  absl::StatusOr<std::unique_ptr<SqlDriver>> driver =
      NewPostgresDriver(url, PasswordInUrl::kAllowed);
  if (!driver.ok()) return driver.status();
  return SqlDatabase::Open(*std::move(driver), connections);
}

std::unique_ptr<SqlDatabase> OpenPostgres(const std::string& url, int connections = 1) {
  auto database = TryPostgres(url, connections);
  EXPECT_THAT(database, IsOk());
  return *std::move(database);
}

absl::Status Execute(SqlDatabase& database, const std::string& statement) {
  return database.Read([&](soci::session& sql) {
    sql << statement;
    return absl::OkStatus();
  });
}

// Adds a row of about `bytes`, in a transaction.
absl::Status AddKey(SqlDatabase& database, const std::string& id, size_t bytes = 8) {
  return database.Write([&](soci::session& sql) {
    const std::string name(bytes, 'x');
    sql << "INSERT INTO api_keys (id, name, role, sha256, origin, create_time)"
           " VALUES (:id, :name, 3, :sha256, 'test', 0)",
        use(id, "id"), use(name, "name"), use(id, "sha256");
    return absl::OkStatus();
  });
}

// -1 where they cannot be counted.
int CountKeys(SqlDatabase& database) {
  int count = -1;
  const absl::Status counted = database.Read([&](soci::session& sql) {
    sql << "SELECT COUNT(*) FROM api_keys", into(count);
    return absl::OkStatus();
  });
  return counted.ok() ? count : -1;
}

TEST(SqliteDatabase, ThatIsFullSaysSoKeepsWhatItHasAndGoesOnWhenThereIsRoom) {
  const auto database = OpenSqlite(NewSqlitePath());
  ASSERT_THAT(AddKey(*database, "first"), IsOk());
  ASSERT_THAT(Execute(*database, "PRAGMA max_page_count = 1"), IsOk());

  EXPECT_THAT(AddKey(*database, "large", 1 << 20), HasReason("STORE_FULL"));

  EXPECT_EQ(CountKeys(*database), 1);
  ASSERT_THAT(Execute(*database, "PRAGMA max_page_count = 100000"), IsOk());
  EXPECT_THAT(AddKey(*database, "large", 1 << 20), IsOk());
}

TEST(SqliteDatabase, ThatTakesNoChangesSaysSo) {
  const auto database = OpenSqlite(NewSqlitePath());
  ASSERT_THAT(Execute(*database, "PRAGMA query_only = ON"), IsOk());

  EXPECT_THAT(AddKey(*database, "first"), HasReason("STORE_READ_ONLY"));

  // A new connection may be to one that does.
  EXPECT_THAT(AddKey(*database, "first"), IsOk());
}

TEST(SqliteDatabase, ThatSomebodyElseHoldsForTooLongSaysSo) {
  const std::string path = NewSqlitePath();
  const auto one = OpenSqlite(path);
  const auto other = OpenSqlite(path);
  ASSERT_THAT(Execute(*other, "PRAGMA busy_timeout = 20"), IsOk());

  const absl::Status written = one->Write([&](soci::session&) {
    EXPECT_THAT(AddKey(*other, "first"), HasReason("STORE_LOCKED"));
    return absl::OkStatus();
  });

  EXPECT_THAT(written, IsOk());
  EXPECT_THAT(AddKey(*other, "first"), IsOk());
}

TEST(SqliteDatabase, OfANewerProgramIsRefused) {
  const std::string path = NewSqlitePath();
  ASSERT_THAT(Execute(*OpenSqlite(path), "INSERT INTO schema_migrations VALUES (99999)"), IsOk());

  const absl::Status opened = SqlDatabase::Open(*NewSqliteDriver(path), 1).status();

  EXPECT_THAT(opened, HasReason("STORE_UNAVAILABLE"));
  EXPECT_TRUE(absl::StrContains(opened.message(), "99999")) << opened;
  EXPECT_TRUE(absl::StrContains(opened.message(), "newer version")) << opened;
}

TEST(PostgresDatabase, ThatIsFullOrReadOnlySaysSo) {
  const auto database = OpenPostgres(TestPostgres::Shared().NewDatabase().url);
  const absl::Status full = database->Write([](soci::session& sql) {
    sql << "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$";
    return absl::OkStatus();
  });
  EXPECT_THAT(full, HasReason("STORE_FULL"));
  ASSERT_THAT(Execute(*database, "SET default_transaction_read_only = on"), IsOk());

  EXPECT_THAT(AddKey(*database, "first"), HasReason("STORE_READ_ONLY"));

  EXPECT_THAT(AddKey(*database, "first"), IsOk());
}

TEST(PostgresDatabase, ThatSomebodyElseHoldsForTooLongSaysSo) {
  const std::string url = TestPostgres::Shared().NewDatabase().url;
  const auto one = OpenPostgres(url);
  const auto other = OpenPostgres(url);
  ASSERT_THAT(Execute(*other, "SET lock_timeout = '20ms'"), IsOk());

  const absl::Status written = one->Write([&](soci::session& sql) {
    sql << "LOCK TABLE api_keys";
    EXPECT_THAT(AddKey(*other, "first"), HasReason("STORE_LOCKED"));
    return absl::OkStatus();
  });

  EXPECT_THAT(written, IsOk());
  EXPECT_THAT(AddKey(*other, "first"), IsOk());
}

TEST(PostgresDatabase, RunsWorkAgainThatLostARace) {
  const std::string url = TestPostgres::Shared().NewDatabase().url;
  const auto one = OpenPostgres(url);
  const auto other = OpenPostgres(url);
  std::vector<int> seen;

  const absl::Status written = one->Write([&](soci::session& sql) {
    int count = 0;
    sql << "SELECT COUNT(*) FROM api_keys", into(count);
    seen.push_back(count);
    if (count > 0) return absl::OkStatus();
    EXPECT_THAT(AddKey(*other, "same"), IsOk());
    sql << "INSERT INTO api_keys (id, name, role, sha256, origin, create_time)"
           " VALUES ('same', '', 3, '', '', 0)";
    return absl::OkStatus();
  });

  EXPECT_THAT(written, IsOk());
  EXPECT_EQ(seen, (std::vector<int>{0, 1}));
}

TEST(PostgresDatabase, RunsWorkAgainWhoseConnectionBroke) {
  const auto database = OpenPostgres(TestPostgres::Shared().NewDatabase().url);
  int runs = 0;

  const absl::Status written = database->Write([&](soci::session& sql) {
    sql << "INSERT INTO api_keys (id, name, role, sha256, origin, create_time)"
           " VALUES ('once', '', 3, '', '', 0)";
    if (++runs == 1) {
      int ignored = 0;
      sql << "SELECT 1 FROM pg_terminate_backend(pg_backend_pid())", into(ignored);
    }
    return absl::OkStatus();
  });

  EXPECT_THAT(written, IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(CountKeys(*database), 1);
}

TEST(PostgresDatabase, ThatWasAwayServesAgainWhenItIsBackAndHasLostNothing) {
  TestPostgres server;
  const auto database = OpenPostgres(server.NewDatabase().url, /*connections=*/3);
  ASSERT_THAT(AddKey(*database, "first"), IsOk());

  server.Stop();
  EXPECT_EQ(CountKeys(*database), -1);
  const absl::Status away = AddKey(*database, "second");
  EXPECT_THAT(away, HasReason("STORE_UNAVAILABLE"));
  server.Start();

  EXPECT_EQ(CountKeys(*database), 1);
  EXPECT_THAT(AddKey(*database, "second"), IsOk());

  // Nobody calls while it is away: its end goes unnoticed.
  server.Stop();
  server.Start();
  EXPECT_THAT(AddKey(*database, "third"), IsOk());
  EXPECT_EQ(CountKeys(*database), 3);
}

TEST(PostgresDatabase, IsMigratedOnceByAnyNumberOfReplicas) {
  const std::string url = TestPostgres::Shared().NewDatabase().url;
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] { EXPECT_THAT(TryPostgres(url), IsOk()); });
  }
  for (std::thread& replica : replicas) replica.join();

  EXPECT_THAT(AddKey(*OpenPostgres(url), "first"), IsOk());
}

TEST(PostgresDatabase, GetsEveryParameterOfItsUrlAsItStandsThere) {
  const auto database = OpenPostgres(absl::StrCat(TestPostgres::Shared().NewDatabase().url,
                                                  "&application_name=it%27s%20a%20%5Ctest"));
  std::string name;

  ASSERT_THAT(database->Read([&](soci::session& sql) {
    sql << "SELECT current_setting('application_name')", into(name);
    return absl::OkStatus();
  }),
              IsOk());

  EXPECT_EQ(name, "it's a \\test");
}

TEST(PostgresDatabase, MayHaveNoPasswordInAUrlThatOthersRead) {
  for (const char* url :
       {"postgres://mesh:hunter2@127.0.0.1/mesh", "postgres://127.0.0.1/mesh?password=hunter2",
        "postgres://127.0.0.1/mesh?pass%77ord=hunter2",
        "postgres://127.0.0.1/mesh?sslpassword=hunter2"}) {
    const absl::Status refused = NewPostgresDriver(url, PasswordInUrl::kRefused).status();
    EXPECT_THAT(refused, HasReason("FIELD_INVALID")) << url;
    EXPECT_FALSE(absl::StrContains(refused.message(), "hunter2")) << refused;
    EXPECT_THAT(NewPostgresDriver(url, PasswordInUrl::kAllowed), IsOk()) << url;
  }
  for (const char* url : {"postgres://mesh@127.0.0.1/mesh",
                          "postgresql://127.0.0.1:1/mesh?application_name=password%3Da:b@c"}) {
    EXPECT_THAT(NewPostgresDriver(url, PasswordInUrl::kRefused), IsOk()) << url;
  }
}

TEST(PostgresDatabase, ThatCannotBeReachedIsNamedWithoutItsPassword) {
  for (const char* url : {"postgres://mesh:hunter-2@127.0.0.1:1/mesh",
                          "postgres://mesh:hunter%20'\\2@no-such-host.invalid/mesh"}) {
    const absl::Status opened = TryPostgres(url).status();

    EXPECT_THAT(opened, HasReason("STORE_UNAVAILABLE")) << url;
    EXPECT_FALSE(absl::StrContains(opened.message(), "hunt")) << opened;
  }
  for (const char* url :
       {"postgres://mesh:hunter%zz@127.0.0.1/mesh", "postgres://mesh:hunter%22@/mesh",
        "postgres://mesh@127.0.0.1/mesh?password=hunter&hunting=x"}) {
    const absl::Status opened = TryPostgres(url).status();

    EXPECT_THAT(opened, HasReason("FIELD_INVALID")) << url;
    EXPECT_FALSE(absl::StrContains(opened.message(), "hunt")) << opened;
  }
  EXPECT_THAT(TryPostgres("mysql://127.0.0.1/mesh").status(), HasReason("FIELD_INVALID"));
}

}  // namespace
}  // namespace mesh::auth
