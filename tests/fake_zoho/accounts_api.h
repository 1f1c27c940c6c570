// The accounts host of a data centre: consent, tokens, revocation, devices.
#pragma once

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

Answer HandleAccounts(State& state, Region region, const Request& request, absl::Time now);

}  // namespace fake_zoho
