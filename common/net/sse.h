// Server-sent events, written. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace mesh::net {

// One event: `event: <name>`, an `id:` line where `id` is not empty, and `data` on one line.
// `data` must hold no line break, as is true of JSON that was serialised without indentation.
std::string SseEvent(absl::string_view name, absl::string_view data, absl::string_view id = {});

// A comment, which keeps proxies from closing an idle stream.
inline constexpr absl::string_view kSseKeepAlive = ": keepalive\n\n";

}  // namespace mesh::net
