// The checked form of auth-service's configuration.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/seal.h"
#include "mesh/config/v1/config.pb.h"
#include "services/auth/audit_log.h"
#include "services/auth/store/store.h"
#include "services/auth/sweeper.h"
#include "services/auth/token_broker.h"

namespace mesh::auth {

struct Settings {
  int worker_threads = 32;
  TokenBrokerOptions broker = {};
  AuditLogOptions audit = {};
  Retention retention = {};
};

// Fails with INVALID_ARGUMENT (`FIELD_INVALID`), also where the log level is none; sets it
// otherwise.
absl::StatusOr<Settings> ReadSettings(const config::v1::AuthServiceConfig& config);

// Fails with INVALID_ARGUMENT (`FIELD_INVALID` where none is named; `SEAL_KEY_INVALID`) and
// PERMISSION_DENIED (`FILE_UNSAFE`).
absl::StatusOr<Sealer> ReadSealKey(const config::v1::AuthServiceConfig& config);

// Fails like OpenSqliteStore().
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::AuthServiceConfig& config);

}  // namespace mesh::auth
