// Names of tools and of their arguments: what every client accepts. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

#include "mesh/tools/v1/tools.pb.h"

namespace mesh::zoho_proxy {

// What the narrowest client takes.
inline constexpr size_t kMaxToolName = 60;
inline constexpr size_t kMaxArgumentName = 64;

// 1 to 60 of a-z, 0-9 and _.
bool IsToolName(absl::string_view name);

// 1 to 64 of a-z, A-Z, 0-9, _, . and -.
bool IsArgumentName(absl::string_view name);

// `list_all_<integration>_<plural>` and its like; `verb` is of a custom method.
std::string ToolName(tools::v1::Tool::Method method, absl::string_view integration,
                     absl::string_view plural, absl::string_view singular, absl::string_view verb);

// `text` in lower case, with `_` where words meet: `issues/list-forRepo` is `issues_list_for_repo`.
std::string SnakeCase(absl::string_view text);

// `<integration>_<operation>` in snake_case. One that is too long ends in part of its hash, so that
// it does not depend on what other operations are called.
std::string PlainToolName(absl::string_view integration, absl::string_view operation);

// `name` with part of the hash of `what` at its end, for the second of two operations of a name.
std::string DistinctToolName(absl::string_view name, absl::string_view what);

// `name` made to fit IsArgumentName().
std::string FitArgumentName(absl::string_view name);

}  // namespace mesh::zoho_proxy
