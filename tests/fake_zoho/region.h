// Zoho's data centres as far as this program plays them.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace fake_zoho {

enum class Region { kUs, kEu };

inline constexpr std::array<Region, 2> kRegions = {Region::kUs, Region::kEu};

// What a listener plays. `kDownload` stands for download.zoho.* and files-accl.zohopublic.*.
enum class Role { kAccounts, kMeeting, kDownload };

inline constexpr std::array<Role, 3> kRoles = {Role::kAccounts, Role::kMeeting, Role::kDownload};

// `us` or `eu`.
inline constexpr absl::string_view CodeOf(Region region) {
  return region == Region::kUs ? "us" : "eu";
}

inline std::optional<Region> RegionOf(absl::string_view code) {
  for (const Region region : kRegions) {
    if (CodeOf(region) == code) return region;
  }
  return std::nullopt;
}

inline constexpr absl::string_view NameOf(Role role) {
  return role == Role::kAccounts ? "accounts" : role == Role::kMeeting ? "meeting" : "download";
}

// `com` or `eu`: the end of Zoho's host names in the region.
inline constexpr absl::string_view DomainOf(Region region) {
  return region == Region::kUs ? "com" : "eu";
}

// Where a request arrived.
struct Listener {
  Region region = Region::kUs;
  Role role = Role::kMeeting;
};

// The base URL of each listener, for links that must be followed on loopback.
struct Addresses {
  std::array<std::array<std::string, kRoles.size()>, kRegions.size()> urls = {};

  std::string& UrlOf(Listener where) {
    return urls[static_cast<size_t>(where.region)][static_cast<size_t>(where.role)];
  }
  const std::string& UrlOf(Listener where) const {
    return urls[static_cast<size_t>(where.region)][static_cast<size_t>(where.role)];
  }
};

}  // namespace fake_zoho
