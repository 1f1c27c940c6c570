// Which hosts are this machine.
#pragma once

#include "absl/strings/string_view.h"

namespace mesh {

// Whether `host` is a loopback address, IPv6 with or without brackets, or `localhost`.
bool IsLoopback(absl::string_view host);

}  // namespace mesh
