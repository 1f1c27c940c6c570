// The TokenStore in SQL.
#pragma once

#include "services/auth/store/token_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlTokenStore final : public TokenStore {
 public:
  explicit SqlTokenStore(SqlDatabase& database) : database_(database) {}

  absl::StatusOr<StoredTokens> Get(absl::string_view account) override;
  absl::StatusOr<RefreshTurn> BeginRefresh(absl::string_view account, TokenVersion version,
                                           const RefreshLease& lease, absl::Time now,
                                           const RefreshBudget& budget) override;
  absl::Status EndRefresh(absl::string_view account, absl::string_view holder) override;
  absl::StatusOr<bool> SaveAccessToken(absl::string_view account, TokenVersion version,
                                       const SealedAccessToken& token) override;
  absl::StatusOr<bool> MarkRefused(absl::string_view account, TokenVersion version,
                                   absl::Time now) override;
  absl::Status Block(absl::string_view account, int64_t grant_number, absl::Time until) override;
  absl::Status NoteRequest(absl::string_view account, int64_t grant_number,
                           absl::Time now) override;
  absl::StatusOr<std::vector<absl::Time>> RequestTimes(absl::string_view account,
                                                       int64_t grant_number,
                                                       absl::Time since) override;
  absl::Status ForgetRequests(absl::Time before) override;
  absl::StatusOr<std::vector<SealedTokens>> ListSealed(absl::string_view after, int limit) override;
  absl::Status Reseal(const SealedTokens& old, const SealedTokens& fresh) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
