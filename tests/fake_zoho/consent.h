// The page on which a user lets a client in, and the redirect that ends it.
#pragma once

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

// `GET /oauth/v2/auth`. Shows the seeded users, each with a link that accepts and one that denies
// (`fake_decision`, `fake_user`), or answers at once where the settings say so. A user of another
// region than the page's is sent back with that region's `location` and `accounts-server`.
Answer Authorize(State& state, Region region, const Request& request, absl::Time now);

// A page with one link for each seeded user and decision, `path` and `parameters` kept.
Answer DecisionPage(const State& state, absl::string_view title, absl::string_view path,
                    const Parameters& parameters);

}  // namespace fake_zoho
