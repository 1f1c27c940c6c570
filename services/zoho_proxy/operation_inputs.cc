#include "services/zoho_proxy/operation_inputs.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/status_macros.h"
#include "services/zoho_proxy/tool_name.h"

namespace mesh::zoho_proxy {
namespace {

absl::StatusOr<Parameter::In> InOf(const Node& parameter) {
  ASSIGN_OR_RETURN(const std::string in, parameter.String("in"));
  if (in == "path") return Parameter::In::kPath;
  if (in == "query") return Parameter::In::kQuery;
  if (in == "header") return Parameter::In::kHeader;
  return parameter.Invalid(absl::StrCat("a parameter in `", in, "` cannot be served"));
}

absl::Status ReadConversion(const Node& x_mcp, Parameter& parameter) {
  ASSIGN_OR_RETURN(const std::string convert, x_mcp.StringOr("convert", "none"));
  if (convert == "zoho_datetime") {
    parameter.convert = Parameter::Convert::kZohoDateTime;
    ASSIGN_OR_RETURN(parameter.zone_argument, x_mcp.String("zone"));
  } else if (convert == "iana_zone") {
    parameter.convert = Parameter::Convert::kZone;
  } else if (convert == "minutes_to_milliseconds") {
    parameter.convert = Parameter::Convert::kMinutesToMilliseconds;
  } else if (convert == "wrap_items") {
    parameter.convert = Parameter::Convert::kWrapItems;
    ASSIGN_OR_RETURN(parameter.wrap, x_mcp.String("wrap"));
    ASSIGN_OR_RETURN(parameter.number, x_mcp.StringOr("number", ""));
  } else if (convert == "user") {
    parameter.convert = Parameter::Convert::kUser;
  } else if (convert != "none") {
    return x_mcp.Invalid(
        "`convert` must be zoho_datetime, iana_zone, minutes_to_milliseconds, wrap_items, user or "
        "none");
  }
  ASSIGN_OR_RETURN(const std::string source, x_mcp.StringOr("source", "argument"));
  if (source == "organization") {
    parameter.source = Parameter::Source::kOrganization;
  } else if (source == "argument_or_user") {
    parameter.source = Parameter::Source::kArgumentOrUser;
  } else if (source != "argument") {
    return x_mcp.Invalid("`source` must be organization, argument_or_user or argument");
  }
  return absl::OkStatus();
}

// The example of a parameter or of its schema, as JSON text; empty where none is given.
absl::StatusOr<std::string> ExampleOf(const Node& place, const Node& schema) {
  for (const Node* node : {&place, &schema}) {
    ASSIGN_OR_RETURN(const Node example, node->Get("example"));
    if (example.present()) return example.value().dump();
    ASSIGN_OR_RETURN(const Node examples, node->Get("examples"));
    if (examples.present() && examples.value().is_array() && !examples.value().empty()) {
      return examples.value().front().dump();
    }
  }
  return std::string();
}

// The schema of a parameter, which may stand in its `content`.
absl::StatusOr<Node> SchemaOf(const Node& parameter) {
  ASSIGN_OR_RETURN(const Node schema, parameter.Get("schema"));
  if (schema.present()) return schema;
  ASSIGN_OR_RETURN(const Node content, parameter.Get("content"));
  ASSIGN_OR_RETURN(const auto types, content.Children());
  for (const auto& [unused, type] : types) {
    ASSIGN_OR_RETURN(const Node of_content, type.Get("schema"));
    if (of_content.present()) return of_content;
  }
  return parameter.Invalid("a parameter needs a `schema`");
}

absl::StatusOr<std::vector<Node>> ParameterNodes(const Node& path_item, const Node& operation) {
  std::vector<std::pair<std::string, Node>> nodes;
  for (const Node* owner : {&path_item, &operation}) {
    ASSIGN_OR_RETURN(const Node list, owner->Get("parameters"));
    ASSIGN_OR_RETURN(const auto children, list.Children());
    for (const auto& [unused, node] : children) {
      ASSIGN_OR_RETURN(const std::string name, node.String("name"));
      ASSIGN_OR_RETURN(const std::string in, node.String("in"));
      const std::string key = absl::StrCat(in, " ", name);
      const auto same = std::find_if(nodes.begin(), nodes.end(),
                                     [&key](const auto& known) { return known.first == key; });
      if (same != nodes.end()) {
        same->second = node;
      } else {
        nodes.emplace_back(key, node);
      }
    }
  }
  std::vector<Node> parameters;
  for (auto& [unused, node] : nodes) parameters.push_back(std::move(node));
  return parameters;
}

// What OpenAPI says is described elsewhere, and a caller must not set.
bool IsReservedHeader(const Parameter& parameter) {
  if (parameter.in != Parameter::In::kHeader) return false;
  for (const char* name : {"Accept", "Content-Type", "Authorization"}) {
    if (absl::EqualsIgnoreCase(parameter.target, name)) return true;
  }
  return false;
}

enum class BodyKind { kNone, kJson, kForm, kRaw };

BodyKind KindOf(const std::string& type) {
  if (absl::StrContains(type, "json") || absl::StartsWith(type, "*/*")) return BodyKind::kJson;
  if (absl::StartsWith(type, "application/x-www-form-urlencoded")) return BodyKind::kForm;
  // Several parts in one body are beyond flat arguments.
  return absl::StartsWith(type, "multipart/") ? BodyKind::kNone : BodyKind::kRaw;
}

}  // namespace

absl::StatusOr<std::vector<Input>> InputReader::ReadParameters(const Node& path_item,
                                                               const Node& operation) const {
  std::vector<Input> inputs;
  ASSIGN_OR_RETURN(const std::vector<Node> nodes, ParameterNodes(path_item, operation));
  for (const Node& node : nodes) {
    ASSIGN_OR_RETURN(Input input, ReadParameter(node));
    if (!IsReservedHeader(input.parameter)) inputs.push_back(std::move(input));
  }
  return inputs;
}

absl::StatusOr<Input> InputReader::ReadParameter(const Node& node) const {
  ASSIGN_OR_RETURN(const std::string name, node.String("name"));
  ASSIGN_OR_RETURN(const Node schema, SchemaOf(node));
  ASSIGN_OR_RETURN(Input input, Read(node, schema, name));
  ASSIGN_OR_RETURN(input.parameter.in, InOf(node));
  input.parameter.target = name;
  ASSIGN_OR_RETURN(input.required, node.BoolOr("required", false));
  // A path without one of its parts is another path.
  input.required = input.required || input.parameter.in == Parameter::In::kPath;
  return input;
}

absl::StatusOr<BodyInputs> InputReader::ReadBody(const Node& operation) const {
  BodyInputs body;
  ASSIGN_OR_RETURN(const Node node, operation.Get("requestBody"));
  if (!node.present()) return body;
  ASSIGN_OR_RETURN(const bool required, node.BoolOr("required", curated_));
  ASSIGN_OR_RETURN(const Node content, node.Get("content"));
  ASSIGN_OR_RETURN(const auto types, content.Children());
  for (const BodyKind wanted : {BodyKind::kJson, BodyKind::kForm, BodyKind::kRaw}) {
    for (const auto& [type, media] : types) {
      if (KindOf(type) != wanted) continue;
      ASSIGN_OR_RETURN(const Node schema, media.Get("schema"));
      if (curated_ && (!schema.present() || wanted != BodyKind::kJson)) continue;
      body.present = true;
      body.required = required;
      body.content_type = absl::StartsWith(type, "*/*") ? "application/json" : type;
      ASSIGN_OR_RETURN(const std::vector<SchemaMember> members, MembersOf(schema));
      if (wanted == BodyKind::kRaw || (members.empty() && !curated_)) {
        ASSIGN_OR_RETURN(Input input, ReadWhole(schema, required));
        if (wanted == BodyKind::kRaw) (*input.schema)["type"] = "string";
        body.inputs.push_back(std::move(input));
      } else {
        RETURN_IF_ERROR(ReadMembers(schema, "", required, body.inputs));
      }
      return body;
    }
  }
  return node.Invalid(curated_ ? "a body needs a schema of application/json"
                               : "a body of this kind cannot be served");
}

absl::StatusOr<Input> InputReader::ReadWhole(const Node& schema, bool required) const {
  ASSIGN_OR_RETURN(Input input, Read(schema, schema, "body"));
  input.parameter.in = Parameter::In::kBody;
  input.parameter.target = "";
  input.required = required;
  return input;
}

absl::Status InputReader::ReadMembers(const Node& schema, const std::string& pointer,
                                      bool all_required, std::vector<Input>& inputs) const {
  ASSIGN_OR_RETURN(const std::vector<SchemaMember> members, MembersOf(schema));
  for (const SchemaMember& member : members) {
    const Node& node = member.schema;
    ASSIGN_OR_RETURN(const Node read_only, node.Get("readOnly"));
    if (read_only.present() && read_only.value() == true) continue;
    const std::string target = absl::StrCat(pointer, "/", EscapePointerToken(member.name));
    const bool is_required = all_required && member.required;
    ASSIGN_OR_RETURN(const Node x_mcp, node.Get("x-mcp"));
    ASSIGN_OR_RETURN(const bool flatten, x_mcp.BoolOr("flatten", false));
    if (flatten) {
      ASSIGN_OR_RETURN(const Node items, node.Get("items"));
      RETURN_IF_ERROR(items.present()
                          ? ReadMembers(items, absl::StrCat(target, "/0"), is_required, inputs)
                          : ReadMembers(node, target, is_required, inputs));
      continue;
    }
    ASSIGN_OR_RETURN(Input input, Read(node, node, member.name));
    input.parameter.in = Parameter::In::kBody;
    input.parameter.target = target;
    input.required = is_required && input.parameter.source == Parameter::Source::kArgument;
    inputs.push_back(std::move(input));
  }
  return absl::OkStatus();
}

// What is common to parameters and to properties of a body. `place` holds the description and the
// `x-mcp`, `schema` the type; they are the same node for a property.
absl::StatusOr<Input> InputReader::Read(const Node& place, const Node& schema,
                                        absl::string_view name) const {
  Input input;
  if (!schema.present()) {
    input.parameter.argument = FitArgumentName(name);
    input.schema = std::make_shared<Json>(Json::object());
    return input;
  }
  ASSIGN_OR_RETURN(const Node x_mcp, place.Get("x-mcp"));
  RETURN_IF_ERROR(ReadConversion(x_mcp, input.parameter));
  ASSIGN_OR_RETURN(const Node shown, x_mcp.Get("schema"));
  ASSIGN_OR_RETURN(Json client, ClientSchema(shown.present() ? shown : schema, limits_));
  if (shown.present()) {
    ASSIGN_OR_RETURN(const Node type, schema.Get("type"));
    input.parameter.integer_on_wire =
        type.present() && type.value() == "integer" && client.value("type", Json()) == "string";
  }
  ASSIGN_OR_RETURN(const Node description, place.Get("description"));
  if (description.present() && description.value().is_string() &&
      (!client.contains("description") || !curated_)) {
    client["description"] = description.value();
  }
  input.schema = std::make_shared<Json>(std::move(client));
  ASSIGN_OR_RETURN(input.example, ExampleOf(shown.present() ? shown : place, schema));
  if (input.parameter.source == Parameter::Source::kOrganization) return input;
  ASSIGN_OR_RETURN(input.parameter.argument, x_mcp.StringOr("name", name));
  if (!curated_) input.parameter.argument = FitArgumentName(input.parameter.argument);
  RETURN_IF_ERROR(CheckCurated(input, place, schema, name));
  return input;
}

absl::Status InputReader::CheckCurated(const Input& input, const Node& place, const Node& schema,
                                       absl::string_view name) const {
  if (!curated_) return absl::OkStatus();
  if (!IsArgumentName(input.parameter.argument)) {
    return place.Invalid(absl::StrCat("the argument `", input.parameter.argument,
                                      "` must be 1 to 64 of a-z, A-Z, 0-9, _, ., -"));
  }
  if (!input.schema->contains("description")) {
    return place.Invalid(absl::StrCat("`", name, "` has no description"));
  }
  ASSIGN_OR_RETURN(const Node choices, schema.Get("enum"));
  if (choices.present() && !choices.value().is_array()) {
    return choices.Invalid("`enum` must be an array");
  }
  if (!input.schema->contains("type") && !input.schema->contains("enum") &&
      !input.schema->contains("anyOf")) {
    return schema.Invalid(absl::StrCat("`", name, "` has no type"));
  }
  return absl::OkStatus();
}

}  // namespace mesh::zoho_proxy
