#include "tests/fake_zoho/device_flow.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include "common/base/random.h"

namespace fake_zoho {

DeviceFlow::Codes DeviceFlow::Begin(Grant grant, bool offline, absl::Time now) {
  const std::string hex = absl::BytesToHexString(mesh::RandomBytes(4));
  Codes codes = {
      .user_code = absl::AsciiStrToUpper(absl::StrCat(hex.substr(0, 4), "-", hex.substr(4))),
      .device_code = absl::StrCat("1004.", absl::BytesToHexString(mesh::RandomBytes(16)), ".",
                                  absl::BytesToHexString(mesh::RandomBytes(16)))};
  devices_[codes.device_code] = {.user_code = codes.user_code,
                                 .grant = std::move(grant),
                                 .offline = offline,
                                 .expires = now + policy_.lifetime};
  return codes;
}

const Grant* DeviceFlow::Find(absl::string_view user_code, absl::Time now) const {
  for (const auto& [code, device] : devices_) {
    if (device.user_code == user_code && device.expires > now) return &device.grant;
  }
  return nullptr;
}

bool DeviceFlow::Decide(absl::string_view user_code, bool approve, Region home, int64_t zuid,
                        absl::Time now) {
  for (auto& [code, device] : devices_) {
    if (device.user_code != user_code || device.expires <= now) continue;
    if (device.decision != Decision::kPending) return false;
    device.decision = approve ? Decision::kApproved : Decision::kDenied;
    device.home = home;
    device.grant.zuid = zuid;
    return true;
  }
  return false;
}

DeviceFlow::Poll DeviceFlow::Ask(absl::string_view device_code, absl::string_view client_id,
                                 Region region, absl::Time now) {
  const auto found = devices_.find(std::string(device_code));
  if (found == devices_.end() || found->second.grant.client_id != client_id) {
    return {.error = "invalid_code"};
  }
  Device& device = found->second;
  if (device.expires <= now) return {.error = "expired"};
  const bool hasty = now < device.last_poll + policy_.poll_interval;
  device.last_poll = now;
  if (hasty) return {.error = "slow_down"};
  if (device.decision == Decision::kPending) return {.error = "authorization_pending"};
  if (device.decision == Decision::kDenied) {
    devices_.erase(found);
    return {.error = "access_denied"};
  }
  if (device.home != region) {
    // The move to the other data centre does not count as another poll.
    device.last_poll = absl::InfinitePast();
    return {.error = "other_dc", .location = device.home};
  }
  Poll poll = {.location = device.home, .grant = device.grant, .offline = device.offline};
  devices_.erase(found);
  return poll;
}

}  // namespace fake_zoho
