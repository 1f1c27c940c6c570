// Keeps what Zoho granted for each account, and counts what was asked of Zoho.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "services/auth/zoho_limits.h"

namespace mesh::auth {

struct SealedAccessToken {
  std::string token = {};
  absl::Time issue_time = absl::InfinitePast();
  absl::Time expire_time = absl::InfinitePast();
};

// Zoho's tokens of an account, sealed, in base64.
struct SealedGrant {
  // Code of the data centre whose accounts host issued them and refreshes them. The organisation
  // itself may live in another.
  std::string region = {};
  std::string refresh_token = {};
  SealedAccessToken access = {};
};

// Which tokens of an account are meant: a change that names older ones changes nothing.
struct TokenVersion {
  // Rises by one when the account is connected again.
  int64_t grant_number = 1;

  // Rises by one with each access token, also across grants.
  int64_t generation = 1;

  friend bool operator==(const TokenVersion&, const TokenVersion&) = default;
};

// What it takes to lend an account's access token, or to refresh it.
struct StoredTokens {
  SealedGrant grant = {};
  TokenVersion version = {};

  // Zoho throttles token requests until then.
  absl::Time blocked_until = absl::InfinitePast();

  // Of the account.
  std::string organization_id = {};
  std::string user_id = {};
  std::string region = {};
  bool reauthorization_required = false;
};

// Whose budget is used up, where OAUTH_THROTTLED comes from the mesh itself.
inline constexpr char kOwnBudget[] = "this mesh's own limit, which keeps below Zoho's";

// How many token requests a grant has in a sliding window.
struct RefreshBudget {
  int requests = 5;
  absl::Duration window = kZohoWindow;
};

// Who asks Zoho for the next access token of an account, and until when the others leave it to that
// one. Ids of holders are random: one for each attempt.
struct RefreshLease {
  std::string holder = {};
  absl::Time until = absl::InfinitePast();
};

enum class RefreshTurn {
  kMine,
  // Another holder's lease runs.
  kOthers,
  // The version is no longer the newest.
  kOutdated,
};

// Tokens of an account as they are sealed.
struct SealedTokens {
  std::string account = {};
  std::string refresh_token = {};
  std::string access_token = {};
};

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does not answer.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  // Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  virtual absl::StatusOr<StoredTokens> Get(absl::string_view account) = 0;

  // Leaves it to `lease.holder` to ask Zoho for the successor of `version`, until `lease.until`,
  // and counts one token request at `now` against the budget of the grant. Where it returns
  // anything but kMine, or fails, nothing has changed. Fails with RESOURCE_EXHAUSTED
  // (`OAUTH_THROTTLED`, with the wait) where nothing is left of the budget, and with NOT_FOUND
  // (`ACCOUNT_NOT_FOUND`).
  virtual absl::StatusOr<RefreshTurn> BeginRefresh(absl::string_view account, TokenVersion version,
                                                   const RefreshLease& lease, absl::Time now,
                                                   const RefreshBudget& budget) = 0;

  // Gives the lease of `holder` back, where it still has it: others need not wait for its end.
  virtual absl::Status EndRefresh(absl::string_view account, absl::string_view holder) = 0;

  // Replaces the access token of `version` by its successor, which ends any lease, and returns
  // whether it did: not where another one has come first or the account has gone.
  virtual absl::StatusOr<bool> SaveAccessToken(absl::string_view account, TokenVersion version,
                                               const SealedAccessToken& token) = 0;

  // Notes that Zoho refused the refresh token while `version` was the newest, and returns whether
  // it still is: the account then needs reauthorization, and any lease ends.
  virtual absl::StatusOr<bool> MarkRefused(absl::string_view account, TokenVersion version,
                                           absl::Time now) = 0;

  // Notes that Zoho throttles token requests of the grant.
  virtual absl::Status Block(absl::string_view account, int64_t grant_number, absl::Time until) = 0;

  // Notes a token request that was made whatever the budget said. An account that has gone is no
  // error.
  virtual absl::Status NoteRequest(absl::string_view account, int64_t grant_number,
                                   absl::Time now) = 0;

  // Times of a grant's token requests after `since`, oldest first.
  virtual absl::StatusOr<std::vector<absl::Time>> RequestTimes(absl::string_view account,
                                                               int64_t grant_number,
                                                               absl::Time since) = 0;

  // Forgets token requests before `time`.
  virtual absl::Status ForgetRequests(absl::Time before) = 0;

  // Those of the first `limit` accounts whose id comes behind `after`, by id.
  virtual absl::StatusOr<std::vector<SealedTokens>> ListSealed(absl::string_view after,
                                                               int limit) = 0;

  // Replaces each token that still is what `old` says by what `fresh` says; the account and what
  // the tokens are stay the same.
  virtual absl::Status Reseal(const SealedTokens& old, const SealedTokens& fresh) = 0;
};

}  // namespace mesh::auth
