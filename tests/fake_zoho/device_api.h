// The device flow over HTTP.
#pragma once

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

// `POST /oauth/v3/device/code`.
Answer DeviceCode(State& state, Region region, const Request& request, absl::Time now);

// `POST /oauth/v3/device/token`.
Answer DeviceToken(State& state, Region region, const Request& request, absl::Time now);

// `GET /oauth/v3/device?user_code=…`: the page on which the user decides; with `fake_user` and
// `fake_decision`, the decision.
Answer DevicePage(State& state, Region region, const Request& request, absl::Time now);

}  // namespace fake_zoho
