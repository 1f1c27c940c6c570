#include "services/auth/settings.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "common/rpc/config.h"
#include "services/auth/store/postgres_url.h"
#include "services/auth/store/sql_store.h"
#include "services/auth/zoho_limits.h"

namespace mesh::auth {
namespace {

constexpr int kMostThreads = 1024;

constexpr int kHighestCeiling = kZohoTokenRequests - 1;

constexpr int kDefaultConnections = 16;
constexpr int kMostConnections = 200;

}  // namespace

absl::StatusOr<Settings> ReadSettings(const config::v1::AuthServiceConfig& config) {
  if (!config.service().log_level().empty()) {
    RETURN_IF_ERROR(SetLogLevel(config.service().log_level()));
  }
  Settings settings;
  if (config.worker_threads() != 0) settings.worker_threads = config.worker_threads();
  if (settings.worker_threads < 1 || settings.worker_threads > kMostThreads) {
    return FieldInvalid("worker_threads", absl::StrCat("must lie between 1 and ", kMostThreads));
  }
  TokenBrokerOptions& broker = settings.broker;
  broker.refresh_early =
      rpc::DurationOr(config.has_refresh_early(), config.refresh_early(), broker.refresh_early);
  if (broker.refresh_early < absl::ZeroDuration() || broker.refresh_early > absl::Minutes(30)) {
    return FieldInvalid("refresh_early", "must lie between 0 and 30 minutes",
                        "refresh_early { seconds: 300 }");
  }
  if (config.refresh_ceiling() != 0) broker.budget.requests = config.refresh_ceiling();
  if (broker.budget.requests < 1 || broker.budget.requests > kHighestCeiling) {
    return FieldInvalid("refresh_ceiling",
                        absl::StrCat("must lie between 1 and ", kHighestCeiling, ", below Zoho's"));
  }
  const config::v1::AuditConfig& audit = config.audit();
  settings.audit.spool_path = audit.spool_file();
  if (settings.audit.spool_path.empty() && config.has_sqlite()) {
    settings.audit.spool_path = absl::StrCat(config.sqlite().path(), ".audit-spool");
  }
  if (audit.max_spool_bytes() != 0) settings.audit.max_spool_bytes = audit.max_spool_bytes();
  if (settings.audit.max_spool_bytes < 0) {
    return FieldInvalid("audit.max_spool_bytes", "must not be negative");
  }
  Retention& retention = settings.retention;
  retention.audit = rpc::DurationOr(audit.has_retention(), audit.retention(), retention.audit);
  retention.usage =
      rpc::DurationOr(audit.has_usage_retention(), audit.usage_retention(), retention.usage);
  if (retention.audit < absl::Hours(24) || retention.usage < absl::Hours(24)) {
    return FieldInvalid("audit.retention", "must be at least a day",
                        "retention { seconds: 34560000 }");
  }
  broker.request_timeout = rpc::DurationOr(config.has_token_request_timeout(),
                                           config.token_request_timeout(), broker.request_timeout);
  if (broker.request_timeout < absl::Seconds(1) || broker.request_timeout > absl::Minutes(1)) {
    return FieldInvalid("token_request_timeout", "must lie between 1 and 60 seconds",
                        "token_request_timeout { seconds: 20 }");
  }
  settings.approval_lifetime = rpc::DurationOr(
      config.has_approval_lifetime(), config.approval_lifetime(), settings.approval_lifetime);
  if (settings.approval_lifetime < absl::Seconds(1) ||
      settings.approval_lifetime > absl::Hours(24)) {
    return FieldInvalid("approval_lifetime", "must lie between 1 second and 24 hours",
                        "approval_lifetime { seconds: 600 }");
  }
  settings.http.ca_file = config.ca_file();
  if (!config.ca_file().empty()) RETURN_IF_ERROR(ReadFile(config.ca_file()).status());
  return settings;
}

absl::StatusOr<Sealer> ReadSealKey(const config::v1::AuthServiceConfig& config) {
  if (config.seal_key_file().empty()) {
    return FieldInvalid("seal_key_file", "is required",
                        "(umask 077 && head -c 32 /dev/urandom | base64 > seal-key)");
  }
  absl::StatusOr<Sealer> sealer = Sealer::FromFiles(
      config.seal_key_file(),
      {config.other_seal_key_files().begin(), config.other_seal_key_files().end()});
  if (absl::IsNotFound(sealer.status())) {
    return SealKeyInvalid(absl::StripSuffix(sealer.status().message(), "."));
  }
  return sealer;
}

absl::Status SetStore(const std::string& url, config::v1::AuthServiceConfig& config) {
  if (url.empty()) return absl::OkStatus();
  if (absl::string_view path = url; absl::ConsumePrefix(&path, "sqlite:")) {
    config.mutable_sqlite()->set_path(std::string(path));
    return absl::OkStatus();
  }
  if (IsPostgresUrl(url)) {
    config.mutable_postgres()->set_url(url);
    config.mutable_postgres()->clear_url_file();
    return absl::OkStatus();
  }
  return FieldInvalid("--store", "must be sqlite:<path> or postgres://<user>@<host>/<database>");
}

absl::StatusOr<std::unique_ptr<SqliteLock>> LockStore(const config::v1::AuthServiceConfig& config) {
  if (!config.has_sqlite() || config.sqlite().path().empty()) return nullptr;
  return SqliteLock::Take(config.sqlite().path());
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::AuthServiceConfig& config) {
  if (config.has_sqlite()) return OpenSqliteStore(config.sqlite().path());
  if (!config.has_postgres()) {
    return FieldInvalid("store", "is required",
                        "sqlite { path: \"auth.db\" } or postgres { url: \"postgres://…\" }");
  }
  const config::v1::AuthServiceConfig::Postgres& postgres = config.postgres();
  const int connections =
      postgres.max_connections() == 0 ? kDefaultConnections : postgres.max_connections();
  if (connections < 1 || connections > kMostConnections) {
    return FieldInvalid("postgres.max_connections",
                        absl::StrCat("must lie between 1 and ", kMostConnections));
  }
  if (postgres.url_file().empty()) {
    return OpenPostgresStore(postgres.url(), PasswordInUrl::kRefused, connections);
  }
  ASSIGN_OR_RETURN(const Secret url, ReadSecretFile(postgres.url_file()));
  return OpenPostgresStore(std::string(absl::StripAsciiWhitespace(url.Reveal())),
                           PasswordInUrl::kAllowed, connections);
}

}  // namespace mesh::auth
