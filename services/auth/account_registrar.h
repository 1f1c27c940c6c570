// Makes integrated accounts out of what Zoho granted, renews them, ends them, and counts what Zoho
// limits.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/seal.h"
#include "mesh/auth/v1/accounts.pb.h"
#include "services/auth/account_connector.h"
#include "services/auth/store/store.h"
#include "services/auth/token_broker.h"

namespace mesh::auth {

// Thread-safe; blocks on the store, and where it says so on Zoho.
class AccountRegistrar {
 public:
  AccountRegistrar(Store& store, AccountConnector& connector, TokenBroker& broker,
                   const Sealer& sealer, const Clock& clock, const RefreshBudget& budget)
      : store_(store),
        connector_(connector),
        broker_(broker),
        sealer_(sealer),
        clock_(clock),
        budget_(budget) {}

  // A new account. Empty `name`: the organisation's, else the user's. Fails with ALREADY_EXISTS
  // (`ACCOUNT_EXISTS`); a refresh token that was issued for this is then revoked.
  absl::StatusOr<v1::Account> Add(const CallContext& context, absl::string_view name,
                                  const Connection& connection);

  // A new grant for account `id`; the one before is revoked. Fails with NOT_FOUND
  // (`ACCOUNT_NOT_FOUND`) and FAILED_PRECONDITION (`ORGANIZATION_DIFFERS`); a refresh token that
  // was issued for this is then revoked. Of two at a time each revokes what it has replaced.
  absl::StatusOr<v1::Account> Renew(const CallContext& context, absl::string_view id,
                                    const Connection& connection);

  // Revokes and forgets. Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  absl::StatusOr<v1::DeleteAccountResponse> Remove(const CallContext& context,
                                                   absl::string_view id);

  // Adds to an account from the store what is known of its grant.
  absl::Status DescribeGrant(v1::Account& account);

 private:
  absl::StatusOr<Reconnected> Replace(absl::string_view id, const Connection& connection);
  SealedGrant Seal(absl::string_view account, const Connection& connection) const;
  // Notes the tokens that connecting has brought, and adds what is known of the grant. What fails
  // is logged: the account is connected all the same.
  void DescribeNewGrant(const CallContext& context, const Connection& connection,
                        int64_t grant_number, v1::Account& account);
  absl::Status CountGrant(const CallContext& context, const Connection& connection,
                          int64_t grant_number, v1::Account& account);
  // Of a refresh token that nothing came of. What fails is logged.
  void Discard(const CallContext& context, const Connection& connection);
  // Of a grant that the store holds, or held.
  absl::Status RevokeGrant(const CallContext& context, absl::string_view account,
                           const SealedGrant& grant);

  Store& store_;
  AccountConnector& connector_;
  TokenBroker& broker_;
  const Sealer& sealer_;
  const Clock& clock_;
  const RefreshBudget budget_;
};

}  // namespace mesh::auth
