// What callers need to know of the seeded world, for the address file and `/__fake/seed`.
#pragma once

#include "nlohmann/json_fwd.hpp"

#include "tests/fake_zoho/state.h"

namespace fake_zoho {

// Ids, credentials and sizes of an organisation.
nlohmann::ordered_json DescribeOrganization(const Organization& org);

// The addresses of the listeners, and the seeded organisation of each region.
nlohmann::ordered_json DescribeSeed(const State& state);

}  // namespace fake_zoho
