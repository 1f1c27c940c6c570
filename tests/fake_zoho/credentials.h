// The credentials that are always there, whatever the seed. README.md documents them. They open
// nothing but this program.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

#include "tests/fake_zoho/region.h"

namespace fake_zoho {

// One client id for all data centres, as for a client with multi-DC enabled; a secret for each.
inline constexpr absl::string_view kClientId = "1000.FAKEZOHO4LOOPBACK7CLIENT000001";

inline constexpr absl::string_view ClientSecretOf(Region region) {
  return region == Region::kUs ? "5ec2e700000000000000000000000000000000a001"
                               : "5ec2e700000000000000000000000000000000e001";
}

// Grant codes of each seeded user.
inline constexpr int kSeededCodes = 10;

// An organisation's id, the zuids of its administrator and of a plain member.
inline constexpr int64_t ZsoidOf(Region region) {
  return region == Region::kUs ? 71004400 : 82009900;
}
inline constexpr int64_t AdminZuidOf(Region region) { return ZsoidOf(region) + 1; }
inline constexpr int64_t MemberZuidOf(Region region) { return ZsoidOf(region) + 2; }

// A token in Zoho's format that names its owner.
inline std::string SeededToken(absl::string_view kind, int64_t zuid, int number) {
  return absl::StrFormat("1000.%s%028d.%032d", kind, zuid, number);
}

inline std::string SeededRefreshToken(int64_t zuid) { return SeededToken("fe5e", zuid, 1); }

// `number` counts from 1 to kSeededCodes.
inline std::string SeededCode(int64_t zuid, int number) {
  return SeededToken("c0de", zuid, number);
}

}  // namespace fake_zoho
