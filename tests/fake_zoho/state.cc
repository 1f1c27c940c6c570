#include "tests/fake_zoho/state.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "tests/fake_zoho/credentials.h"
#include "tests/fake_zoho/scopes.h"

namespace fake_zoho {

Organization* DataCentre::FindOrganization(int64_t zuid) {
  for (Organization& org : organizations) {
    if (org.user_by_zuid.count(zuid) != 0) return &org;
  }
  return nullptr;
}

void State::SettingsChanged() {
  for (DataCentre& centre : centres) centre.oauth.policy() = settings.oauth;
}

Organization& State::AddOrganization(const OrganizationSpec& spec, absl::Time now) {
  DataCentre& home = centre(spec.region);
  home.organizations.push_back(SeedOrganization(spec, seed, now));
  home.specs.push_back(spec);
  // The administrator and the plain member.
  for (const int64_t zuid : {spec.zsoid + 1, spec.zsoid + 2}) {
    const Grant grant = {.client_id = std::string(kClientId), .zuid = zuid, .scopes = AllScopes()};
    home.oauth.AddRefreshToken(SeededRefreshToken(zuid), grant);
    for (int number = 1; number <= kSeededCodes; ++number) {
      home.oauth.AddCode(SeededCode(zuid, number),
                         {.grant = grant, .lifetime = absl::InfiniteDuration()}, now);
    }
  }
  return home.organizations.back();
}

void State::ReseedOrganizations(absl::Time now) {
  for (DataCentre& home : centres) {
    for (size_t i = 0; i < home.organizations.size(); ++i) {
      home.organizations[i] = SeedOrganization(home.specs[i], seed, now);
    }
  }
}

void SeedState(uint64_t seed, absl::Time now, State& state) {
  state.seed = seed;
  for (const Region region : kRegions) {
    state.centre(region).oauth.AddClient(std::string(kClientId),
                                         std::string(ClientSecretOf(region)));
    state.AddOrganization(SpecOf(region), now);
  }
  state.SettingsChanged();
}

std::optional<std::pair<Region, int64_t>> FindPersona(absl::string_view name) {
  for (const Region region : kRegions) {
    if (name == absl::StrCat(CodeOf(region), "-admin")) return {{region, AdminZuidOf(region)}};
    if (name == absl::StrCat(CodeOf(region), "-member")) return {{region, MemberZuidOf(region)}};
  }
  return std::nullopt;
}

}  // namespace fake_zoho
