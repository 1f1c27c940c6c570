#include "services/auth/token_seal.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"

namespace mesh::auth {
namespace {

std::string PlaceOf(TokenColumn column, absl::string_view account) {
  return absl::StrCat(
      column == TokenColumn::kRefreshToken ? "tokens/refresh_token/" : "tokens/access_token/",
      account);
}

}  // namespace

std::string SealToken(const Sealer& sealer, TokenColumn column, absl::string_view account,
                      const Secret& token) {
  return absl::Base64Escape(sealer.Seal(token.Reveal(), PlaceOf(column, account)));
}

absl::StatusOr<Secret> OpenToken(const Sealer& sealer, TokenColumn column,
                                 absl::string_view account, absl::string_view sealed) {
  std::string bytes;
  if (!absl::Base64Unescape(sealed, &bytes)) return SealBroken();
  return sealer.Open(bytes, PlaceOf(column, account));
}

bool IsSealedWithCurrentKey(const Sealer& sealer, absl::string_view sealed) {
  std::string bytes;
  return absl::Base64Unescape(sealed, &bytes) && sealer.IsCurrent(bytes);
}

}  // namespace mesh::auth
