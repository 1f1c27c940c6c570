// The checked form of auth-service's configuration.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/seal.h"
#include "common/net/curl_http_client.h"
#include "mesh/config/v1/config.pb.h"
#include "services/auth/audit_log.h"
#include "services/auth/store/sqlite_files.h"
#include "services/auth/store/store.h"
#include "services/auth/sweeper.h"
#include "services/auth/token_broker.h"

namespace mesh::auth {

struct Settings {
  int worker_threads = 32;
  TokenBrokerOptions broker = {};
  net::CurlHttpClientOptions http = {};
  AuditLogOptions audit = {};
  Retention retention = {};
  absl::Duration approval_lifetime = absl::Minutes(10);
};

// Fails with INVALID_ARGUMENT (`FIELD_INVALID`), also where the log level is none; sets it
// otherwise. Fails like ReadFile() where a file that it names cannot be read.
absl::StatusOr<Settings> ReadSettings(const config::v1::AuthServiceConfig& config);

// Fails with INVALID_ARGUMENT (`FIELD_INVALID` where none is named; `SEAL_KEY_INVALID`) and
// PERMISSION_DENIED (`FILE_UNSAFE`).
absl::StatusOr<Sealer> ReadSealKey(const config::v1::AuthServiceConfig& config);

// Replaces the store of `config` by the one at `url`, `sqlite:<path>` or `postgres://…`, unless
// that is empty. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::Status SetStore(const std::string& url, config::v1::AuthServiceConfig& config);

// For a service that is going to serve from the store: nullptr where any number of them can, else
// like SqliteLock::Take().
absl::StatusOr<std::unique_ptr<SqliteLock>> LockStore(const config::v1::AuthServiceConfig& config);

// Opens the store and brings its schema up to date. Fails with INVALID_ARGUMENT (`FIELD_INVALID`),
// like OpenSqliteStore() and OpenPostgresStore(), and like ReadSecretFile().
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::AuthServiceConfig& config);

}  // namespace mesh::auth
