// Which handler a method and a path belong to. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mesh::gateway {

// A path with `{…}` for segments that vary: `/integrated-account/{id}/mcp`.
struct Pattern {
  std::string method = {};
  std::string path = {};
};

struct Match {
  // Of the pattern in the list, or npos.
  size_t index = std::string::npos;

  // What stands in place of each `{…}`, decoded, in order.
  std::vector<std::string> values = {};

  // Where no pattern matched: methods that the path is there for, sorted. Empty: there is no such
  // path.
  std::vector<std::string> allowed = {};

  bool found() const { return index != std::string::npos; }
};

class Router {
 public:
  explicit Router(const std::vector<Pattern>& patterns);

  // A slash at the end of `path` changes nothing. A segment with a broken escape, one that decodes
  // to what is no UTF-8, or none at all matches nothing.
  Match Find(absl::string_view method, absl::string_view path) const;

 private:
  struct Route {
    std::string method = {};
    std::vector<std::string> segments = {};
  };

  std::vector<Route> routes_;
};

}  // namespace mesh::gateway
