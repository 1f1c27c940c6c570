// Matches the path of a request with an endpoint's. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fake_zoho {

// Segments such as `sessions`, `{zsoid}` or `{key}.json`. Braces take one segment, never an empty
// one.
class PathPattern {
 public:
  explicit PathPattern(absl::string_view pattern);

  // What stands for the braces, decoded, in order; nullopt where the path is another.
  // `segments` are the path's, percent-encoded.
  std::optional<std::vector<std::string>> Match(
      const std::vector<absl::string_view>& segments) const;

 private:
  struct Segment {
    // What must follow the value, or the whole segment where there is none.
    std::string text = {};
    bool is_value = false;
  };
  std::vector<Segment> segments_;
};

// The segments of `a/b/c`.
std::vector<absl::string_view> SplitPath(absl::string_view path);

// Whether `text` fits `glob`, in which `*` stands for any characters, none included.
bool GlobMatches(absl::string_view glob, absl::string_view text);

}  // namespace fake_zoho
