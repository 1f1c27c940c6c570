// Keeps what connecting accounts leaves behind: which single-use values were used, and which
// refresh tokens Zoho holds for whom.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh::auth {

// A refresh token that Zoho issued to one of the mesh's OAuth clients.
struct IssuedGrant {
  // SHA-256 of the refresh token, 32 bytes.
  std::string sha256 = {};
  // Zoho's id of the user.
  std::string user_id = {};
  std::string client_id = {};
  // Of the mesh: whose it is.
  std::string account = {};
  absl::Time create_time = absl::InfinitePast();
};

// What AddGrant() found.
struct GrantCount {
  // Refresh tokens of that user and client, the new one among them, at most the limit.
  int64_t live = 0;

  // Whether Zoho has deleted the oldest for the new one, and the account whose it was.
  bool displaced = false;
  std::string displaced_account = {};
};

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does not answer.
class ConnectStore {
 public:
  virtual ~ConnectStore() = default;

  // Notes that `id` is used and returns whether it was not before. It is remembered until
  // `keep_until`.
  virtual absl::StatusOr<bool> Use(absl::string_view id, absl::Time keep_until) = 0;

  // Takes Use() back.
  virtual absl::Status Unuse(absl::string_view id) = 0;

  virtual absl::StatusOr<bool> IsUsed(absl::string_view id) = 0;

  // Forgets what need not be remembered at `now`.
  virtual absl::Status ForgetUsed(absl::Time now) = 0;

  // Notes a refresh token, once however often it is told. Beyond `limit` of its user and client the
  // oldest is forgotten, as Zoho does.
  virtual absl::StatusOr<GrantCount> AddGrant(const IssuedGrant& grant, int64_t limit) = 0;

  // Forgets a refresh token that Zoho holds no longer.
  virtual absl::Status RemoveGrant(absl::string_view sha256) = 0;

  // Refresh tokens of the user and client of the newest grant of `account`; 0 where there is none.
  virtual absl::StatusOr<int64_t> CountGrants(absl::string_view account) = 0;
};

}  // namespace mesh::auth
