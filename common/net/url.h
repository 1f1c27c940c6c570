// URLs: encoding what goes into them and taking them apart. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mesh::net {

// A URL's parts, decoded but for `path`.
struct Url {
  std::string scheme = {};
  // Lower case; an IPv6 address without its brackets.
  std::string host = {};
  // The scheme's own where none is given.
  int port = 0;
  // As written; at least `/`.
  std::string path = {};
  std::vector<std::pair<std::string, std::string>> query = {};
};

// Fails with INVALID_ARGUMENT where `text` is no absolute http or https URL, or names a user.
absl::StatusOr<Url> ParseUrl(absl::string_view text);

// Where `reference`, absolute or relative, leads from the page at `base`, without its fragment;
// empty where that is no http or https URL.
std::string ResolveUrl(absl::string_view base, absl::string_view reference);

// Percent-encodes everything but RFC 3986's unreserved characters, for a path segment or a query
// value.
std::string PercentEncode(absl::string_view value);

// nullopt where a percent sign is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(absl::string_view value);

// The pairs of `a=b&c=d`, decoded, `+` as a space, as forms and queries write them.
// Fails with INVALID_ARGUMENT on a broken escape.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ParseQuery(
    absl::string_view query);

// `a=b&c=d`, encoded.
std::string FormatQuery(const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace mesh::net
