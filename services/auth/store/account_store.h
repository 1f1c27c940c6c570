// Keeps integrated accounts.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/accounts.pb.h"
#include "services/auth/store/page.h"
#include "services/auth/store/token_store.h"

namespace mesh::auth {

// What Reconnect() has done.
struct Reconnected {
  v1::Account account = {};
  // The grant in whose place the new one came.
  SealedGrant replaced = {};
  // Of the new one.
  TokenVersion version = {};
};

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does not answer.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  // Adds an account and its grant, whose access token becomes generation 1. Fails with
  // ALREADY_EXISTS (`ACCOUNT_EXISTS`, the other's `id` in the metadata) where the organisation is
  // there already.
  virtual absl::Status Insert(const v1::Account& account, const SealedGrant& grant) = 0;

  // Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  virtual absl::StatusOr<v1::Account> Get(absl::string_view id) = 0;

  // Oldest first.
  virtual absl::StatusOr<Page<v1::Account>> List(const PageRequest& page) = 0;

  // Gives an account another name. Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  virtual absl::StatusOr<v1::Account> Rename(absl::string_view id, absl::string_view name,
                                             absl::Time now) = 0;

  // Replaces what `account` says of grant, user and region, and its grant: the next one, with the
  // next generation. Name and creation time stay. Each grant is replaced once, however many come at
  // a time. Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  virtual absl::StatusOr<Reconnected> Reconnect(const v1::Account& account,
                                                const SealedGrant& grant) = 0;

  // Removes an account with its grant and its MCP servers. Fails with NOT_FOUND
  // (`ACCOUNT_NOT_FOUND`).
  virtual absl::Status Delete(absl::string_view id) = 0;
};

}  // namespace mesh::auth
