// A file of the source tree that is part of the program (tools/build_rules/embed.bzl).
#pragma once

#include "absl/strings/string_view.h"

namespace mesh {

struct EmbeddedFile {
  // Without its folder, for example `0001_initial.sql`.
  absl::string_view name;
  absl::string_view content;
};

}  // namespace mesh
