// The switches of the simulator: where Zoho's documents contradict each other or live accounts,
// both ways can be had. README.md lists them.
#pragma once

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "nlohmann/json_fwd.hpp"

#include "tests/fake_zoho/oauth.h"
#include "tests/fake_zoho/paging.h"
#include "tests/fake_zoho/throttle.h"

namespace fake_zoho {

struct Settings {
  // Before every answer of the Meeting and download hosts, and of the accounts hosts.
  absl::Duration latency = absl::ZeroDuration();
  absl::Duration accounts_latency = absl::ZeroDuration();

  ThrottleProfile throttle = {};
  OauthPolicy oauth = {};

  // HTTP status of a refused access token: 400 as documented, 401 as seen live.
  int invalid_token_status = 400;
  // HTTP status of the token throttle: 400 in newer captures, 200 in older ones.
  int oauth_throttle_status = 400;
  // Whether the token throttle speaks Chinese, as one capture does.
  bool localised_throttle = false;
  // Whether `expires_in` is in milliseconds, beside `expires_in_sec`.
  bool legacy_expires_in = false;
  // Whether refresh answers leave `scope` out.
  bool omit_scope = false;

  // Whether errors of the Meeting hosts come with HTTP 200.
  bool errors_with_200 = false;
  // Type of ids and durations: `documented` (mixed), `strings` or `numbers`.
  std::string ids = "documented";
  // The vendor's spelling `isMettingSessionAvailable`.
  bool typo_is_metting_session_available = true;
  // 204 without a body, or 200 with `{"success": true}`.
  int delete_status = 204;
  // Whether lists refuse calls without the parameters that the documents require.
  bool require_list_parameters = true;
  // Whether the licence comes within `representation`.
  bool licence_wrapped = false;

  // Of hosts named in answers (`redirectionServer`, `accounts-server`, serverinfo): `loopback` for
  // this program's own listeners, `zoho` for the real names.
  std::string host_names = "loopback";
  // Instead of the region's own, where not empty.
  std::string redirection_server = {};
  // Where a download redirects to, where not empty.
  std::string download_redirect = {};

  // What the consent page does: `page` shows it, `accept` and `deny` answer at once.
  std::string consent = "page";
  // Who consents at once: `us-admin`, `us-member`, `eu-admin`, `eu-member`.
  std::string consent_user = "us-admin";

  std::array<PagingRule, kPagingFamilyNames.size()> paging = DefaultPaging();

  const PagingRule& PagingOf(PagingFamily family) const {
    return paging[static_cast<size_t>(family)];
  }
};

// Changes the settings that `changes` names. Fails with INVALID_ARGUMENT (`FIELD_INVALID`),
// changing nothing, where a name is unknown or a value is not allowed.
absl::Status ApplySettings(const nlohmann::ordered_json& changes, Settings& settings);

// Every setting by its name.
nlohmann::ordered_json SettingsToJson(const Settings& settings);

}  // namespace fake_zoho
