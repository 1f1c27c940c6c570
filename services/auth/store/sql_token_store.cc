#include "services/auth/store/sql_token_store.h"

#include <string>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "mesh/auth/v1/accounts.pb.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

StoredTokens TokensOf(const soci::row& row) {
  return {
      .grant = {.region = row.get<std::string>("grant_region"),
                .refresh_token = row.get<std::string>("refresh_token"),
                .access = {.token = row.get<std::string>("access_token"),
                           .issue_time = TimeOfColumn(row.get<long long>("issue_time")),
                           .expire_time = TimeOfColumn(row.get<long long>("expire_time"))}},
      .version = {.grant_number = row.get<long long>("grant_number"),
                  .generation = row.get<long long>("generation")},
      .blocked_until = TimeOfColumn(row.get<long long>("blocked_until")),
      .organization_id = row.get<std::string>("organization_id"),
      .user_id = row.get<std::string>("user_id"),
      .region = row.get<std::string>("region"),
      .reauthorization_required = row.get<int>("state") == v1::Account::REAUTHORIZATION_REQUIRED};
}

}  // namespace

absl::StatusOr<StoredTokens> SqlTokenStore::Get(absl::string_view account) {
  StoredTokens tokens;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    const std::string key(account);
    soci::row row;
    sql << "SELECT tokens.region AS grant_region, refresh_token, access_token, issue_time,"
           " expire_time, grant_number, generation, blocked_until, organization_id, user_id,"
           " accounts.region AS region, state"
           " FROM tokens JOIN accounts ON accounts.id = tokens.account"
           " WHERE tokens.account = :account",
        into(row), use(key, "account");
    if (!sql.got_data()) return AccountNotFound(account);
    tokens = TokensOf(row);
    return absl::OkStatus();
  }));
  return tokens;
}

absl::Status SqlTokenStore::CountRequest(absl::string_view account, int64_t grant_number,
                                         absl::Time now, const RefreshBudget& budget) {
  return database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string key(account);
    const long long grant = grant_number;
    const long long window_start = TimeColumn(now - budget.window);
    const int newest = budget.requests;
    // The oldest of the newest requests that fill the budget, when they all lie in the window.
    long long oldest = 0;
    int count = 0;
    sql << "SELECT COUNT(*), COALESCE(MIN(request_time), 0) FROM (SELECT request_time"
           " FROM token_requests WHERE account = :account AND grant_number = :grant_number"
           " AND request_time > :window_start ORDER BY request_time DESC LIMIT :newest) AS recent",
        into(count), into(oldest), use(key, "account"), use(grant, "grant_number"),
        use(window_start, "window_start"), use(newest, "newest");
    if (count >= budget.requests) {
      return OauthThrottled(TimeOfColumn(oldest) + budget.window - now, kOwnBudget);
    }
    const long long request_time = TimeColumn(now);
    sql << "INSERT INTO token_requests (account, grant_number, request_time)"
           " VALUES (:account, :grant_number, :request_time)",
        use(key, "account"), use(grant, "grant_number"), use(request_time, "request_time");
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> SqlTokenStore::SaveAccessToken(absl::string_view account, TokenVersion version,
                                                    const SealedAccessToken& token) {
  bool saved = false;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    const std::string key(account);
    const long long grant = version.grant_number;
    const long long generation = version.generation;
    const long long issue_time = TimeColumn(token.issue_time);
    const long long expire_time = TimeColumn(token.expire_time);
    soci::statement update =
        (sql.prepare << "UPDATE tokens SET generation = generation + 1,"
                        " access_token = :access_token, issue_time = :issue_time,"
                        " expire_time = :expire_time"
                        " WHERE account = :account AND grant_number = :grant_number"
                        " AND generation = :generation",
         use(token.token, "access_token"), use(issue_time, "issue_time"),
         use(expire_time, "expire_time"), use(key, "account"), use(grant, "grant_number"),
         use(generation, "generation"));
    update.execute(/*withDataExchange=*/true);
    saved = update.get_affected_rows() > 0;
    return absl::OkStatus();
  }));
  return saved;
}

absl::StatusOr<bool> SqlTokenStore::MarkRefused(absl::string_view account, TokenVersion version,
                                                absl::Time now) {
  bool marked = false;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    const std::string key(account);
    const int state = v1::Account::REAUTHORIZATION_REQUIRED;
    const long long update_time = TimeColumn(now);
    const long long grant = version.grant_number;
    const long long generation = version.generation;
    soci::statement update =
        (sql.prepare << "UPDATE accounts SET state = :state, update_time = :update_time"
                        " WHERE id IN (SELECT account FROM tokens WHERE account = :account"
                        " AND grant_number = :grant_number AND generation = :generation)",
         use(state, "state"), use(update_time, "update_time"), use(key, "account"),
         use(grant, "grant_number"), use(generation, "generation"));
    update.execute(/*withDataExchange=*/true);
    marked = update.get_affected_rows() > 0;
    return absl::OkStatus();
  }));
  return marked;
}

absl::Status SqlTokenStore::Block(absl::string_view account, int64_t grant_number,
                                  absl::Time until) {
  return database_.Write([&](soci::session& sql) {
    const std::string key(account);
    const long long grant = grant_number;
    const long long blocked_until = TimeColumn(until);
    sql << "UPDATE tokens SET blocked_until = :blocked_until"
           " WHERE account = :account AND grant_number = :grant_number",
        use(blocked_until, "blocked_until"), use(key, "account"), use(grant, "grant_number");
    return absl::OkStatus();
  });
}

absl::Status SqlTokenStore::NoteRequest(absl::string_view account, int64_t grant_number,
                                        absl::Time now) {
  return database_.Write([&](soci::session& sql) {
    const std::string key(account);
    const long long grant = grant_number;
    const long long time = TimeColumn(now);
    sql << "INSERT INTO token_requests (account, grant_number, request_time)"
           " SELECT id, :grant_number, :request_time FROM accounts WHERE id = :account",
        use(grant, "grant_number"), use(time, "request_time"), use(key, "account");
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<absl::Time>> SqlTokenStore::RequestTimes(absl::string_view account,
                                                                    int64_t grant_number,
                                                                    absl::Time since) {
  std::vector<absl::Time> times;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    times.clear();
    const std::string key(account);
    const long long grant = grant_number;
    const long long after = TimeColumn(since);
    const soci::rowset<long long> rows =
        (sql.prepare << "SELECT request_time FROM token_requests WHERE account = :account"
                        " AND grant_number = :grant_number AND request_time > :after"
                        " ORDER BY request_time",
         use(key, "account"), use(grant, "grant_number"), use(after, "after"));
    for (const long long time : rows) times.push_back(TimeOfColumn(time));
    return absl::OkStatus();
  }));
  return times;
}

absl::Status SqlTokenStore::ForgetRequests(absl::Time before) {
  return database_.Write([&](soci::session& sql) {
    const long long time = TimeColumn(before);
    sql << "DELETE FROM token_requests WHERE request_time < :time", use(time, "time");
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
