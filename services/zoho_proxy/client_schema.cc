#include "services/zoho_proxy/client_schema.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/status_macros.h"
#include "common/base/utf8.h"

namespace mesh::zoho_proxy {
namespace {

// In the order in which they are written.
constexpr std::array kKeywords = {"type",     "description", "format",    "enum",
                                  "default",  "minimum",     "maximum",   "pattern",
                                  "minItems", "maxItems",    "minLength", "maxLength"};

// Of one schema with all in it; a schema that is larger helps no model.
constexpr int kMaxNodes = 5000;

bool IsNull(const Node& schema) {
  return schema.present() && schema.value().is_object() &&
         schema.value().value("type", Json()) == "null";
}

// The choices of `anyOf` or `oneOf` that are not null.
absl::StatusOr<std::vector<Node>> ChoicesOf(const Node& schema, const char* keyword) {
  std::vector<Node> choices;
  ASSIGN_OR_RETURN(const Node list, schema.Get(keyword));
  if (!list.present() || !list.value().is_array()) return choices;
  ASSIGN_OR_RETURN(const auto children, list.Children());
  for (const auto& [unused, choice] : children) {
    if (!IsNull(choice)) choices.push_back(choice);
  }
  return choices;
}

// The parts that a schema is merged from, itself the last: what a later one says stands.
absl::Status AddParts(const Node& schema, std::set<std::string>& seen, std::vector<Node>& parts) {
  if (!schema.present() || !schema.value().is_object()) return absl::OkStatus();
  if (!seen.insert(schema.Identity()).second) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Node all, schema.Get("allOf"));
  if (all.present() && all.value().is_array()) {
    ASSIGN_OR_RETURN(const auto children, all.Children());
    for (const auto& [unused, part] : children) RETURN_IF_ERROR(AddParts(part, seen, parts));
  }
  for (const char* keyword : {"anyOf", "oneOf"}) {
    ASSIGN_OR_RETURN(const std::vector<Node> choices, ChoicesOf(schema, keyword));
    if (choices.size() == 1) RETURN_IF_ERROR(AddParts(choices[0], seen, parts));
  }
  parts.push_back(schema);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Node>> PartsOf(const Node& schema) {
  std::vector<Node> parts;
  std::set<std::string> seen;
  RETURN_IF_ERROR(AddParts(schema, seen, parts));
  return parts;
}

absl::StatusOr<std::optional<Node>> LastOf(const std::vector<Node>& parts, const char* keyword) {
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    ASSIGN_OR_RETURN(const Node found, part->Get(keyword));
    if (found.present()) return std::optional<Node>(found);
  }
  return std::optional<Node>();
}

absl::StatusOr<std::vector<SchemaMember>> MembersOfParts(const std::vector<Node>& parts) {
  std::vector<SchemaMember> members;
  std::set<std::string> required;
  for (const Node& part : parts) {
    ASSIGN_OR_RETURN(const Node names, part.Get("required"));
    if (names.present() && names.value().is_array()) {
      for (const Json& name : names.value()) {
        if (name.is_string()) required.insert(name.get<std::string>());
      }
    }
    ASSIGN_OR_RETURN(const Node properties, part.Get("properties"));
    ASSIGN_OR_RETURN(const auto children, properties.Children());
    for (const auto& [name, node] : children) {
      const auto known =
          std::find_if(members.begin(), members.end(),
                       [&name = name](const SchemaMember& one) { return one.name == name; });
      if (known == members.end()) {
        members.push_back({.name = name, .schema = node});
      } else {
        known->schema = node;
      }
    }
  }
  for (SchemaMember& member : members) member.required = required.count(member.name) > 0;
  return members;
}

class Converter {
 public:
  explicit Converter(const SchemaLimits& limits) : limits_(limits) {}

  absl::StatusOr<Json> Convert(const Node& schema, int levels) {
    if (!schema.present() || !schema.value().is_object() || --nodes_ < 0) return Json::object();
    const std::string identity = schema.Identity();
    if (!open_.insert(identity).second) return Json::object();
    absl::StatusOr<Json> out = ConvertOnce(schema, levels);
    open_.erase(identity);
    return out;
  }

 private:
  absl::StatusOr<Json> ConvertOnce(const Node& schema, int levels) {
    Json out = Json::object();
    ASSIGN_OR_RETURN(const std::vector<Node> parts, PartsOf(schema));
    for (const char* keyword : kKeywords) {
      ASSIGN_OR_RETURN(const std::optional<Node> found, LastOf(parts, keyword));
      if (found.has_value()) RETURN_IF_ERROR(Write(keyword, *found, out));
    }
    ASSIGN_OR_RETURN(const std::optional<Node> constant, LastOf(parts, "const"));
    if (constant.has_value() && !out.contains("enum")) {
      out["enum"] = Json::array({constant->value()});
    }
    RETURN_IF_ERROR(WriteExclusive(parts, "exclusiveMinimum", "minimum", 1, out));
    RETURN_IF_ERROR(WriteExclusive(parts, "exclusiveMaximum", "maximum", -1, out));
    RETURN_IF_ERROR(WriteChoices(schema, levels, out));
    RETURN_IF_ERROR(WriteItems(parts, levels, out));
    return WriteMembers(parts, levels, std::move(out));
  }

  absl::Status Write(const std::string& keyword, const Node& found, Json& out) {
    const Json& value = found.value();
    if (keyword == "type") {
      WriteType(value, out);
    } else if (keyword == "enum") {
      if (!value.is_array()) return absl::OkStatus();  // Says nothing.
      Json choices = Json::array();
      for (const Json& choice : value) {
        if (!choice.is_null()) choices.push_back(choice);
      }
      if (!choices.empty()) out[keyword] = std::move(choices);
    } else if (keyword == "default") {
      if (!value.is_null()) out[keyword] = value;
    } else if (keyword == "description" || keyword == "format" || keyword == "pattern") {
      if (!value.is_string())
        return found.Invalid(absl::StrCat("`", keyword, "` must be a string"));
      const auto& text = value.get_ref<const std::string&>();
      out[keyword] = std::string(CutUtf8(text, limits_.max_description));
    } else {
      if (!value.is_number())
        return found.Invalid(absl::StrCat("`", keyword, "` must be a number"));
      out[keyword] = value;
    }
    return absl::OkStatus();
  }

  static void WriteType(const Json& type, Json& out) {
    if (!type.is_array()) {
      if (type != "null") out["type"] = type;
      return;
    }
    Json types = Json::array();
    for (const Json& one : type) {
      if (one != "null") types.push_back(one);
    }
    if (types.size() == 1) {
      out["type"] = types.front();
      return;
    }
    for (const Json& one : types) {
      Json choice = {{"type", one}};
      if (one == "array") choice["items"] = Json::object();
      out["anyOf"].push_back(std::move(choice));
    }
  }

  // OpenAPI 3.1's number for an integer; clients do not all know the keyword. Of a number the bound
  // itself is allowed, which Zoho then refuses.
  static absl::Status WriteExclusive(const std::vector<Node>& parts, const char* keyword,
                                     const char* inclusive, int step, Json& out) {
    ASSIGN_OR_RETURN(const std::optional<Node> found, LastOf(parts, keyword));
    if (!found.has_value() || !found->value().is_number()) return absl::OkStatus();
    const Json& bound = found->value();
    out[inclusive] = bound.is_number_integer() && out.value("type", Json()) == "integer"
                         ? Json(bound.get<int64_t>() + step)
                         : bound;
    return absl::OkStatus();
  }

  absl::Status WriteChoices(const Node& schema, int levels, Json& out) {
    for (const char* keyword : {"anyOf", "oneOf"}) {
      ASSIGN_OR_RETURN(const std::vector<Node> choices, ChoicesOf(schema, keyword));
      if (choices.size() < 2 || levels <= 0) continue;
      Json shown = Json::array();
      for (const Node& choice : choices) {
        ASSIGN_OR_RETURN(Json converted, Convert(choice, levels - 1));
        if (!converted.empty()) shown.push_back(std::move(converted));
      }
      // A choice that says nothing here allows anything, and so do all together.
      if (shown.size() == choices.size()) out["anyOf"] = std::move(shown);
    }
    return absl::OkStatus();
  }

  absl::Status WriteItems(const std::vector<Node>& parts, int levels, Json& out) {
    ASSIGN_OR_RETURN(const std::optional<Node> items, LastOf(parts, "items"));
    if (levels > 0 && items.has_value() && items->value().is_object()) {
      ASSIGN_OR_RETURN(out["items"], Convert(*items, levels - 1));
    } else if (out.value("type", Json()) == "array") {
      out["items"] = Json::object();  // Some clients refuse an array without.
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Json> WriteMembers(const std::vector<Node>& parts, int levels, Json out) {
    if (levels <= 0) return out;
    ASSIGN_OR_RETURN(const std::vector<SchemaMember> members, MembersOfParts(parts));
    Json properties = Json::object();
    Json required = Json::array();
    for (const SchemaMember& member : members) {
      ASSIGN_OR_RETURN(const Node read_only, member.schema.Get("readOnly"));
      if (read_only.present() && read_only.value() == true) continue;
      ASSIGN_OR_RETURN(properties[member.name], Convert(member.schema, levels - 1));
      if (member.required) required.push_back(member.name);
    }
    if (!properties.empty()) out["properties"] = std::move(properties);
    if (!required.empty()) out["required"] = std::move(required);
    return out;
  }

  const SchemaLimits limits_;
  int nodes_ = kMaxNodes;
  // What is being converted, outermost included.
  std::set<std::string> open_;
};

}  // namespace

absl::StatusOr<Json> ClientSchema(const Node& schema, const SchemaLimits& limits) {
  return Converter(limits).Convert(schema, limits.levels);
}

absl::StatusOr<std::vector<SchemaMember>> MembersOf(const Node& schema) {
  ASSIGN_OR_RETURN(const std::vector<Node> parts, PartsOf(schema));
  return MembersOfParts(parts);
}

}  // namespace mesh::zoho_proxy
