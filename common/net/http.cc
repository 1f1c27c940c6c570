#include "common/net/http.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace mesh::net {

void HttpHeaders::Add(absl::string_view name, absl::string_view value) {
  fields_.emplace_back(name, value);
}

void HttpHeaders::Set(absl::string_view name, absl::string_view value) {
  const auto same = [name](const auto& field) { return absl::EqualsIgnoreCase(field.first, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), same);
  if (first == fields_.end()) return Add(name, value);
  first->second = std::string(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

std::optional<absl::string_view> HttpHeaders::Get(absl::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return std::nullopt;
}

}  // namespace mesh::net
