// W3C trace context as it comes from outside. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace mesh {

// `value` where it is a `traceparent`, else empty: anything else must not travel on in a header.
std::string ValidTraceparent(absl::string_view value);

}  // namespace mesh
