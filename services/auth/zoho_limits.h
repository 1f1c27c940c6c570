// Zoho's limits on tokens, as it documents them.
#pragma once

#include "absl/time/time.h"

namespace mesh::auth {

// Token requests of a grant within the window that slides; the mesh keeps below.
inline constexpr int kZohoTokenRequests = 10;
inline constexpr absl::Duration kZohoWindow = absl::Minutes(10);
// Whose limit it is, in errors.
inline constexpr char kZohoBudget[] = "Zoho's limit";

// Access tokens of a grant that live at a time, and how long they live.
inline constexpr int kZohoLiveAccessTokens = 15;
inline constexpr absl::Duration kZohoAccessTokenLife = absl::Hours(1);

// Refresh tokens of a user and client.
inline constexpr int kZohoRefreshTokens = 20;

}  // namespace mesh::auth
