#include "services/auth/commands.h"

#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/auth/key_rotation.h"
#include "services/auth/settings.h"
#include "services/auth/store/sqlite_files.h"

ABSL_FLAG(
    std::string, store, "",
    "The database, in place of the configured one: sqlite:PATH or postgres://USER@HOST/NAME.");
ABSL_FLAG(bool, migrate, false, "Bring the database's schema up to date, and end.");
ABSL_FLAG(
    bool, rotate_keys, false,
    "Seal everything in the database with seal_key_file, and end. Services may go on serving.");
ABSL_FLAG(
    std::string, backup, "",
    "Write a copy of the SQLite database to this file, and end. The service may go on serving.");

namespace mesh::auth {
namespace {

using config::v1::AuthServiceConfig;

absl::Status Migrate(const AuthServiceConfig& config) {
  RETURN_IF_ERROR(OpenStore(config).status());
  std::puts("The schema is up to date.");
  return absl::OkStatus();
}

absl::Status Rotate(const AuthServiceConfig& config) {
  ASSIGN_OR_RETURN(const Sealer sealer, ReadSealKey(config));
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenStore(config));
  ASSIGN_OR_RETURN(const RotatedKeys rotated, RotateKeys(store->tokens(), sealer));
  std::printf("Sealed the tokens of %lld accounts anew; those of %lld were already.\n",
              static_cast<long long>(rotated.resealed), static_cast<long long>(rotated.current));
  return absl::OkStatus();
}

absl::Status BackUp(const AuthServiceConfig& config, const std::string& file) {
  if (!config.has_sqlite()) {
    return FieldInvalid("--backup", "is for SQLite; of a PostgreSQL database take a pg_dump");
  }
  RETURN_IF_ERROR(BackUpSqlite(config.sqlite().path(), file));
  std::printf("Wrote %s.\n", file.c_str());
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyStoreFlag(AuthServiceConfig& config) {
  return SetStore(absl::GetFlag(FLAGS_store), config);
}

std::optional<absl::Status> RunCommand(const AuthServiceConfig& config) {
  if (absl::GetFlag(FLAGS_migrate)) return Migrate(config);
  if (absl::GetFlag(FLAGS_rotate_keys)) return Rotate(config);
  if (const std::string file = absl::GetFlag(FLAGS_backup); !file.empty()) {
    return BackUp(config, file);
  }
  return std::nullopt;
}

}  // namespace mesh::auth
