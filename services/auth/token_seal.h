// Zoho's tokens as the store holds them: sealed, each for its own row and column.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/seal.h"
#include "common/base/secret.h"

namespace mesh::auth {

enum class TokenColumn { kRefreshToken, kAccessToken };

// In base64.
std::string SealToken(const Sealer& sealer, TokenColumn column, absl::string_view account,
                      const Secret& token);

// Fails with INVALID_ARGUMENT (`SEAL_BROKEN`) where `sealed` comes from another column, account or
// key.
absl::StatusOr<Secret> OpenToken(const Sealer& sealer, TokenColumn column,
                                 absl::string_view account, absl::string_view sealed);

// Whether `sealed` is sealed with the key that SealToken() uses.
bool IsSealedWithCurrentKey(const Sealer& sealer, absl::string_view sealed);

}  // namespace mesh::auth
