// What a browser brings back. Pure.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

#include "common/base/secret.h"
#include "common/net/http.h"

namespace mesh::gateway {

// The first cookie of this name.
std::optional<Secret> CookieOf(const net::HttpHeaders& headers, absl::string_view name);

}  // namespace mesh::gateway
