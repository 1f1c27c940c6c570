#include "services/auth/settings.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/config.h"
#include "services/auth/store/sql_store.h"

namespace mesh::auth {
namespace {

constexpr int kMostThreads = 1024;

// Zoho's limit is the next.
constexpr int kHighestCeiling = 9;

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
  return settings;
}

absl::StatusOr<Sealer> ReadSealKey(const config::v1::AuthServiceConfig& config) {
  if (config.seal_key_file().empty()) {
    return FieldInvalid("seal_key_file", "is required",
                        "(umask 077 && head -c 32 /dev/urandom | base64 > seal-key)");
  }
  absl::StatusOr<Sealer> sealer = Sealer::FromFile(config.seal_key_file());
  if (absl::IsNotFound(sealer.status())) {
    return SealKeyInvalid(absl::StripSuffix(sealer.status().message(), "."));
  }
  return sealer;
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::AuthServiceConfig& config) {
  if (!config.has_sqlite()) {
    return FieldInvalid("store", "is required", "sqlite { path: \"auth.db\" }");
  }
  return OpenSqliteStore(config.sqlite().path());
}

}  // namespace mesh::auth
