// What can be said of a PostgreSQL URL without libpq.
#pragma once

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace mesh::auth {

inline bool IsPostgresUrl(absl::string_view url) {
  return absl::StartsWith(url, "postgres://") || absl::StartsWith(url, "postgresql://");
}

// Refused where others can read the URL: in a configuration, or on a command line.
enum class PasswordInUrl { kAllowed, kRefused };

}  // namespace mesh::auth
