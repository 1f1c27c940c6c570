// The Store in an SQL database.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "services/auth/store/postgres_url.h"
#include "services/auth/store/store.h"

namespace mesh::auth {

// Opens the SQLite database at `path`, creating it where it does not exist, and brings its schema
// up to date. Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where the path is empty, and with
// UNAVAILABLE (`STORE_UNAVAILABLE`) where it cannot be used, saying why and how to mend it.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path);

// Opens the PostgreSQL database at `url`, as libpq reads it, with up to `connections` connections,
// and brings its schema up to date. Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where it is no
// such URL or holds a password that is refused, and with UNAVAILABLE (`STORE_UNAVAILABLE`) where it
// cannot be used.
absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(const std::string& url,
                                                         PasswordInUrl password, int connections);

}  // namespace mesh::auth
