#include "gateway/router.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/utf8.h"
#include "common/net/url.h"

namespace mesh::gateway {
namespace {

std::vector<std::string> Segments(absl::string_view path) {
  absl::ConsumePrefix(&path, "/");
  absl::ConsumeSuffix(&path, "/");
  return absl::StrSplit(path, '/');
}

bool IsVariable(absl::string_view segment) { return absl::StartsWith(segment, "{"); }

// The values of the variables, or nullopt where the path is another.
std::optional<std::vector<std::string>> Values(const std::vector<std::string>& pattern,
                                               const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> values;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!IsVariable(pattern[i])) {
      if (pattern[i] != path[i]) return std::nullopt;
      continue;
    }
    std::optional<std::string> value = net::PercentDecode(path[i]);
    if (!value.has_value() || value->empty() || !IsUtf8(*value)) return std::nullopt;
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace

Router::Router(const std::vector<Pattern>& patterns) {
  for (const Pattern& pattern : patterns) {
    routes_.push_back({.method = pattern.method, .segments = Segments(pattern.path)});
  }
}

Match Router::Find(absl::string_view method, absl::string_view path) const {
  const std::vector<std::string> segments = Segments(path);
  Match match;
  for (size_t i = 0; i < routes_.size(); ++i) {
    std::optional<std::vector<std::string>> values = Values(routes_[i].segments, segments);
    if (!values.has_value()) continue;
    if (routes_[i].method == method) return {.index = i, .values = *std::move(values)};
    match.allowed.push_back(routes_[i].method);
  }
  std::sort(match.allowed.begin(), match.allowed.end());
  return match;
}

}  // namespace mesh::gateway
