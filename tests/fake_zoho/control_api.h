// `/__fake/…` on every listener: how tests look at the simulator and change it.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

inline constexpr absl::string_view kControlPrefix = "/__fake/";

// `now` is the system's time, without the offset of the simulated clock.
Answer HandleControl(State& state, const Request& request, absl::Time now);

}  // namespace fake_zoho
