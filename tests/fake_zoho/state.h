// Everything that the simulator holds. One mutex, in FakeZoho, guards it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"

#include "tests/fake_zoho/device_flow.h"
#include "tests/fake_zoho/faults.h"
#include "tests/fake_zoho/journal.h"
#include "tests/fake_zoho/oauth.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/settings.h"
#include "tests/fake_zoho/throttle.h"
#include "tests/fake_zoho/world.h"

namespace fake_zoho {

// One data centre. Accounts and meetings of one know nothing of another's.
struct DataCentre {
  Oauth oauth = Oauth();
  Throttle throttle = {};
  // A deque, so that organisations stay where they are when more come.
  std::deque<Organization> organizations = {};
  // What each of them was made from.
  std::deque<OrganizationSpec> specs = {};

  // The organisation of a user; null where there is none.
  Organization* FindOrganization(int64_t zuid);
};

struct State {
  Settings settings = {};
  // What the settings go back to.
  Settings initial_settings = {};
  Addresses addresses = {};
  std::array<DataCentre, kRegions.size()> centres = {};
  DeviceFlow devices = {};
  Faults faults = {};
  Journal journal = {};
  uint64_t seed = 42;
  // What is added to the system's clock.
  absl::Duration clock_offset = absl::ZeroDuration();
  // Of the next organisation that a test asks for.
  int64_t next_zsoid = 90'000'000;

  DataCentre& centre(Region region) { return centres[static_cast<size_t>(region)]; }

  // Puts `settings` into force where they are copied.
  void SettingsChanged();

  // Adds a seeded organisation with refresh tokens and grant codes for its first two users.
  Organization& AddOrganization(const OrganizationSpec& spec, absl::Time now);

  // Makes every organisation what it was when it was added, had that been at `now`. Tokens stay.
  void ReseedOrganizations(absl::Time now);
};

// The state at start: both regions with their clients, organisations and credentials.
void SeedState(uint64_t seed, absl::Time now, State& state);

// A user by the names that settings and links use: `us-admin`, `us-member`, `eu-admin`,
// `eu-member`.
std::optional<std::pair<Region, int64_t>> FindPersona(absl::string_view name);

}  // namespace fake_zoho
