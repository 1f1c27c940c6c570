// Zoho's dates and everybody else's. Pure, but for the system's time zone database.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh::zoho_proxy {

// An IANA zone such as `Europe/Berlin`; nullopt where there is none of that name.
std::optional<absl::TimeZone> FindZone(absl::string_view name);

// `text`, RFC 3339 (`2026-07-01T15:00:00+02:00`) or a wall clock (`2026-07-01 15:00`), as Zoho
// takes it: `Jul 1, 2026 03:00 PM`, the wall clock in `zone`. Fails with ARGUMENT_INVALID, naming
// `field` where it is no date or has seconds, and `zone_field` where
// `zone` is none or, for RFC 3339, left out.
absl::StatusOr<std::string> ToZohoDateTime(absl::string_view field, absl::string_view text,
                                           absl::string_view zone_field, absl::string_view zone);

// A date as Zoho writes it: `Jun 19, 2020 07:00 PM IST`, `2023-08-18T10:46:28 IST`; the
// abbreviation may be missing and is not relied on. nullopt where it is neither.
std::optional<absl::Time> ParseZohoDateTime(absl::string_view text, absl::TimeZone zone);

// `text` by a format of absl's, where it has no zone of its own in `zone`. nullopt where it does
// not fit, and for what lies outside of the years 1970 to 9999.
std::optional<absl::Time> ParseMoment(absl::string_view format, absl::string_view text,
                                      absl::TimeZone zone);

// To the second, with the zone's offset.
std::string FormatRfc3339(absl::Time time, absl::TimeZone zone);

}  // namespace mesh::zoho_proxy
