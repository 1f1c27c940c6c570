// What auth-service can do instead of serving, by flags: --migrate, --rotate-keys, --backup=FILE.
#pragma once

#include <optional>

#include "absl/status/status.h"

#include "mesh/config/v1/config.pb.h"

namespace mesh::auth {

// Lays --store=URL over `config`. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::Status ApplyStoreFlag(config::v1::AuthServiceConfig& config);

// Does what a flag asks for, beside services that serve, and says on stdout what it did. nullopt
// where none does.
std::optional<absl::Status> RunCommand(const config::v1::AuthServiceConfig& config);

}  // namespace mesh::auth
