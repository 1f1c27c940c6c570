// A tool call's arguments as the audit log may keep them. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace mesh::edge {

// The JSON object `arguments_json` in valid UTF-8, with values of secret names (`password`, `pwd`,
// `token`, `pin` …) as `[redacted]` at any depth, long strings cut, and a note in place of one that
// is long all the same. Empty for what is no JSON object.
std::string RedactArguments(absl::string_view arguments_json);

}  // namespace mesh::edge
