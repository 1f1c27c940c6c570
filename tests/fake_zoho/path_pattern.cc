#include "tests/fake_zoho/path_pattern.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

#include "common/net/url.h"

namespace fake_zoho {

PathPattern::PathPattern(absl::string_view pattern) {
  for (const absl::string_view segment : SplitPath(pattern)) {
    const size_t close = segment.find('}');
    if (absl::StartsWith(segment, "{") && close != absl::string_view::npos) {
      segments_.push_back({.text = std::string(segment.substr(close + 1)), .is_value = true});
    } else {
      segments_.push_back({.text = std::string(segment)});
    }
  }
}

std::optional<std::vector<std::string>> PathPattern::Match(
    const std::vector<absl::string_view>& segments) const {
  if (segments.size() != segments_.size()) return std::nullopt;
  std::vector<std::string> values;
  for (size_t i = 0; i < segments.size(); ++i) {
    const absl::string_view segment = segments[i];
    const Segment& wanted = segments_[i];
    if (!wanted.is_value) {
      if (segment != wanted.text) return std::nullopt;
      continue;
    }
    if (segment.size() <= wanted.text.size() || !absl::EndsWith(segment, wanted.text)) {
      return std::nullopt;
    }
    std::optional<std::string> value =
        mesh::net::PercentDecode(segment.substr(0, segment.size() - wanted.text.size()));
    if (!value.has_value()) return std::nullopt;
    values.push_back(*std::move(value));
  }
  return values;
}

std::vector<absl::string_view> SplitPath(absl::string_view path) {
  return absl::StrSplit(path, '/');
}

bool GlobMatches(absl::string_view glob, absl::string_view text) {
  size_t g = 0;
  size_t t = 0;
  // Where to go on after the last star has taken one character more.
  size_t star = absl::string_view::npos;
  size_t retry = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      retry = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g;
      ++t;
    } else if (star != absl::string_view::npos) {
      g = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace fake_zoho
