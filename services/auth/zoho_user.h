// Zoho Meeting's user.json: who gave a grant, and for which organisation. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/secret.h"
#include "common/net/http_client.h"

namespace mesh::auth {

// The scope that user.json needs.
inline constexpr char kUserScope[] = "ZohoMeeting.manageOrg.READ";

// `meeting_url` is a region's.
net::HttpRequest UserRequest(absl::string_view meeting_url, const Secret& access_token);

struct ZohoUser {
  // Decimal; never empty.
  std::string organization_id = {};
  std::string user_id = {};

  bool organization_admin = false;

  // Empty where Zoho does not tell.
  std::string email = {};
  std::string portal_name = {};

  // Host of the Meeting API that holds the organisation; empty where Zoho does not tell.
  std::string meeting_host = {};
};

// `region` goes into errors. Fails with INVALID_ARGUMENT (`GRANT_REFUSED` where Zoho refuses the
// access token, `ZOHO_REFUSED` otherwise), PERMISSION_DENIED (`SCOPE_MISSING`), RESOURCE_EXHAUSTED
// (`ZOHO_RATE_LIMITED`) and UNAVAILABLE (`ZOHO_ERROR`).
absl::StatusOr<ZohoUser> ReadUserAnswer(const net::HttpResponse& response,
                                        absl::string_view region);

}  // namespace mesh::auth
