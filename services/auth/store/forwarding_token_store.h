// A TokenStore before another one, for tests that change some of what it does.
#pragma once

#include <vector>

#include "services/auth/store/token_store.h"

namespace mesh::auth {

// Does what `store`, which must outlive it, does. As thread-safe as that.
class ForwardingTokenStore : public TokenStore {
 public:
  explicit ForwardingTokenStore(TokenStore& store) : store_(store) {}

  absl::StatusOr<StoredTokens> Get(absl::string_view account) override {
    return store_.Get(account);
  }
  absl::StatusOr<RefreshTurn> BeginRefresh(absl::string_view account, TokenVersion version,
                                           const RefreshLease& lease, absl::Time now,
                                           const RefreshBudget& budget) override {
    return store_.BeginRefresh(account, version, lease, now, budget);
  }
  absl::Status EndRefresh(absl::string_view account, absl::string_view holder) override {
    return store_.EndRefresh(account, holder);
  }
  absl::StatusOr<bool> SaveAccessToken(absl::string_view account, TokenVersion version,
                                       const SealedAccessToken& token) override {
    return store_.SaveAccessToken(account, version, token);
  }
  absl::StatusOr<bool> MarkRefused(absl::string_view account, TokenVersion version,
                                   absl::Time now) override {
    return store_.MarkRefused(account, version, now);
  }
  absl::Status Block(absl::string_view account, int64_t grant_number, absl::Time until) override {
    return store_.Block(account, grant_number, until);
  }
  absl::Status NoteRequest(absl::string_view account, int64_t grant_number,
                           absl::Time now) override {
    return store_.NoteRequest(account, grant_number, now);
  }
  absl::StatusOr<std::vector<absl::Time>> RequestTimes(absl::string_view account,
                                                       int64_t grant_number,
                                                       absl::Time since) override {
    return store_.RequestTimes(account, grant_number, since);
  }
  absl::Status ForgetRequests(absl::Time before) override { return store_.ForgetRequests(before); }
  absl::StatusOr<std::vector<SealedTokens>> ListSealed(absl::string_view after,
                                                       int limit) override {
    return store_.ListSealed(after, limit);
  }
  absl::Status Reseal(const SealedTokens& old, const SealedTokens& fresh) override {
    return store_.Reseal(old, fresh);
  }

 private:
  TokenStore& store_;
};

}  // namespace mesh::auth
