#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/auth/store/sql_driver.h"

namespace mesh::auth {
namespace {

constexpr char kUrl[] = "the URL of the database";
constexpr char kExample[] = "postgres://mesh@db.example.com/mesh";

// Where the URL says nothing else. A server that went without a word is given up after seconds, not
// after the hours of TCP.
constexpr std::pair<absl::string_view, absl::string_view> kDefaults[] = {
    {"application_name", "auth-service"}, {"connect_timeout", "5"},  {"keepalives_idle", "10"},
    {"keepalives_interval", "3"},         {"keepalives_count", "3"}, {"tcp_user_timeout", "10000"},
};

// As SOCI hands it on to libpq: it takes `key="value"` apart and drops the double quotes; the
// single ones are libpq's.
std::string Parameter(absl::string_view key, absl::string_view value) {
  return absl::StrCat(key, "=\"'", absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"'", "\\'"}}),
                      "'\"");
}

// Options of libpq whose values nobody else may read.
bool IsPassword(absl::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

// `url` as SOCI takes it. Fails without repeating any of it, as it may hold a password.
absl::StatusOr<std::string> ParametersOf(const std::string& url, PasswordInUrl password) {
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  if (options == nullptr) return FieldInvalid(kUrl, "is none that libpq reads", kExample);
  const absl::Cleanup free = [options] { PQconninfoFree(options); };
  std::map<absl::string_view, absl::string_view> values(std::begin(kDefaults), std::end(kDefaults));
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (password == PasswordInUrl::kRefused && IsPassword(option->keyword)) {
      return FieldInvalid("postgres.url",
                          "must hold no password; name a file in postgres.url_file");
    }
    values[option->keyword] = option->val;
  }
  std::vector<std::string> parameters;
  for (const auto& [key, value] : values) {
    if (absl::StrContains(value, '"')) {
      return FieldInvalid(kUrl, absl::StrCat("must have no double quote in its ", key));
    }
    parameters.push_back(Parameter(key, value));
  }
  return absl::StrJoin(parameters, " ");
}

// The line of libpq's that names the server.
std::string WhyNotConnected(absl::string_view text) {
  for (const absl::string_view start : {"connection to server", "could not translate host name"}) {
    const size_t at = text.find(start);
    if (at == absl::string_view::npos) continue;
    const absl::string_view line = text.substr(at, text.find('\n', at) - at);
    return std::string(line);
  }
  return "no connection could be made";
}

SqlFault::Kind KindOf(absl::string_view sqlstate) {
  // https://www.postgresql.org/docs/15/errcodes-appendix.html
  if (absl::StartsWith(sqlstate, "08") || absl::StartsWith(sqlstate, "57P0")) {
    return SqlFault::Kind::kGone;
  }
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "23503" || sqlstate == "23505") {
    return SqlFault::Kind::kConflict;
  }
  if (sqlstate == "53100") return SqlFault::Kind::kFull;
  if (sqlstate == "25006") return SqlFault::Kind::kReadOnly;
  // A lock's and a statement's time limit.
  if (sqlstate == "55P03" || sqlstate == "57014") return SqlFault::Kind::kLocked;
  return SqlFault::Kind::kOther;
}

class PostgresDriver final : public SqlDriver {
 public:
  explicit PostgresDriver(std::string parameters) : parameters_(std::move(parameters)) {}

  std::string name() const override { return "PostgreSQL"; }

  void Open(soci::session& sql) const override {
    sql.open(soci::postgresql, parameters_);
    // Notices would go to stderr.
    sql << "SET client_min_messages = 'error'";
    sql << "SET lock_timeout = '4s'";
    sql << "SET statement_timeout = '10s'";
    sql << "SET idle_in_transaction_session_timeout = '15s'";
  }

  const char* begin() const override { return "BEGIN"; }

  void LockMigrations(soci::session& sql) const override {
    // The number is this mesh's own. Whoever waits may wait for as long as a migration takes.
    sql << "SET LOCAL lock_timeout = 0";
    sql << "SET LOCAL statement_timeout = 0";
    sql << "SELECT pg_advisory_xact_lock(7305804402568114023)";
  }

  SqlFault FaultOf(const std::exception& error) const override {
    if (const auto* fault = dynamic_cast<const soci::postgresql_soci_error*>(&error)) {
      return {.kind = KindOf(fault->sqlstate()), .message = fault->get_error_message()};
    }
    if (const auto* fault = dynamic_cast<const soci::soci_error*>(&error)) {
      const std::string message = fault->get_error_message();
      if (absl::StartsWith(message, "Cannot establish connection")) {
        return {.kind = SqlFault::Kind::kGone, .message = WhyNotConnected(message)};
      }
      return {.message = message};
    }
    return {.message = error.what()};
  }

 private:
  const std::string parameters_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SqlDriver>> NewPostgresDriver(const std::string& url,
                                                             PasswordInUrl password) {
  if (!IsPostgresUrl(url)) {
    return FieldInvalid(kUrl, "must begin with postgres://", kExample);
  }
  ASSIGN_OR_RETURN(std::string parameters, ParametersOf(url, password));
  return std::make_unique<PostgresDriver>(std::move(parameters));
}

}  // namespace mesh::auth
