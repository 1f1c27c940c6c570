// What the accounts hosts answer.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/oauth.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/settings.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

// `{"error": …}` with HTTP 200, as Zoho has it.
Answer OauthError(absl::string_view error);

// Tokens, an error, or the token throttle's refusal.
Answer TokenAnswer(const Settings& settings, Region region, const TokenOutcome& outcome);

// The base URL of a region's accounts host, as answers name it.
std::string AccountsUrl(const State& state, Region region);

}  // namespace fake_zoho
