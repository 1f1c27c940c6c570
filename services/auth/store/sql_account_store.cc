#include "services/auth/store/sql_account_store.h"

#include <string>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/sql_change_store.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

v1::Account AccountOf(const soci::row& row) {
  v1::Account account;
  account.set_id(row.get<std::string>("id"));
  account.set_name(row.get<std::string>("name"));
  account.set_state(static_cast<v1::Account::State>(row.get<int>("state")));
  account.set_region(row.get<std::string>("region"));
  account.set_organization_id(row.get<std::string>("organization_id"));
  account.set_user_id(row.get<std::string>("user_id"));
  account.set_user_email(row.get<std::string>("user_email"));
  account.set_organization_admin(row.get<int>("organization_admin") != 0);
  const std::string scopes = row.get<std::string>("scopes");
  for (const absl::string_view scope : absl::StrSplit(scopes, ' ', absl::SkipEmpty())) {
    account.add_scopes(std::string(scope));
  }
  *account.mutable_create_time() =
      rpc::TimestampOf(TimeOfColumn(row.get<long long>("create_time")));
  *account.mutable_update_time() =
      rpc::TimestampOf(TimeOfColumn(row.get<long long>("update_time")));
  return account;
}

void InsertRow(soci::session& sql, const v1::Account& account) {
  const int state = account.state();
  const int admin = account.organization_admin() ? 1 : 0;
  const std::string scopes = absl::StrJoin(account.scopes(), " ");
  const long long create_time = TimeColumn(rpc::TimeOf(account.create_time()));
  const long long update_time = TimeColumn(rpc::TimeOf(account.update_time()));
  sql << "INSERT INTO accounts (id, name, state, region, organization_id, user_id, user_email,"
         " organization_admin, scopes, create_time, update_time)"
         " VALUES (:id, :name, :state, :region, :organization_id, :user_id, :user_email,"
         " :organization_admin, :scopes, :create_time, :update_time)",
      use(account.id(), "id"), use(account.name(), "name"), use(state, "state"),
      use(account.region(), "region"), use(account.organization_id(), "organization_id"),
      use(account.user_id(), "user_id"), use(account.user_email(), "user_email"),
      use(admin, "organization_admin"), use(scopes, "scopes"), use(create_time, "create_time"),
      use(update_time, "update_time");
}

void InsertGrant(soci::session& sql, const std::string& account, const SealedGrant& grant) {
  const long long issue_time = TimeColumn(grant.access.issue_time);
  const long long expire_time = TimeColumn(grant.access.expire_time);
  const long long blocked_until = TimeColumn(absl::InfinitePast());
  sql << "INSERT INTO tokens (account, region, grant_number, refresh_token, generation,"
         " access_token, issue_time, expire_time, blocked_until)"
         " VALUES (:account, :region, 1, :refresh_token, 1, :access_token, :issue_time,"
         " :expire_time, :blocked_until)",
      use(account, "account"), use(grant.region, "region"),
      use(grant.refresh_token, "refresh_token"), use(grant.access.token, "access_token"),
      use(issue_time, "issue_time"), use(expire_time, "expire_time"),
      use(blocked_until, "blocked_until");
}

absl::StatusOr<v1::Account> Read(soci::session& sql, const std::string& id) {
  soci::row row;
  sql << "SELECT * FROM accounts WHERE id = :id", into(row), use(id, "id");
  if (!sql.got_data()) return AccountNotFound(id);
  return AccountOf(row);
}

SealedGrant ReadGrant(soci::session& sql, const std::string& account) {
  SealedGrant grant;
  long long issue_time = 0;
  long long expire_time = 0;
  sql << "SELECT region, refresh_token, access_token, issue_time, expire_time FROM tokens"
         " WHERE account = :account",
      into(grant.region), into(grant.refresh_token), into(grant.access.token), into(issue_time),
      into(expire_time), use(account, "account");
  grant.access.issue_time = TimeOfColumn(issue_time);
  grant.access.expire_time = TimeOfColumn(expire_time);
  return grant;
}

}  // namespace

absl::Status SqlAccountStore::Insert(const v1::Account& account, const SealedGrant& grant) {
  return database_.Write([&](soci::session& sql) -> absl::Status {
    std::string other;
    sql << "SELECT id FROM accounts WHERE organization_id = :organization_id", into(other),
        use(account.organization_id(), "organization_id");
    if (sql.got_data()) return AccountExists(other, account.organization_id());
    InsertRow(sql, account);
    InsertGrant(sql, account.id(), grant);
    AddChange(sql, v1::Change::ACCOUNT, account.id());
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Account> SqlAccountStore::Get(absl::string_view id) {
  v1::Account account;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    ASSIGN_OR_RETURN(account, Read(sql, std::string(id)));
    return absl::OkStatus();
  }));
  return account;
}

absl::StatusOr<Page<v1::Account>> SqlAccountStore::List(const PageRequest& page) {
  Page<v1::Account> result;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    result = {};
    const long long after_time = TimeColumn(page.after.create_time);
    const int one_more = page.limit + 1;
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT * FROM accounts WHERE (create_time, id) > (:after_time, :after_id)"
                        " ORDER BY create_time, id LIMIT :one_more",
         use(after_time, "after_time"), use(page.after.id, "after_id"), use(one_more, "one_more"));
    for (const soci::row& row : rows) AddToPage(page, AccountOf(row), result);
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<v1::Account> SqlAccountStore::Rename(absl::string_view id, absl::string_view name,
                                                    absl::Time now) {
  v1::Account account;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string key(id);
    const std::string new_name(name);
    const long long update_time = TimeColumn(now);
    sql << "UPDATE accounts SET name = :name, update_time = :update_time WHERE id = :id",
        use(new_name, "name"), use(update_time, "update_time"), use(key, "id");
    ASSIGN_OR_RETURN(account, Read(sql, key));
    AddChange(sql, v1::Change::ACCOUNT, key);
    return absl::OkStatus();
  }));
  return account;
}

absl::StatusOr<Reconnected> SqlAccountStore::Reconnect(const v1::Account& account,
                                                       const SealedGrant& grant) {
  Reconnected done;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    const int state = account.state();
    const int admin = account.organization_admin() ? 1 : 0;
    const std::string scopes = absl::StrJoin(account.scopes(), " ");
    const long long update_time = TimeColumn(rpc::TimeOf(account.update_time()));
    sql << "UPDATE accounts SET state = :state, region = :region, user_id = :user_id,"
           " user_email = :user_email, organization_admin = :organization_admin, scopes = :scopes,"
           " update_time = :update_time WHERE id = :id",
        use(state, "state"), use(account.region(), "region"), use(account.user_id(), "user_id"),
        use(account.user_email(), "user_email"), use(admin, "organization_admin"),
        use(scopes, "scopes"), use(update_time, "update_time"), use(account.id(), "id");
    ASSIGN_OR_RETURN(done.account, Read(sql, account.id()));
    // Whoever comes at the same time waits above, for this transaction.
    done.replaced = ReadGrant(sql, account.id());
    const long long issue_time = TimeColumn(grant.access.issue_time);
    const long long expire_time = TimeColumn(grant.access.expire_time);
    const long long blocked_until = TimeColumn(absl::InfinitePast());
    sql << "UPDATE tokens SET region = :region, grant_number = grant_number + 1,"
           " refresh_token = :refresh_token, generation = generation + 1,"
           " access_token = :access_token, issue_time = :issue_time, expire_time = :expire_time,"
           " blocked_until = :blocked_until, lease_holder = '', lease_until = 0"
           " WHERE account = :account",
        use(grant.region, "region"), use(grant.refresh_token, "refresh_token"),
        use(grant.access.token, "access_token"), use(issue_time, "issue_time"),
        use(expire_time, "expire_time"), use(blocked_until, "blocked_until"),
        use(account.id(), "account");
    long long grant_number = 0;
    long long generation = 0;
    sql << "SELECT grant_number, generation FROM tokens WHERE account = :account",
        into(grant_number), into(generation), use(account.id(), "account");
    done.version = {.grant_number = grant_number, .generation = generation};
    AddChange(sql, v1::Change::ACCOUNT, account.id());
    return absl::OkStatus();
  }));
  return done;
}

absl::Status SqlAccountStore::Delete(absl::string_view id) {
  return database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string key(id);
    soci::statement remove = (sql.prepare << "DELETE FROM accounts WHERE id = :id", use(key, "id"));
    remove.execute(/*withDataExchange=*/true);
    if (remove.get_affected_rows() == 0) return AccountNotFound(id);
    AddChange(sql, v1::Change::ACCOUNT, key);
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
