// The Meeting host of a data centre: finds the endpoint, checks the token, and answers.
#pragma once

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

Answer HandleMeeting(State& state, Region region, const Request& request, absl::Time now);

}  // namespace fake_zoho
