// Zoho's JSON, read leniently: ids come as numbers or strings, anything may be missing. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include <nlohmann/json_fwd.hpp>

namespace mesh::auth {

// nullopt where `body` is no JSON object.
std::optional<nlohmann::json> ParseObject(absl::string_view body);

// A member of `object` that is a string, a number or a boolean, as text; empty where there is none.
std::string TextOf(const nlohmann::json& object, const char* member);

// `text` where it is a short word fit for logs and messages, else `fallback`: what comes from
// outside is not quoted at length.
std::string ShownWord(absl::string_view text, absl::string_view fallback);

}  // namespace mesh::auth
