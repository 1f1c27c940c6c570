#include "services/auth/zoho_json.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include <nlohmann/json.hpp>

namespace mesh::auth {
namespace {

constexpr size_t kLongestWord = 80;

}  // namespace

std::optional<nlohmann::json> ParseObject(absl::string_view body) {
  nlohmann::json parsed =
      nlohmann::json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

std::string TextOf(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() || found->is_boolean() ? found->dump() : "";
}

std::string ShownWord(absl::string_view text, absl::string_view fallback) {
  const bool fit = !text.empty() && text.size() <= kLongestWord &&
                   std::all_of(text.begin(), text.end(), [](char c) {
                     return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == ' ';
                   });
  return std::string(fit ? text : fallback);
}

}  // namespace mesh::auth
