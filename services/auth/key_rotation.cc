#include "services/auth/key_rotation.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "services/auth/token_seal.h"

namespace mesh::auth {
namespace {

constexpr int kBatch = 500;

absl::StatusOr<std::string> Resealed(const Sealer& sealer, TokenColumn column,
                                     const std::string& account, const std::string& sealed) {
  if (IsSealedWithCurrentKey(sealer, sealed)) return sealed;
  ASSIGN_OR_RETURN(const Secret token, OpenToken(sealer, column, account, sealed));
  return SealToken(sealer, column, account, token);
}

absl::StatusOr<SealedTokens> Resealed(const Sealer& sealer, const SealedTokens& old) {
  SealedTokens fresh{.account = old.account};
  ASSIGN_OR_RETURN(fresh.refresh_token,
                   Resealed(sealer, TokenColumn::kRefreshToken, old.account, old.refresh_token));
  ASSIGN_OR_RETURN(fresh.access_token,
                   Resealed(sealer, TokenColumn::kAccessToken, old.account, old.access_token));
  return fresh;
}

}  // namespace

absl::StatusOr<RotatedKeys> RotateKeys(TokenStore& store, const Sealer& sealer) {
  RotatedKeys rotated;
  absl::Status broken;
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<SealedTokens> batch, store.ListSealed(after, kBatch));
    if (batch.empty()) break;
    after = batch.back().account;
    for (const SealedTokens& old : batch) {
      const absl::StatusOr<SealedTokens> fresh = Resealed(sealer, old);
      if (!fresh.ok()) {
        LogWarning("a sealed token does not open", {{"account", old.account}});
        broken = fresh.status();
      } else if (fresh->refresh_token == old.refresh_token &&
                 fresh->access_token == old.access_token) {
        ++rotated.current;
      } else {
        RETURN_IF_ERROR(store.Reseal(old, *fresh));
        ++rotated.resealed;
      }
    }
  }
  RETURN_IF_ERROR(broken);
  return rotated;
}

}  // namespace mesh::auth
