// What auth-service's parts need around them in tests: a clock that stands, a Zoho by script, keys.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include <prometheus/registry.h>

#include "common/base/fake_clock.h"
#include "common/base/seal.h"
#include "common/net/fake_http_client.h"
#include "services/auth/metrics.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/regions.h"

namespace mesh::auth {

// The built-in regions but for `us` and `eu`, which lie on loopback: accounts hosts on ports 1001
// and 2001, Meeting hosts on 1002 and 2002. One OAuth client, `1000.CLIENT`, for both and no other.
struct TestWorld {
  TestWorld();

  FakeClock clock;
  net::FakeHttpClient zoho;
  Sealer sealer;
  Regions regions;
  OauthClients clients;
  std::shared_ptr<prometheus::Registry> registry;
  AuthMetrics metrics;

  // Requests to a token endpoint so far.
  int token_requests() const;
};

// Zoho's answers.
net::HttpResponse TokenGranted(absl::string_view access_token, int expires_in_seconds = 3600);
net::HttpResponse CodeGranted(absl::string_view access_token, absl::string_view refresh_token);
net::HttpResponse TokenError(absl::string_view error);
net::HttpResponse TokenThrottled();
net::HttpResponse UserJson(absl::string_view organization_id, absl::string_view meeting_host);

// A path of a file in the test's own folder, new and with `content`, for its owner alone.
std::string NewSecretFile(absl::string_view content);

}  // namespace mesh::auth
