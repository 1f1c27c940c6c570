#include "services/zoho_proxy/composite_workflow.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include <nlohmann/json.hpp>

#include "services/zoho_proxy/projection.h"

namespace mesh::zoho_proxy {

Json Project(const Json& row, const Projection& fields) {
  if (fields.everything() || !row.is_object()) return row;
  Json out = Json::object();
  for (const auto& [name, value] : row.items()) {
    const Projection* wanted = fields.Member(name);
    if (wanted == nullptr) continue;
    if (!value.is_array()) {
      out[name] = Project(value, *wanted);
      continue;
    }
    Json& items = out[name] = Json::array();
    for (const Json& item : value) items.push_back(Project(item, *wanted));
  }
  return out;
}

std::string TextOf(const Json& object, absl::string_view name) {
  if (!object.is_object()) return "";
  const auto member = object.find(std::string(name));
  if (member == object.end()) return "";
  if (member->is_string()) return member->get<std::string>();
  return member->is_number_integer() ? member->dump() : "";
}

bool SameName(absl::string_view a, absl::string_view b) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(a), absl::StripAsciiWhitespace(b));
}

}  // namespace mesh::zoho_proxy
