// What it takes to call Zoho for an account, for a while.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

#include "common/base/secret.h"

namespace mesh::zoho_proxy {

struct Lease {
  Secret access_token = {};
  absl::Time expires = absl::InfinitePast();

  // Rises with each refresh of the account.
  int64_t generation = 0;

  // Zoho's `zsoid` and `zuid`.
  std::string organization_id = {};
  std::string user_id = {};

  // Code of the data centre, for people.
  std::string region = {};

  // Base URL without a path: the only host to call with this token.
  std::string meeting_url = {};
};

}  // namespace mesh::zoho_proxy
