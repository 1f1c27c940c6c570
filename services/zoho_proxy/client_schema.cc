#include "services/zoho_proxy/client_schema.h"

#include <array>
#include <string>

#include <nlohmann/json.hpp>

namespace mesh::zoho_proxy {
namespace {

// In the order in which they are written.
constexpr std::array kKeywords = {"type",     "description", "format",    "enum",
                                  "default",  "minimum",     "maximum",   "pattern",
                                  "minItems", "maxItems",    "minLength", "maxLength"};

// Lays the members of each part of `allOf` under those of the schema itself.
Json MergeAllOf(const Json& schema) {
  const auto parts = schema.find("allOf");
  if (parts == schema.end() || !parts->is_array()) return schema;
  Json merged = Json::object();
  const auto lay = [&merged](const Json& part) {
    for (const auto& [key, value] : part.items()) {
      if (key == "allOf") continue;
      if (key == "properties" && merged.contains(key)) {
        merged[key].update(value);
      } else if (key == "required" && merged.contains(key)) {
        merged[key].insert(merged[key].end(), value.begin(), value.end());
      } else {
        merged[key] = value;
      }
    }
  };
  for (const Json& part : *parts) {
    if (part.is_object()) lay(MergeAllOf(part));
  }
  lay(schema);
  return merged;
}

// The one type that is not null.
Json PlainType(const Json& type) {
  if (!type.is_array()) return type;
  Json plain;
  for (const Json& one : type) {
    if (one == "null") continue;
    if (!plain.is_null()) return nullptr;  // Several: any.
    plain = one;
  }
  return plain;
}

}  // namespace

Json ClientSchema(const Json& expanded) {
  Json out = Json::object();
  if (!expanded.is_object()) return out;
  const Json schema = MergeAllOf(expanded);
  for (const char* keyword : kKeywords) {
    const auto member = schema.find(keyword);
    if (member == schema.end()) continue;
    Json value = member.key() == "type" ? PlainType(*member) : *member;
    if (!value.is_null()) out[keyword] = std::move(value);
  }
  for (const char* keyword : {"anyOf", "oneOf"}) {
    const auto member = schema.find(keyword);
    if (member == schema.end() || !member->is_array()) continue;
    for (const Json& choice : *member) {
      if (choice.value("type", "") != "null") out["anyOf"].push_back(ClientSchema(choice));
    }
  }
  if (const auto items = schema.find("items"); items != schema.end()) {
    out["items"] = ClientSchema(*items);
  }
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    Json& target = out["properties"] = Json::object();
    for (const auto& [name, property] : properties->items()) target[name] = ClientSchema(property);
    if (const auto required = schema.find("required"); required != schema.end()) {
      out["required"] = *required;
    }
  }
  return out;
}

}  // namespace mesh::zoho_proxy
