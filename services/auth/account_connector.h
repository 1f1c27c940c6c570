// Turns a credential that somebody hands us into what an integrated account is made of.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/secret.h"
#include "common/net/http_client.h"
#include "services/auth/metrics.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/regions.h"
#include "services/auth/zoho_oauth.h"
#include "services/auth/zoho_user.h"

namespace mesh::auth {

// Names the share of a pool's threads for what waits for Zoho: where Zoho hangs it takes no more.
inline constexpr char kConnecting[] = "connecting";

struct Credential {
  enum class Kind {
    kRefreshToken,
    // Of a self client, typed from Zoho's API console.
    kGrantCode,
    // From Zoho's consent page.
    kConsentCode,
  };
  Kind kind = Kind::kRefreshToken;
  Secret value = {};

  // Of a consent code: where the page sent it, and the secret behind the challenge.
  std::string redirect_uri = {};
  Secret code_verifier = {};
};

// What Zoho tells about a credential.
struct Connection {
  ZohoUser user = {};

  // Code of the data centre that holds the organisation.
  std::string region = {};

  // Code of the data centre whose accounts host issued the tokens, and the OAuth client there.
  std::string grant_region = {};
  std::string client_id = {};

  // Whether the refresh token is new, rather than handed to the mesh.
  bool issued_now = false;

  Secret refresh_token = {};
  Secret access_token = {};
  absl::Time issue_time = absl::InfinitePast();
  absl::Time expire_time = absl::InfinitePast();

  // Sorted; empty where Zoho did not tell.
  std::vector<std::string> scopes = {};
};

// Thread-safe; blocks while Zoho answers.
class AccountConnector {
 public:
  AccountConnector(net::HttpClient& http, const Regions& regions, const OauthClients& clients,
                   const Clock& clock, AuthMetrics& metrics)
      : http_(http), regions_(regions), clients_(clients), clock_(clock), metrics_(metrics) {}

  // Asks the accounts host of `region` for tokens, and its Meeting host whose they are. Where that
  // host does not know a credential that somebody handed us, the other regions that have an OAuth
  // client are asked, but for China's, whose operator is another; `grant_region` then tells. Fails
  // with
  // INVALID_ARGUMENT (`REGION_UNKNOWN`; `GRANT_REFUSED`), FAILED_PRECONDITION
  // (`OAUTH_CLIENT_MISSING`; `OAUTH_CLIENT_REFUSED`; `ZOHO_HOST_UNKNOWN`), PERMISSION_DENIED
  // (`SCOPE_MISSING`), RESOURCE_EXHAUSTED (`OAUTH_THROTTLED`; `ZOHO_RATE_LIMITED`) and UNAVAILABLE
  // (`ZOHO_UNREACHABLE`; `ZOHO_ERROR`).
  absl::StatusOr<Connection> Connect(const CallContext& context, absl::string_view region,
                                     const Credential& credential);

  // The same for tokens that have been granted already. `asked` is when they were.
  absl::StatusOr<Connection> Describe(const CallContext& context,
                                      const config::v1::RegionConfig& issuer, TokenAnswer tokens,
                                      absl::Time asked);

  // The named error of an answer that grants nothing.
  static absl::Status ErrorOf(const TokenAnswer& answer, const net::HttpResponse& response,
                              absl::string_view region);

  // Ends a refresh token at Zoho. Fails with UNAVAILABLE (`ZOHO_UNREACHABLE`; `ZOHO_ERROR`),
  // DEADLINE_EXCEEDED and `REGION_UNKNOWN`.
  absl::Status Revoke(const CallContext& context, absl::string_view region,
                      const Secret& refresh_token);

  // Sends a request to a host of the region table. `base_url` names it in errors. Fails with
  // UNAVAILABLE (`ZOHO_UNREACHABLE`) and DEADLINE_EXCEEDED.
  absl::StatusOr<net::HttpResponse> Send(const CallContext& context, absl::string_view base_url,
                                         net::HttpRequest request);

 private:
  // The region that granted, and what.
  struct Granted {
    const config::v1::RegionConfig* issuer = nullptr;
    TokenAnswer tokens = {};
    absl::Time asked = absl::InfinitePast();
  };

  absl::StatusOr<Granted> FindIssuer(const CallContext& context,
                                     const config::v1::RegionConfig& named,
                                     const Credential& credential);
  absl::StatusOr<TokenAnswer> RequestTokens(const CallContext& context,
                                            const config::v1::RegionConfig& region,
                                            const Credential& credential);
  absl::StatusOr<ZohoUser> RequestUser(const CallContext& context,
                                       const config::v1::RegionConfig& region,
                                       const TokenAnswer& tokens);

  net::HttpClient& http_;
  const Regions& regions_;
  const OauthClients& clients_;
  const Clock& clock_;
  AuthMetrics& metrics_;
};

}  // namespace mesh::auth
