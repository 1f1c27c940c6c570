#include "services/mcp_frontend/arguments_digest.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/hash.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

// Whether any number may have lost digits on its way into memory.
bool HasInexactNumbers(const json& value) {
  if (value.is_number_float()) return true;
  if (!value.is_structured()) return false;
  for (const json& item : value) {
    if (HasInexactNumbers(item)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> ArgumentsDigest(absl::string_view arguments_json) {
  if (arguments_json.empty()) arguments_json = "{}";
  bool sound = true;
  // The names so far of each object that is open.
  std::vector<std::set<std::string>> names;
  const auto look = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kDeepest) sound = false;
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key &&
        !names.back().insert(parsed.get<std::string>()).second) {
      sound = false;
    }
    return sound;
  };
  const json arguments = json::parse(arguments_json.begin(), arguments_json.end(), look,
                                     /*allow_exceptions=*/false);
  if (!sound || !arguments.is_object()) return std::nullopt;
  // Its members are in the order of their names.
  const std::string canonical =
      arguments.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
  // Two different numbers could look alike there; their texts do not.
  const absl::string_view exact = HasInexactNumbers(arguments) ? arguments_json : "";
  return Sha256(absl::StrCat(canonical, "\n", exact));
}

}  // namespace mesh::frontend
