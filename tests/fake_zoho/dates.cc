#include "tests/fake_zoho/dates.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace fake_zoho {
namespace {

constexpr char kZohoFormat[] = "%b %d, %Y %I:%M %p";

}  // namespace

std::optional<absl::TimeZone> FindZone(absl::string_view name) {
  absl::TimeZone zone;
  // Absl reads any file that the name leads to.
  if (name.empty() || name[0] == '/' || name.find("..") != absl::string_view::npos) return {};
  if (!absl::LoadTimeZone(name, &zone)) return {};
  return zone;
}

absl::TimeZone ZoneOrUtc(absl::string_view name) {
  return FindZone(name).value_or(absl::UTCTimeZone());
}

std::optional<absl::Time> ParseZohoTime(absl::string_view text, absl::TimeZone zone) {
  // strptime takes "June" for %b; Zoho's pattern has three letters.
  if (text.size() < 4 || text[3] != ' ' || !absl::ascii_isalpha(text[0])) return {};
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(kZohoFormat, text, zone, &time, &error)) return {};
  return time;
}

std::string ZohoTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime(kZohoFormat, time, zone);
}

std::string ZohoTimeWithZone(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%b %d, %Y %I:%M %p %Z", time, zone);
}

std::string RecordingTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S %Z", time, zone);
}

absl::Duration OffsetAt(absl::Time time, absl::TimeZone zone) {
  return absl::Seconds(zone.At(time).offset);
}

std::string MillisString(absl::Time time) { return absl::StrCat(absl::ToUnixMillis(time)); }

}  // namespace fake_zoho
