#include "services/zoho_proxy/compiler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/base/status_macros.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/client_schema.h"

namespace mesh::zoho_proxy {
namespace {

using Listed = tools::v1::Tool;

// What the narrowest client takes.
constexpr size_t kMaxToolName = 60;
constexpr size_t kMaxArgumentName = 64;

// Rows that one call may be asked for.
constexpr int64_t kMaxLimit = 500;

constexpr char kCursorDescription[] =
    "Where to go on: the `next_cursor` of the answer before, passed back unchanged and with the "
    "same other arguments. Leave it out for the first page.";
constexpr char kFieldsDescription[] =
    "Comma-separated names of the fields to return, dotted for nested ones, for example "
    "`topic,startTime`. Leave it out for all.";

// --- Names

bool IsName(absl::string_view text, size_t max_length, absl::string_view others) {
  return !text.empty() && text.size() <= max_length &&
         std::all_of(text.begin(), text.end(), [others](char c) {
           return absl::ascii_isalnum(c) || absl::StrContains(others, c);
         });
}

std::string ToolName(Listed::Method method, absl::string_view integration, absl::string_view plural,
                     absl::string_view singular, absl::string_view verb) {
  switch (method) {
    case Listed::LIST:
      return absl::StrCat("list_all_", integration, "_", plural);
    case Listed::GET:
      return absl::StrCat("get_single_", integration, "_", singular, "_by_id");
    case Listed::CREATE:
      return absl::StrCat("create_a_", integration, "_", singular);
    case Listed::UPDATE:
      return absl::StrCat("update_a_", integration, "_", singular, "_by_id");
    case Listed::DELETE:
      return absl::StrCat("delete_a_", integration, "_", singular, "_by_id");
    default:
      return absl::StrCat(integration, "_", plural, "_", verb);
  }
}

absl::StatusOr<Listed::Method> MethodOf(const Node& x_mcp) {
  static const auto* const kMethods = new std::map<std::string, Listed::Method>{
      {"list", Listed::LIST},     {"get", Listed::GET},       {"create", Listed::CREATE},
      {"update", Listed::UPDATE}, {"delete", Listed::DELETE}, {"custom", Listed::CUSTOM}};
  ASSIGN_OR_RETURN(const std::string text, x_mcp.String("method"));
  const auto found = kMethods->find(text);
  if (found != kMethods->end()) return found->second;
  ASSIGN_OR_RETURN(const Node node, x_mcp.Get("method"));
  return node.Invalid("`method` must be list, get, create, update, delete or custom");
}

// --- Parameters

// A parameter and its place in the input schema.
struct Input {
  Parameter parameter = {};
  Json schema = {};
  bool required = false;
  std::string example = {};
};

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
        "`convert` must be zoho_datetime, minutes_to_milliseconds, wrap_items, user or none");
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

// What is common to parameters and to properties of a body. `place` holds the description and the
// `x-mcp`, `schema` the type; they are the same node for a property.
absl::StatusOr<Input> ReadInput(const Node& place, const Node& schema, absl::string_view name) {
  Input input;
  ASSIGN_OR_RETURN(const Node x_mcp, place.Get("x-mcp"));
  RETURN_IF_ERROR(ReadConversion(x_mcp, input.parameter));
  ASSIGN_OR_RETURN(const Node shown, x_mcp.Get("schema"));
  ASSIGN_OR_RETURN(const Json expanded, (shown.present() ? shown : schema).Expand());
  input.schema = ClientSchema(expanded);
  if (shown.present()) {
    ASSIGN_OR_RETURN(const Node type, schema.Get("type"));
    input.parameter.integer_on_wire =
        type.present() && type.value() == "integer" && input.schema.value("type", "") == "string";
  }
  ASSIGN_OR_RETURN(const std::string description, place.StringOr("description", ""));
  if (!description.empty() && !input.schema.contains("description")) {
    input.schema["description"] = description;
  }
  ASSIGN_OR_RETURN(input.example, ExampleOf(shown.present() ? shown : place, schema));
  if (input.parameter.source != Parameter::Source::kOrganization) {
    ASSIGN_OR_RETURN(input.parameter.argument, x_mcp.StringOr("name", name));
    if (!IsName(input.parameter.argument, kMaxArgumentName, "_.-")) {
      return place.Invalid(absl::StrCat("the argument `", input.parameter.argument,
                                        "` must be 1 to 64 of a-z, A-Z, 0-9, _, ., -"));
    }
    if (!input.schema.contains("description")) {
      return place.Invalid(absl::StrCat("`", name, "` has no description"));
    }
    if (!input.schema.contains("type") && !input.schema.contains("enum") &&
        !input.schema.contains("anyOf")) {
      return schema.Invalid(absl::StrCat("`", name, "` has no type"));
    }
  }
  return input;
}

// The parameters of the path and of the operation; the latter replace those of the same name and
// place.
absl::StatusOr<std::vector<std::pair<std::string, Node>>> ParameterNodes(const Node& path,
                                                                         const Node& operation) {
  std::vector<std::pair<std::string, Node>> nodes;
  for (const Node& owner : {path, operation}) {
    ASSIGN_OR_RETURN(const Node list, owner.Get("parameters"));
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
  return nodes;
}

// The properties of a body as inputs. A property with `x-mcp: {flatten: true}`, an object or an
// array of one object, is not an argument itself: its members are.
absl::Status ReadBody(const Node& schema, const std::string& pointer, bool all_required,
                      std::vector<Input>& inputs) {
  ASSIGN_OR_RETURN(const Node properties, schema.Get("properties"));
  ASSIGN_OR_RETURN(const auto children, properties.Children());
  ASSIGN_OR_RETURN(const Node required, schema.Get("required"));
  for (const auto& [name, node] : children) {
    const std::string target = absl::StrCat(pointer, "/", EscapePointerToken(name));
    const bool is_required =
        all_required && required.present() && required.value().is_array() &&
        std::find(required.value().begin(), required.value().end(), name) != required.value().end();
    ASSIGN_OR_RETURN(const Node x_mcp, node.Get("x-mcp"));
    ASSIGN_OR_RETURN(const bool flatten, x_mcp.BoolOr("flatten", false));
    if (flatten) {
      ASSIGN_OR_RETURN(const Node items, node.Get("items"));
      RETURN_IF_ERROR(items.present()
                          ? ReadBody(items, absl::StrCat(target, "/0"), is_required, inputs)
                          : ReadBody(node, target, is_required, inputs));
      continue;
    }
    ASSIGN_OR_RETURN(Input input, ReadInput(node, node, name));
    input.parameter.in = Parameter::In::kBody;
    input.parameter.target = target;
    input.required = is_required && input.parameter.source == Parameter::Source::kArgument;
    inputs.push_back(std::move(input));
  }
  return absl::OkStatus();
}

// --- Paging

absl::StatusOr<std::optional<Paging>> ReadPaging(const Node& operation) {
  ASSIGN_OR_RETURN(const Node node, operation.Get("x-pagination"));
  if (!node.present()) return std::optional<Paging>();
  Paging paging;
  ASSIGN_OR_RETURN(const std::string kind, node.String("kind"));
  if (kind == "page" || kind == "offset") {
    paging.kind = kind == "page" ? Paging::Kind::kPage : Paging::Kind::kOffset;
    ASSIGN_OR_RETURN(paging.index, node.StringOr("index", "index"));
    ASSIGN_OR_RETURN(paging.count, node.StringOr("count", "count"));
  } else if (kind != "none") {
    return node.Invalid("`kind` must be page, offset or none");
  }
  ASSIGN_OR_RETURN(paging.base, node.IntegerOr("base", 0));
  ASSIGN_OR_RETURN(paging.size, node.IntegerOr("size", 20));
  ASSIGN_OR_RETURN(paging.max, node.IntegerOr("max", 100));
  ASSIGN_OR_RETURN(paging.total, node.StringOr("total", ""));
  ASSIGN_OR_RETURN(paging.more, node.StringOr("more", ""));
  if (paging.base < 0 || paging.size < 1 || paging.max < paging.size) {
    return node.Invalid("needs `base` >= 0 and 1 <= `size` <= `max`");
  }
  return std::optional<Paging>(std::move(paging));
}

// --- Composites

absl::StatusOr<std::optional<Composite>> ReadComposite(const Node& operation) {
  ASSIGN_OR_RETURN(const Node node, operation.Get("x-composite"));
  if (!node.present()) return std::optional<Composite>();
  Composite composite;
  ASSIGN_OR_RETURN(composite.workflow, node.String("workflow"));
  ASSIGN_OR_RETURN(const int64_t concurrency, node.IntegerOr("concurrency", composite.concurrency));
  ASSIGN_OR_RETURN(const int64_t max_calls, node.IntegerOr("max_calls", composite.max_calls));
  constexpr int64_t kMost = 1000;
  if (concurrency < 1 || max_calls < concurrency || max_calls > kMost) {
    return node.Invalid("needs 1 <= `concurrency` <= `max_calls` <= 1000");
  }
  composite.concurrency = static_cast<int>(concurrency);
  composite.max_calls = static_cast<int>(max_calls);
  return std::optional<Composite>(std::move(composite));
}

// --- One operation

class OperationCompiler {
 public:
  OperationCompiler(const Node& document, absl::string_view path, const Node& path_item,
                    absl::string_view http_method, const Node& operation)
      : document_(document), path_item_(path_item), operation_(operation) {
    tool_.path = std::string(path);
    tool_.http_method = absl::AsciiStrToUpper(http_method);
  }

  absl::StatusOr<Tool> Compile() {
    ASSIGN_OR_RETURN(x_mcp_, operation_.Get("x-mcp"));
    RETURN_IF_ERROR(ReadNames());
    RETURN_IF_ERROR(ReadHints());
    ASSIGN_OR_RETURN(tool_.paging, ReadPaging(operation_));
    ASSIGN_OR_RETURN(tool_.composite, ReadComposite(operation_));
    if (tool_.composite.has_value() &&
        !(tool_.listed.method() == Listed::CUSTOM && tool_.listed.read_only())) {
      return operation_.Invalid("`x-composite` is for a custom method that only reads");
    }
    if ((tool_.listed.method() == Listed::LIST) != tool_.paging.has_value()) {
      return operation_.Invalid("a list needs `x-pagination`, and nothing else has one");
    }
    RETURN_IF_ERROR(ReadParameters());
    RETURN_IF_ERROR(ReadRequestBody());
    RETURN_IF_ERROR(MakeInputSchema());
    return MakeOutputSchema();
  }

 private:
  absl::Status ReadNames() {
    Listed& listed = tool_.listed;
    ASSIGN_OR_RETURN(const Listed::Method method, MethodOf(x_mcp_));
    listed.set_method(method);
    ASSIGN_OR_RETURN(const Node info, document_.Get("info"));
    ASSIGN_OR_RETURN(const std::string integration, info.String("x-mcp-integration"));
    ASSIGN_OR_RETURN(const std::string plural, x_mcp_.String("resource"));
    ASSIGN_OR_RETURN(const std::string singular, x_mcp_.String("singular"));
    std::string verb;
    if (method == Listed::CUSTOM) {
      ASSIGN_OR_RETURN(verb, x_mcp_.String("verb"));
    }
    listed.set_name(ToolName(method, integration, plural, singular, verb));
    if (!IsName(listed.name(), kMaxToolName, "_") ||
        listed.name() != absl::AsciiStrToLower(listed.name())) {
      return x_mcp_.Invalid(
          absl::StrCat("the tool's name ", listed.name(), " must be at most 60 of a-z, 0-9 and _"));
    }
    ASSIGN_OR_RETURN(*listed.mutable_title(), operation_.String("summary"));
    ASSIGN_OR_RETURN(*listed.mutable_description(), operation_.String("description"));
    absl::StripAsciiWhitespace(listed.mutable_description());
    ASSIGN_OR_RETURN(const Node tags, operation_.Get("tags"));
    ASSIGN_OR_RETURN(const auto tag_nodes, tags.Children());
    for (const auto& [unused, tag] : tag_nodes) {
      if (!tag.value().is_string()) return tag.Invalid("a tag must be a string");
      listed.add_tags(tag.value().get<std::string>());
    }
    if (listed.tags().empty()) return operation_.Invalid("an operation needs `tags`");
    return ReadScopes();
  }

  absl::Status ReadScopes() {
    ASSIGN_OR_RETURN(const Node security, operation_.Get("security"));
    ASSIGN_OR_RETURN(const auto choices, security.Children());
    for (const auto& [unused, choice] : choices) {
      ASSIGN_OR_RETURN(const auto schemes, choice.Children());
      for (const auto& [scheme, scopes] : schemes) {
        for (const Json& scope : scopes.value()) {
          if (!scope.is_string()) return scopes.Invalid("a scope must be a string");
          tool_.listed.add_scopes(scope.get<std::string>());
        }
      }
    }
    if (tool_.listed.scopes().empty()) {
      return operation_.Invalid("an operation needs `security` with the scopes of a call");
    }
    return absl::OkStatus();
  }

  absl::Status ReadHints() {
    Listed& listed = tool_.listed;
    const Listed::Method method = listed.method();
    const bool reads = method == Listed::LIST || method == Listed::GET;
    if (method == Listed::CUSTOM) RETURN_IF_ERROR(RequireHint());
    ASSIGN_OR_RETURN(const bool read_only, x_mcp_.BoolOr("read_only", reads));
    listed.set_read_only(read_only);
    ASSIGN_OR_RETURN(
        const bool destructive,
        x_mcp_.BoolOr("destructive", method == Listed::UPDATE || method == Listed::DELETE));
    listed.set_destructive(destructive);
    ASSIGN_OR_RETURN(const bool idempotent,
                     x_mcp_.BoolOr("idempotent", read_only || method == Listed::UPDATE ||
                                                     method == Listed::DELETE));
    listed.set_idempotent(idempotent);
    ASSIGN_OR_RETURN(const bool open_world, x_mcp_.BoolOr("open_world", false));
    listed.set_open_world(open_world);
    ASSIGN_OR_RETURN(tool_.items, x_mcp_.StringOr("items", ""));
    ASSIGN_OR_RETURN(tool_.row_id, x_mcp_.StringOr("row_id", ""));
    ASSIGN_OR_RETURN(tool_.not_found_hint, x_mcp_.StringOr("not_found", ""));
    ASSIGN_OR_RETURN(tool_.forbidden_hint, x_mcp_.StringOr("forbidden", ""));
    if (method == Listed::LIST && (tool_.items.empty() || tool_.row_id.empty())) {
      return x_mcp_.Invalid("a list needs `items` and `row_id`");
    }
    return absl::OkStatus();
  }

  absl::Status RequireHint() {
    ASSIGN_OR_RETURN(const Node read_only, x_mcp_.Get("read_only"));
    return read_only.present() ? absl::OkStatus()
                               : x_mcp_.Invalid("a custom method must state `read_only`");
  }

  bool IsPaging(const Input& input) const {
    return tool_.paging.has_value() && input.parameter.in == Parameter::In::kQuery &&
           tool_.paging->kind != Paging::Kind::kNone &&
           (input.parameter.target == tool_.paging->index ||
            input.parameter.target == tool_.paging->count);
  }

  absl::Status ReadParameters() {
    ASSIGN_OR_RETURN(const auto nodes, ParameterNodes(path_item_, operation_));
    for (const auto& [unused, node] : nodes) {
      ASSIGN_OR_RETURN(const std::string name, node.String("name"));
      ASSIGN_OR_RETURN(const Node schema, node.Get("schema"));
      if (!schema.present()) return node.Invalid("a parameter needs a `schema`");
      ASSIGN_OR_RETURN(Input input, ReadInput(node, schema, name));
      ASSIGN_OR_RETURN(input.parameter.in, InOf(node));
      input.parameter.target = name;
      ASSIGN_OR_RETURN(input.required, node.BoolOr("required", false));
      if (IsPaging(input)) continue;
      inputs_.push_back(std::move(input));
    }
    RETURN_IF_ERROR(CheckPath());
    NameTheId();
    return absl::OkStatus();
  }

  // Every `{name}` of the path has its parameter, and the other way round.
  absl::Status CheckPath() const {
    size_t named = 0;
    for (const Input& input : inputs_) {
      if (input.parameter.in != Parameter::In::kPath) continue;
      ++named;
      if (!absl::StrContains(tool_.path, absl::StrCat("{", input.parameter.target, "}"))) {
        return operation_.Invalid(absl::StrCat("the path has no {", input.parameter.target, "}"));
      }
    }
    if (static_cast<size_t>(std::count(tool_.path.begin(), tool_.path.end(), '{')) != named) {
      return operation_.Invalid(absl::StrCat("a part of ", tool_.path, " has no parameter"));
    }
    return absl::OkStatus();
  }

  // `get`, `update` and `delete` take `id`, whatever Zoho calls the last part of the path.
  void NameTheId() {
    const Listed::Method method = tool_.listed.method();
    if (method != Listed::GET && method != Listed::UPDATE && method != Listed::DELETE) return;
    Parameter* last = nullptr;
    size_t position = 0;
    for (Input& input : inputs_) {
      if (input.parameter.in != Parameter::In::kPath || input.parameter.argument.empty()) continue;
      const size_t at = tool_.path.find(absl::StrCat("{", input.parameter.target, "}"));
      if (last != nullptr && at < position) continue;
      last = &input.parameter;
      position = at;
    }
    if (last != nullptr) last->argument = "id";
  }

  absl::Status ReadRequestBody() {
    ASSIGN_OR_RETURN(const Node body, operation_.Get("requestBody"));
    if (!body.present()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Node content, body.Get("content"));
    ASSIGN_OR_RETURN(const Node json, content.Get("application/json"));
    ASSIGN_OR_RETURN(const Node schema, json.Get("schema"));
    if (!schema.present()) return body.Invalid("a body needs a schema of application/json");
    tool_.has_body = true;
    return ReadBody(schema, "", true, inputs_);
  }

  absl::Status MakeInputSchema() {
    Json properties = Json::object();
    Json required = Json::array();
    std::map<std::string, std::string> examples;
    for (Input& input : inputs_) {
      const std::string& name = input.parameter.argument;
      if (!name.empty()) {
        if (properties.contains(name)) {
          return operation_.Invalid(absl::StrCat("two parameters are called `", name,
                                                 "`; rename one by `x-mcp: {name: …}`"));
        }
        properties[name] = std::move(input.schema);
        if (input.required) required.push_back(name);
        if (!input.example.empty()) examples[name] = input.example;
      }
      tool_.parameters.push_back(std::move(input.parameter));
    }
    for (const Parameter& parameter : tool_.parameters) {
      if (!parameter.zone_argument.empty() && !properties.contains(parameter.zone_argument)) {
        return operation_.Invalid(
            absl::StrCat("there is no argument `", parameter.zone_argument, "` for a zone"));
      }
    }
    RETURN_IF_ERROR(AddStandardArguments(properties));
    Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    schema["additionalProperties"] = false;
    absl::StatusOr<std::shared_ptr<const ArgumentRules>> rules =
        ArgumentRules::Compile(schema, examples);
    if (!rules.ok()) return operation_.Invalid(rules.status().message());
    tool_.rules = *std::move(rules);
    tool_.listed.set_input_schema_json(schema.dump());
    return absl::OkStatus();
  }

  // A composite tool's document states all of its arguments itself.
  absl::Status AddStandardArguments(Json& properties) {
    if (tool_.composite.has_value()) return absl::OkStatus();
    for (const char* name : {"limit", "next_cursor", "fields"}) {
      if (properties.contains(name)) {
        return operation_.Invalid(absl::StrCat("the argument `", name, "` is the mesh's own"));
      }
    }
    if (tool_.paging.has_value()) {
      properties["limit"] = {
          {"type", "integer"},
          {"description", "How many rows to return at most."},
          {"default", tool_.paging->size},
          {"minimum", 1},
          {"maximum", kMaxLimit},
      };
      properties["next_cursor"] = {{"type", "string"}, {"description", kCursorDescription}};
    }
    if (tool_.listed.read_only()) {
      properties["fields"] = {{"type", "string"}, {"description", kFieldsDescription}};
    }
    return absl::OkStatus();
  }

  // The schema of a row of a list, or of the object of anything else; absent where none is stated.
  absl::StatusOr<Node> DocumentedRow() const {
    ASSIGN_OR_RETURN(const Node responses, operation_.Get("responses"));
    ASSIGN_OR_RETURN(const auto children, responses.Children());
    for (const auto& [code, response] : children) {
      if (!absl::StartsWith(code, "2")) continue;
      ASSIGN_OR_RETURN(const Node content, response.Get("content"));
      ASSIGN_OR_RETURN(const Node json, content.Get("application/json"));
      ASSIGN_OR_RETURN(Node at, json.Get("schema"));
      for (const absl::string_view token : absl::StrSplit(tool_.items, '/', absl::SkipEmpty())) {
        ASSIGN_OR_RETURN(const Node properties, at.Get("properties"));
        ASSIGN_OR_RETURN(at, properties.Get(token));
        if (!at.present()) {
          return x_mcp_.Invalid(
              absl::StrCat("`items` is ", tool_.items, ", which the response does not have"));
        }
      }
      ASSIGN_OR_RETURN(const Node items, at.Get("items"));
      return items.present() ? items : at;
    }
    return operation_.Invalid("an operation needs a response with a status of 2xx");
  }

  // As documented, but for types: Zoho answers the same field now as a number, now as a string, and
  // some clients hold an answer to its schema.
  absl::StatusOr<Json> RowSchema() const {
    ASSIGN_OR_RETURN(const Node row, DocumentedRow());
    Json schema = {{"type", "object"}};
    ASSIGN_OR_RETURN(const Node properties, row.Get("properties"));
    ASSIGN_OR_RETURN(const auto children, properties.Children());
    for (const auto& [name, property] : children) {
      ASSIGN_OR_RETURN(const std::string description, property.StringOr("description", ""));
      Json& shown = schema["properties"][name] = Json::object();
      if (!description.empty()) shown["description"] = description;
    }
    return schema;
  }

  absl::StatusOr<Tool> MakeOutputSchema() {
    Json schema;
    if (tool_.composite.has_value()) {
      // The mesh writes these answers itself: what the document says of types holds.
      ASSIGN_OR_RETURN(const Node documented, DocumentedRow());
      if (documented.present()) {
        ASSIGN_OR_RETURN(const Json expanded, documented.Expand());
        schema = ClientSchema(expanded);
      }
      tool_.listed.set_output_schema_json(schema.dump());
      return std::move(tool_);
    }
    ASSIGN_OR_RETURN(Json row, RowSchema());
    if (tool_.paging.has_value()) {
      schema = {{"type", "object"},
                {"properties",
                 {{"results", {{"type", "array"}, {"items", std::move(row)}}},
                  {"next_cursor", {{"type", "string"}}},
                  {"total", {{"type", "integer"}}},
                  {"note", {{"type", "string"}}}}},
                {"required", {"results"}}};
    } else if (tool_.listed.method() == Listed::DELETE) {
      schema = {{"type", "object"},
                {"properties", {{"deleted", {{"type", "boolean"}}}, {"id", {{"type", "string"}}}}},
                {"required", {"deleted", "id"}}};
    } else {
      schema = std::move(row);
    }
    tool_.listed.set_output_schema_json(schema.dump());
    return std::move(tool_);
  }

  const Node& document_;
  const Node& path_item_;
  const Node& operation_;
  Node x_mcp_ = operation_;
  std::vector<Input> inputs_;
  Tool tool_;
};

}  // namespace

absl::StatusOr<std::vector<Tool>> CompileTools(const DocumentSet& documents) {
  std::vector<Tool> tools;
  std::map<std::string, Node> by_name;
  for (const Node& document : documents.Roots()) {
    if (!document.value().is_object()) return document.Invalid("is no OpenAPI document");
    ASSIGN_OR_RETURN(const std::string version, document.String("openapi"));
    if (!absl::StartsWith(version, "3.")) return document.Invalid("must be OpenAPI 3");
    ASSIGN_OR_RETURN(const Node paths, document.Get("paths"));
    ASSIGN_OR_RETURN(const auto path_items, paths.Children());
    for (const auto& [path, path_item] : path_items) {
      for (const absl::string_view method : {"get", "put", "post", "delete", "patch"}) {
        ASSIGN_OR_RETURN(const Node operation, path_item.Get(method));
        ASSIGN_OR_RETURN(const Node x_mcp, operation.Get("x-mcp"));
        if (!x_mcp.present()) continue;
        ASSIGN_OR_RETURN(Tool tool,
                         OperationCompiler(document, path, path_item, method, operation).Compile());
        if (!by_name.emplace(tool.listed.name(), operation).second) {
          return operation.Invalid(
              absl::StrCat("the tool ", tool.listed.name(), " is there already"));
        }
        tools.push_back(std::move(tool));
      }
    }
  }
  return tools;
}

}  // namespace mesh::zoho_proxy
