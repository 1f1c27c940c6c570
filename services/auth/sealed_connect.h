// Ways to connect an account that were begun, as the outside holds them. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/seal.h"
#include "mesh/auth/v1/sealed.pb.h"

namespace mesh::auth {

// One kind does not open as another.
enum class ConnectKind { kState, kLink, kDevice };

// For people: "answer from Zoho", "connect link", "device handle".
absl::string_view NameOf(ConnectKind kind);

// In base64url.
std::string SealConnect(const Sealer& sealer, ConnectKind kind, const v1::SealedConnect& connect);

// Fails with FAILED_PRECONDITION (`CONNECT_INVALID` where it was not sealed here, or as another
// kind; `CONNECT_EXPIRED`).
absl::StatusOr<v1::SealedConnect> OpenConnect(const Sealer& sealer, ConnectKind kind,
                                              absl::string_view sealed, absl::Time now);

}  // namespace mesh::auth
