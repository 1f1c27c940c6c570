// Who may have which token, and for how long: the state behind one data centre's accounts host.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace fake_zoho {

struct OauthPolicy {
  absl::Duration access_token_lifetime = absl::Hours(1);
  absl::Duration code_lifetime = absl::Minutes(3);

  // Access tokens that a refresh token gives within a window that starts with the first; further
  // requests are refused until the window ends.
  size_t access_tokens_per_window = 10;
  absl::Duration window = absl::Minutes(10);

  // Live access tokens of a refresh token; one more ends the oldest.
  size_t live_access_tokens = 15;

  // Refresh tokens of a user and client; one more deletes the oldest and its access tokens.
  size_t refresh_tokens = 20;

  // Whether grant codes (by client) and refresh tokens (by user and client) are limited to 10 in a
  // window too.
  bool limit_grants = false;
};

// What a code, a refresh token or an access token stands for.
struct Grant {
  std::string client_id = {};
  // Zoho's id of the user.
  int64_t zuid = 0;
  std::vector<std::string> scopes = {};
};

// A code to be issued, as the consent page or the API console settles it.
struct CodeRequest {
  Grant grant = {};
  // What the exchange must repeat; absent for a self client.
  std::optional<std::string> redirect_uri = {};
  // Whether the exchange gives a refresh token (`access_type=offline`).
  bool offline = true;
  // RFC 7636; empty where the client sent none.
  std::string code_challenge = {};
  std::string code_challenge_method = {};
  // Zero for the policy's.
  absl::Duration lifetime = absl::ZeroDuration();
};

// A request to exchange a code or to refresh.
struct TokenRequest {
  std::string client_id = {};
  std::string client_secret = {};
  // The code or the refresh token.
  std::string credential = {};
  std::optional<std::string> redirect_uri = {};
  std::string code_verifier = {};
};

struct TokenOutcome {
  // Zoho's name of the error, for example `invalid_code`; empty where a token was issued.
  std::string error = {};
  // The other kind of error: too many requests.
  bool throttled = false;

  std::string access_token = {};
  // Of an exchange with `offline` only.
  std::string refresh_token = {};
  std::vector<std::string> scopes = {};
  absl::Duration lifetime = absl::ZeroDuration();

  bool ok() const { return error.empty() && !throttled; }
};

// The state of one refresh token, for tests to look at.
struct GrantStatus {
  std::string refresh_token = {};
  Grant grant = {};
  size_t live_access_tokens = 0;
  size_t issued = 0;
  size_t issued_in_window = 0;
};

// Time is an argument. Not thread-safe.
class Oauth {
 public:
  explicit Oauth(OauthPolicy policy = {}) : policy_(policy) {}

  OauthPolicy& policy() { return policy_; }

  // Empty `redirect_uris` allow any.
  void AddClient(std::string id, std::string secret, std::vector<std::string> redirect_uris = {});
  bool HasClient(absl::string_view id) const;

  // Empty where client and secret belong together, else Zoho's name of the error.
  std::string CheckClient(absl::string_view id, absl::string_view secret) const;
  bool AllowsRedirect(absl::string_view client_id, absl::string_view uri) const;

  // Seeds a refresh token.
  void AddRefreshToken(std::string token, Grant grant);

  // Seeds a code, which may be exchanged once.
  void AddCode(std::string code, CodeRequest request, absl::Time now);

  // Makes a code; nullopt where the client asks for too many.
  std::optional<std::string> IssueCode(CodeRequest request, absl::Time now);

  // Whether the user has given this client a refresh token that still lives.
  bool HasRefreshToken(absl::string_view client_id, int64_t zuid) const;

  TokenOutcome Exchange(const TokenRequest& request, absl::Time now);
  TokenOutcome Refresh(const TokenRequest& request, absl::Time now);

  // A token pair without a code, as the device flow ends. `offline` asks for a refresh token.
  TokenOutcome Issue(const Grant& grant, bool offline, absl::Time now);

  // Ends a refresh token and its access tokens, or one access token. False where it is unknown.
  bool Revoke(absl::string_view token);

  // What a live access token stands for; null where it is unknown, expired, evicted or revoked.
  // Valid until the next call that is not const.
  const Grant* FindAccessToken(absl::string_view token, absl::Time now) const;

  // Ends every access token, or those of one refresh token. Returns how many.
  size_t ExpireAccessTokens(absl::string_view refresh_token = {});

  std::vector<GrantStatus> Status(absl::Time now) const;

 private:
  struct Client {
    std::string secret = {};
    std::vector<std::string> redirect_uris = {};
  };
  struct Code {
    CodeRequest request = {};
    absl::Time expires = absl::InfinitePast();
  };
  struct AccessToken {
    std::string token = {};
    absl::Time expires = absl::InfinitePast();
  };
  struct Holder {
    // Empty for a grant without one (`access_type=online`).
    std::string refresh_token = {};
    Grant grant = {};
    std::deque<AccessToken> live = {};
    absl::Time window_start = absl::InfinitePast();
    size_t in_window = 0;
    size_t issued = 0;
  };
  using Holders = std::map<uint64_t, Holder>;  // By age.

  Holders::iterator AddHolder(std::string refresh_token, Grant grant);
  void DropHolder(Holders::iterator holder);
  TokenOutcome IssueAccessToken(Holder& holder, uint64_t id, absl::Time now);
  // Counts one; false where `key` has had its 10 in the window.
  bool TakeGrant(const std::string& key, absl::Time now);

  OauthPolicy policy_;
  std::map<std::string, Client, std::less<>> clients_;
  std::map<std::string, Code, std::less<>> codes_;
  Holders holders_;
  uint64_t next_holder_ = 1;
  std::map<std::string, uint64_t, std::less<>> by_refresh_token_;
  std::map<std::string, uint64_t, std::less<>> by_access_token_;
  std::map<std::string, std::deque<absl::Time>> grants_;
};

}  // namespace fake_zoho
