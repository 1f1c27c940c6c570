#include "services/auth/store/sql_token_store.h"

#include <string>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "mesh/auth/v1/accounts.pb.h"
#include "services/auth/store/sql_change_store.h"
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

// Counts a token request, unless the budget is used up.
absl::Status CountRequest(soci::session& sql, const std::string& account, long long grant,
                          absl::Time now, const RefreshBudget& budget) {
  const long long window_start = TimeColumn(now - budget.window);
  const int newest = budget.requests;
  // The oldest of the newest requests that fill the budget, when they all lie in the window.
  long long oldest = 0;
  int count = 0;
  sql << "SELECT COUNT(*), COALESCE(MIN(request_time), 0) FROM (SELECT request_time"
         " FROM token_requests WHERE account = :account AND grant_number = :grant_number"
         " AND request_time > :window_start ORDER BY request_time DESC LIMIT :newest) AS recent",
      into(count), into(oldest), use(account, "account"), use(grant, "grant_number"),
      use(window_start, "window_start"), use(newest, "newest");
  if (count >= budget.requests) {
    return OauthThrottled(TimeOfColumn(oldest) + budget.window - now, kOwnBudget);
  }
  const long long request_time = TimeColumn(now);
  sql << "INSERT INTO token_requests (account, grant_number, request_time)"
         " VALUES (:account, :grant_number, :request_time)",
      use(account, "account"), use(grant, "grant_number"), use(request_time, "request_time");
  return absl::OkStatus();
}

// Why a lease of `version` could not be had.
absl::StatusOr<RefreshTurn> WhoseTurn(soci::session& sql, const std::string& account,
                                      TokenVersion version) {
  long long grant = 0;
  long long generation = 0;
  sql << "SELECT grant_number, generation FROM tokens WHERE account = :account", into(grant),
      into(generation), use(account, "account");
  if (!sql.got_data()) return AccountNotFound(account);
  return version == TokenVersion{.grant_number = grant, .generation = generation}
             ? RefreshTurn::kOthers
             : RefreshTurn::kOutdated;
}

// Whether `update`, which is prepared, changed a row.
bool Changes(soci::statement update) {
  update.execute(/*withDataExchange=*/true);
  return update.get_affected_rows() > 0;
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

absl::StatusOr<RefreshTurn> SqlTokenStore::BeginRefresh(absl::string_view account,
                                                        TokenVersion version,
                                                        const RefreshLease& lease, absl::Time now,
                                                        const RefreshBudget& budget) {
  RefreshTurn turn = RefreshTurn::kMine;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string key(account);
    const long long until = TimeColumn(lease.until);
    const long long grant = version.grant_number;
    const long long generation = version.generation;
    const long long time = TimeColumn(now);
    // Locks the row: the count below is of one replica at a time.
    const bool mine =
        Changes((sql.prepare << "UPDATE tokens SET lease_holder = :holder, lease_until = :until"
                                " WHERE account = :account AND grant_number = :grant_number"
                                " AND generation = :generation AND lease_until <= :time",
                 use(lease.holder, "holder"), use(until, "until"), use(key, "account"),
                 use(grant, "grant_number"), use(generation, "generation"), use(time, "time")));
    if (!mine) {
      ASSIGN_OR_RETURN(turn, WhoseTurn(sql, key, version));
      return absl::OkStatus();
    }
    turn = RefreshTurn::kMine;
    return CountRequest(sql, key, grant, now, budget);
  }));
  return turn;
}

absl::Status SqlTokenStore::EndRefresh(absl::string_view account, absl::string_view holder) {
  return database_.Write([&](soci::session& sql) {
    const std::string key(account);
    const std::string holder_column(holder);
    sql << "UPDATE tokens SET lease_holder = '', lease_until = 0"
           " WHERE account = :account AND lease_holder = :holder",
        use(key, "account"), use(holder_column, "holder");
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
    saved =
        Changes((sql.prepare << "UPDATE tokens SET generation = generation + 1,"
                                " access_token = :access_token, issue_time = :issue_time,"
                                " expire_time = :expire_time, lease_holder = '', lease_until = 0"
                                " WHERE account = :account AND grant_number = :grant_number"
                                " AND generation = :generation",
                 use(token.token, "access_token"), use(issue_time, "issue_time"),
                 use(expire_time, "expire_time"), use(key, "account"), use(grant, "grant_number"),
                 use(generation, "generation")));
    return absl::OkStatus();
  }));
  return saved;
}

absl::StatusOr<bool> SqlTokenStore::MarkRefused(absl::string_view account, TokenVersion version,
                                                absl::Time now) {
  bool marked = false;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    const std::string key(account);
    const long long grant = version.grant_number;
    const long long generation = version.generation;
    // Locks the row: whoever saves a token now has to come second.
    marked =
        Changes((sql.prepare << "UPDATE tokens SET lease_holder = '', lease_until = 0"
                                " WHERE account = :account AND grant_number = :grant_number"
                                " AND generation = :generation",
                 use(key, "account"), use(grant, "grant_number"), use(generation, "generation")));
    if (!marked) return absl::OkStatus();
    const int state = v1::Account::REAUTHORIZATION_REQUIRED;
    const long long update_time = TimeColumn(now);
    sql << "UPDATE accounts SET state = :state, update_time = :update_time WHERE id = :account",
        use(state, "state"), use(update_time, "update_time"), use(key, "account");
    AddChange(sql, v1::Change::ACCOUNT, key);
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

absl::StatusOr<std::vector<SealedTokens>> SqlTokenStore::ListSealed(absl::string_view after,
                                                                    int limit) {
  std::vector<SealedTokens> sealed;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    sealed.clear();
    const std::string key(after);
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT account, refresh_token, access_token FROM tokens"
                        " WHERE account > :after ORDER BY account LIMIT :limit",
         use(key, "after"), use(limit, "limit"));
    for (const soci::row& row : rows) {
      sealed.push_back({.account = row.get<std::string>("account"),
                        .refresh_token = row.get<std::string>("refresh_token"),
                        .access_token = row.get<std::string>("access_token")});
    }
    return absl::OkStatus();
  }));
  return sealed;
}

absl::Status SqlTokenStore::Reseal(const SealedTokens& old, const SealedTokens& fresh) {
  return database_.Write([&](soci::session& sql) {
    sql << "UPDATE tokens SET refresh_token = :fresh"
           " WHERE account = :account AND refresh_token = :old",
        use(fresh.refresh_token, "fresh"), use(old.account, "account"),
        use(old.refresh_token, "old");
    sql << "UPDATE tokens SET access_token = :fresh"
           " WHERE account = :account AND access_token = :old",
        use(fresh.access_token, "fresh"), use(old.account, "account"), use(old.access_token, "old");
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
