#include "services/zoho_proxy/zoho_time.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kDateExample[] = "\"2026-07-01T15:00:00+02:00\" or \"2026-07-01 15:00\"";
constexpr char kZoneExample[] = "\"Europe/Berlin\"";

// Without the zone's abbreviation at the end, which names several zones as often as one.
absl::string_view WithoutAbbreviation(absl::string_view text) {
  const size_t space = text.rfind(' ');
  if (space == text.npos) return text;
  const absl::string_view last = text.substr(space + 1);
  const bool alphabetic = std::all_of(last.begin(), last.end(), absl::ascii_isalpha);
  return alphabetic && last != "AM" && last != "PM" ? text.substr(0, space) : text;
}

}  // namespace

std::optional<absl::TimeZone> FindZone(absl::string_view name) {
  // absl opens the file of that name: only names that the database can hold get so far.
  const bool plain =
      !name.empty() && name.size() <= 64 && absl::ascii_isalpha(name[0]) &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
      });
  absl::TimeZone zone;
  if (!plain || !absl::LoadTimeZone(name, &zone)) return std::nullopt;
  return zone;
}

absl::StatusOr<std::string> ToZohoDateTime(absl::string_view field, absl::string_view text,
                                           absl::string_view zone_field, absl::string_view zone) {
  const std::optional<absl::TimeZone> found = FindZone(zone);
  if (!zone.empty() && !found.has_value()) {
    return ArgumentInvalid(zone_field, "must be an IANA time zone", kZoneExample);
  }
  std::optional<absl::CivilSecond> civil;
  const absl::TimeZone utc = absl::UTCTimeZone();
  for (const char* format :
       {"%Y-%m-%d%ET%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S"}) {
    if (const std::optional<absl::Time> wall = ParseMoment(format, text, utc)) {
      civil = absl::ToCivilSecond(*wall, utc);
    } else if (const std::optional<absl::Time> moment =
                   ParseMoment(absl::StrCat(format, "%Ez"), text, utc)) {
      if (!found.has_value()) {
        return ArgumentInvalid(zone_field,
                               absl::StrCat("is required where `", field, "` has an offset"),
                               kZoneExample);
      }
      civil = absl::ToCivilSecond(*moment, *found);
    }
    if (civil.has_value()) break;
  }
  if (!civil.has_value()) {
    return ArgumentInvalid(field, "must be a date and time, RFC 3339 or YYYY-MM-DD HH:MM",
                           kDateExample);
  }
  if (civil->second() != 0) {
    return ArgumentInvalid(field, "must be a whole minute, as Zoho counts no seconds",
                           kDateExample);
  }
  const absl::Time wall = absl::FromCivil(*civil, utc);
  return absl::StrCat(absl::FormatTime("%b ", wall, utc), civil->day(),
                      absl::FormatTime(", %Y %I:%M %p", wall, utc));
}

std::optional<absl::Time> ParseZohoDateTime(absl::string_view text, absl::TimeZone zone) {
  text = WithoutAbbreviation(absl::StripAsciiWhitespace(text));
  for (const char* format : {"%b %d, %Y %I:%M %p", "%Y-%m-%d%ET%H:%M:%S"}) {
    if (const std::optional<absl::Time> moment = ParseMoment(format, text, zone)) return moment;
  }
  return std::nullopt;
}

std::optional<absl::Time> ParseMoment(absl::string_view format, absl::string_view text,
                                      absl::TimeZone zone) {
  std::string error;
  absl::Time time;
  // absl reads `infinite-future` in any format.
  const bool read = absl::ParseTime(format, text, zone, &time, &error) &&
                    time > absl::UnixEpoch() &&
                    time < absl::FromCivil(absl::CivilYear(10'000), absl::UTCTimeZone());
  return read ? std::optional(time) : std::nullopt;
}

std::string FormatRfc3339(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime(absl::RFC3339_sec, time, zone);
}

}  // namespace mesh::zoho_proxy
