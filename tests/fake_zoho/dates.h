// Zoho Meeting's date strings. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace fake_zoho {

// The zone of an IANA name, aliases such as `Asia/Calcutta` included; nullopt where there is none.
// Thread-safe.
std::optional<absl::TimeZone> FindZone(absl::string_view name);

// Like FindZone(), and UTC where there is none.
absl::TimeZone ZoneOrUtc(absl::string_view name);

// Reads `Jun 19, 2020 07:00 PM`, wall-clock in `zone`; day and hour may be unpadded.
std::optional<absl::Time> ParseZohoTime(absl::string_view text, absl::TimeZone zone);

// `Jun 19, 2020 07:00 PM`.
std::string ZohoTime(absl::Time time, absl::TimeZone zone);

// `Jun 19, 2020 07:00 PM IST`.
std::string ZohoTimeWithZone(absl::Time time, absl::TimeZone zone);

// `2023-08-18T10:46:28 IST`, as recordings have it.
std::string RecordingTime(absl::Time time, absl::TimeZone zone);

// East of UTC at `time`.
absl::Duration OffsetAt(absl::Time time, absl::TimeZone zone);

// Milliseconds since the epoch, in decimal.
std::string MillisString(absl::Time time);

}  // namespace fake_zoho
