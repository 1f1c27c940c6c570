#include "services/zoho_proxy/compiler.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/status_macros.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/client_schema.h"
#include "services/zoho_proxy/composite_workflows.h"
#include "services/zoho_proxy/operation_inputs.h"
#include "services/zoho_proxy/plain_operation.h"
#include "services/zoho_proxy/server.h"
#include "services/zoho_proxy/tool_name.h"

namespace mesh::zoho_proxy {
namespace {

using Listed = tools::v1::Tool;

// Rows that one call may be asked for.
constexpr int64_t kMaxLimit = 500;

// Of the name that stands for a document in the names of its tools.
constexpr size_t kMaxIntegration = 24;

constexpr char kCursorDescription[] =
    "Where to go on: the `next_cursor` of the answer before, passed back unchanged and with the "
    "same other arguments. Leave it out for the first page.";
constexpr char kFieldsDescription[] =
    "Comma-separated names of the fields to return, dotted for nested ones, for example "
    "`topic,startTime`. Leave it out for all.";

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
    if (paging.count == "none") paging.count.clear();
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
  if (paging.size > kMaxLimit) {
    return node.Invalid(absl::StrCat("`size` must be at most ", kMaxLimit));
  }
  return std::optional<Paging>(std::move(paging));
}

// --- Composites

absl::StatusOr<std::optional<Composite>> ReadComposite(const Node& operation) {
  ASSIGN_OR_RETURN(const Node node, operation.Get("x-composite"));
  if (!node.present()) return std::optional<Composite>();
  Composite composite;
  ASSIGN_OR_RETURN(composite.workflow, node.String("workflow"));
  if (FindCompositeKind(composite.workflow) == nullptr) {
    ASSIGN_OR_RETURN(const Node workflow, node.Get("workflow"));
    return workflow.Invalid(absl::StrCat("no workflow is called `", composite.workflow, "`"));
  }
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

// What all operations of a document share.
struct Origin {
  Node document;
  std::string integration = {};
  // Whether it is written for the mesh.
  bool curated = true;
};

struct Operation {
  std::string path = {};
  Node path_item;
  // Lower case.
  const char* http_method = "";
  Node node;
};

class OperationCompiler {
 public:
  OperationCompiler(const Origin& origin, const Operation& operation)
      : origin_(origin), path_item_(operation.path_item), operation_(operation.node) {
    tool_.path = operation.path;
    tool_.http_method = absl::AsciiStrToUpper(operation.http_method);
  }

  absl::StatusOr<Tool> Compile() {
    ASSIGN_OR_RETURN(tool_.server, ReadServer(origin_.document, path_item_, operation_,
                                              /*own=*/origin_.curated));
    return origin_.curated ? CompileCurated() : CompilePlain();
  }

 private:
  absl::StatusOr<Tool> CompileCurated() {
    ASSIGN_OR_RETURN(x_mcp_, operation_.Get("x-mcp"));
    RETURN_IF_ERROR(ReadNames());
    RETURN_IF_ERROR(ReadHints());
    RETURN_IF_ERROR(ReadAnswer());
    ASSIGN_OR_RETURN(tool_.paging, ReadPaging(operation_));
    ASSIGN_OR_RETURN(tool_.composite, ReadComposite(operation_));
    if (tool_.composite.has_value() &&
        !(tool_.listed.method() == Listed::CUSTOM && tool_.listed.read_only())) {
      return operation_.Invalid("`x-composite` is for a custom method that only reads");
    }
    if ((tool_.listed.method() == Listed::LIST) != tool_.paging.has_value()) {
      return operation_.Invalid("a list needs `x-pagination`, and nothing else has one");
    }
    RETURN_IF_ERROR(ReadSource());
    RETURN_IF_ERROR(ReadInputs({}));
    NameTheId();
    ASSIGN_OR_RETURN(const Json schema, MakeInputSchema());
    RETURN_IF_ERROR(CheckWorkflow(schema));
    RETURN_IF_ERROR(CompileRules(schema));
    return MakeOutputSchema();
  }

  // Of a document that knows nothing of the mesh.
  absl::StatusOr<Tool> CompilePlain() {
    RETURN_IF_ERROR(DescribePlain(origin_.integration, operation_, tool_));
    RETURN_IF_ERROR(ReadTags());
    RETURN_IF_ERROR(ReadScopes());
    Json schema;
    for (const SchemaLimits& limits : kPlainLimits) {
      RETURN_IF_ERROR(ReadInputs(limits));
      MakeNamesDistinct(inputs_);
      ASSIGN_OR_RETURN(schema, MakeInputSchema());
      if (schema.dump().size() <= kMaxPlainSchema) break;
    }
    RETURN_IF_ERROR(CompileRules(schema));
    return std::move(tool_);
  }

  absl::Status ReadNames() {
    Listed& listed = tool_.listed;
    ASSIGN_OR_RETURN(const Listed::Method method, MethodOf(x_mcp_));
    listed.set_method(method);
    ASSIGN_OR_RETURN(const std::string plural, x_mcp_.String("resource"));
    ASSIGN_OR_RETURN(const std::string singular, x_mcp_.String("singular"));
    std::string verb;
    if (method == Listed::CUSTOM) {
      ASSIGN_OR_RETURN(verb, x_mcp_.String("verb"));
    }
    listed.set_name(ToolName(method, origin_.integration, plural, singular, verb));
    if (!IsToolName(listed.name())) {
      return x_mcp_.Invalid(
          absl::StrCat("the tool's name ", listed.name(), " must be at most 60 of a-z, 0-9 and _"));
    }
    ASSIGN_OR_RETURN(*listed.mutable_title(), operation_.String("summary"));
    ASSIGN_OR_RETURN(*listed.mutable_description(), operation_.String("description"));
    absl::StripAsciiWhitespace(listed.mutable_description());
    RETURN_IF_ERROR(ReadTags());
    if (listed.tags().empty()) return operation_.Invalid("an operation needs `tags`");
    RETURN_IF_ERROR(ReadScopes());
    return listed.scopes().empty()
               ? operation_.Invalid("an operation needs `security` with the scopes of a call")
               : absl::OkStatus();
  }

  absl::Status ReadTags() {
    ASSIGN_OR_RETURN(const Node tags, operation_.Get("tags"));
    ASSIGN_OR_RETURN(const auto tag_nodes, tags.Children());
    for (const auto& [unused, tag] : tag_nodes) {
      if (!tag.value().is_string()) return tag.Invalid("a tag must be a string");
      tool_.listed.add_tags(tag.value().get<std::string>());
    }
    return absl::OkStatus();
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
    return absl::OkStatus();
  }

  // How sure it is that Zoho does what the document says.
  absl::Status ReadSource() const {
    ASSIGN_OR_RETURN(const Node source, operation_.Get("x-source"));
    if (!source.present()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::string confidence, source.String("confidence"));
    for (const char* known : {"documented", "knowledge_base", "seen", "inferred"}) {
      if (confidence == known) return absl::OkStatus();
    }
    return source.Invalid("`confidence` must be documented, knowledge_base, seen or inferred");
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
    return ReadSideEffects();
  }

  // Where the answer's rows or object are, and what is said where there are none.
  absl::Status ReadAnswer() {
    ASSIGN_OR_RETURN(tool_.items, x_mcp_.StringOr("items", ""));
    ASSIGN_OR_RETURN(tool_.lenient, x_mcp_.BoolOr("lenient", false));
    ASSIGN_OR_RETURN(tool_.row_id, x_mcp_.StringOr("row_id", ""));
    ASSIGN_OR_RETURN(tool_.not_found_hint, x_mcp_.StringOr("not_found", ""));
    ASSIGN_OR_RETURN(tool_.forbidden_hint, x_mcp_.StringOr("forbidden", ""));
    ASSIGN_OR_RETURN(tool_.url_argument, x_mcp_.StringOr("url_argument", ""));
    if (tool_.url_argument.empty() != (tool_.server.host != Server::Host::kFiles)) {
      return x_mcp_.Invalid("`url_argument` is for files, and files need it");
    }
    if (tool_.listed.method() == Listed::LIST && (tool_.items.empty() || tool_.row_id.empty())) {
      return x_mcp_.Invalid("a list needs `items` and `row_id`");
    }
    return absl::OkStatus();
  }

  // The model reads them at the end of the description.
  absl::Status ReadSideEffects() {
    ASSIGN_OR_RETURN(const Node node, x_mcp_.Get("side_effects"));
    if (!node.present()) return absl::OkStatus();
    if (tool_.listed.read_only()) return node.Invalid("what only reads has no `side_effects`");
    ASSIGN_OR_RETURN(const std::string effects, x_mcp_.String("side_effects"));
    absl::StrAppend(tool_.listed.mutable_description(), " Side effects: ", effects);
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

  absl::Status ReadInputs(const SchemaLimits& limits) {
    const InputReader reader(origin_.curated, limits);
    ASSIGN_OR_RETURN(inputs_, reader.ReadParameters(path_item_, operation_));
    inputs_.erase(std::remove_if(inputs_.begin(), inputs_.end(),
                                 [this](const Input& input) { return IsPaging(input); }),
                  inputs_.end());
    RETURN_IF_ERROR(CheckPath());
    ASSIGN_OR_RETURN(BodyInputs body, reader.ReadBody(operation_));
    tool_.has_body = body.present;
    // As Zoho's pages have it, and an object even where nothing is in it.
    if (body.present && !origin_.curated) {
      tool_.content_type = std::move(body.content_type);
      tool_.body_optional = !body.required;
    }
    std::move(body.inputs.begin(), body.inputs.end(), std::back_inserter(inputs_));
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

  // The parameter that stands last in the path and is asked of the model; nullptr where none is.
  Parameter* LastOfPath() {
    Parameter* last = nullptr;
    size_t position = 0;
    for (Input& input : inputs_) {
      if (input.parameter.in != Parameter::In::kPath || input.parameter.argument.empty()) continue;
      const size_t at = tool_.path.find(absl::StrCat("{", input.parameter.target, "}"));
      if (last != nullptr && at < position) continue;
      last = &input.parameter;
      position = at;
    }
    return last;
  }

  // `get`, `update` and `delete` take `id`, whatever Zoho calls the last part of the path.
  void NameTheId() {
    const Listed::Method method = tool_.listed.method();
    if (method != Listed::GET && method != Listed::UPDATE && method != Listed::DELETE) return;
    if (Parameter* last = LastOfPath()) last->argument = "id";
  }

  absl::StatusOr<Json> MakeInputSchema() {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Input& input : inputs_) {
      const std::string& name = input.parameter.argument;
      if (name.empty()) continue;
      if (properties.contains(name)) {
        return operation_.Invalid(absl::StrCat("two parameters are called `", name,
                                               "`; rename one by `x-mcp: {name: …}`"));
      }
      properties[name] = *input.schema;
      if (input.required) required.push_back(name);
    }
    for (const Input& input : inputs_) {
      const std::string& zone = input.parameter.zone_argument;
      if (!zone.empty() && !properties.contains(zone)) {
        return operation_.Invalid(absl::StrCat("there is no argument `", zone, "` for a zone"));
      }
    }
    if (!tool_.url_argument.empty() && !properties.contains(tool_.url_argument)) {
      return operation_.Invalid(absl::StrCat("there is no argument `", tool_.url_argument, "`"));
    }
    RETURN_IF_ERROR(AddStandardArguments(properties));
    Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    schema["additionalProperties"] = false;
    return schema;
  }

  absl::Status CompileRules(const Json& schema) {
    if (tool_.listed.method() == Listed::DELETE) {
      if (const Parameter* last = LastOfPath()) tool_.id_argument = last->argument;
    }
    std::map<std::string, std::string> examples;
    // What a document of others says is the default is what its server does without the argument.
    std::set<std::string> left_to_server;
    for (Input& input : inputs_) {
      const std::string& name = input.parameter.argument;
      if (!input.example.empty()) examples[name] = std::move(input.example);
      if (!origin_.curated) left_to_server.insert(name);
      tool_.parameters.push_back(std::move(input.parameter));
    }
    absl::StatusOr<std::shared_ptr<const ArgumentRules>> rules =
        ArgumentRules::Compile(schema, examples, left_to_server);
    if (!rules.ok()) return operation_.Invalid(rules.status().message());
    tool_.rules = *std::move(rules);
    tool_.listed.set_input_schema_json(schema.dump());
    return absl::OkStatus();
  }

  // What a workflow takes for granted of its arguments.
  absl::Status CheckWorkflow(const Json& schema) const {
    if (!tool_.composite.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Node node, operation_.Get("x-composite"));
    const CompositeKind& kind = *FindCompositeKind(tool_.composite->workflow);
    const Json& properties = schema.at("properties");
    const Json required = schema.value("required", Json::array());
    for (const char* name : kind.required) {
      if (std::find(required.begin(), required.end(), name) == required.end() ||
          properties.at(name).value("type", Json()) != "string") {
        return node.Invalid(
            absl::StrCat("the workflow needs a required argument `", name, "`, a string"));
      }
    }
    const auto limit = properties.find("limit");
    if (limit == properties.end()) return absl::OkStatus();
    if (limit->value("type", Json()) != "integer") return node.Invalid("`limit` is no integer");
    const int64_t most = limit->value("maximum", std::numeric_limits<int64_t>::max());
    if (kind.calls_each_row && tool_.composite->max_calls <= most) {
      return node.Invalid("`max_calls` must be more than the `maximum` of `limit`");
    }
    return absl::OkStatus();
  }

  // A composite tool's document states itself how many rows are right for it.
  absl::Status AddStandardArguments(Json& properties) {
    const bool is_composite = tool_.composite.has_value();
    for (const char* name : {"limit", "next_cursor", "fields"}) {
      if (is_composite && absl::string_view(name) == "limit") continue;
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
    }
    if (tool_.paging.has_value() || is_composite) {
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
    ASSIGN_OR_RETURN(const std::vector<SchemaMember> members, MembersOf(row));
    for (const SchemaMember& member : members) {
      ASSIGN_OR_RETURN(const std::string description, member.schema.StringOr("description", ""));
      Json& shown = schema["properties"][member.name] = Json::object();
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
        ASSIGN_OR_RETURN(schema, ClientSchema(documented));
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
                {"properties", {{"deleted", {{"type", "boolean"}}}}},
                {"required", Json::array({"deleted"})}};
      if (!tool_.id_argument.empty()) {
        schema["properties"]["id"] = {{"type", "string"}};
        schema["required"].push_back("id");
      }
    } else {
      schema = std::move(row);
    }
    tool_.listed.set_output_schema_json(schema.dump());
    return std::move(tool_);
  }

  const Origin& origin_;
  const Node& path_item_;
  const Node& operation_;
  Node x_mcp_ = operation_;
  std::vector<Input> inputs_;
  Tool tool_;
};

// The operations of a document in its order; for each that cannot be reached, and for each path
// whose operations cannot, the reason.
std::vector<absl::StatusOr<Operation>> OperationsOf(const Node& document) {
  std::vector<absl::StatusOr<Operation>> operations;
  const absl::StatusOr<Node> paths = document.Get("paths");
  if (!paths.ok()) return {paths.status()};
  if (!paths->present() || !paths->value().is_object()) return operations;
  for (const auto& [path, unused] : paths->value().items()) {
    const absl::StatusOr<Node> path_item = paths->Get(path);
    if (!path_item.ok()) {
      operations.push_back(path_item.status());
      continue;
    }
    for (const char* method : {"get", "put", "post", "delete", "patch"}) {
      const absl::StatusOr<Node> node = path_item->Get(method);
      if (!node.ok()) {
        operations.push_back(node.status());
      } else if (node->present()) {
        operations.push_back(
            Operation{.path = path, .path_item = *path_item, .http_method = method, .node = *node});
      }
    }
  }
  return operations;
}

// Whether the file is a document at all; one without `openapi` may hold what others refer to.
absl::StatusOr<bool> IsDocument(const Node& root) {
  if (!root.value().is_object()) return root.Invalid("is no OpenAPI document");
  if (!root.value().contains("openapi")) {
    for (const char* key : {"swagger", "paths", "info"}) {
      if (root.value().contains(key))
        return root.Invalid("must be OpenAPI 3: `openapi` is missing");
    }
    return false;
  }
  ASSIGN_OR_RETURN(const std::string version, root.String("openapi"));
  if (!absl::StartsWith(version, "3.")) return root.Invalid("must be OpenAPI 3");
  return true;
}

absl::StatusOr<Origin> OriginOf(const Node& document,
                                const std::vector<absl::StatusOr<Operation>>& operations) {
  Origin origin{.document = document, .curated = false};
  ASSIGN_OR_RETURN(const Node info, document.Get("info"));
  const std::string file = document.file().substr(0, document.file().find_last_of('.'));
  ASSIGN_OR_RETURN(origin.integration, info.StringOr("x-mcp-integration", SnakeCase(file)));
  if (origin.integration.size() > kMaxIntegration || !IsToolName(origin.integration)) {
    ASSIGN_OR_RETURN(const Node stated, info.Get("x-mcp-integration"));
    if (stated.present()) {
      return stated.Invalid("`x-mcp-integration` must be 1 to 24 of a-z, 0-9 and _");
    }
    origin.integration = SnakeCase(origin.integration.substr(0, kMaxIntegration));
    if (origin.integration.empty()) origin.integration = "api";
  }
  for (const absl::StatusOr<Operation>& operation : operations) {
    if (!operation.ok()) continue;
    const absl::StatusOr<Node> x_mcp = operation->node.Get("x-mcp");
    origin.curated = origin.curated || !x_mcp.ok() || x_mcp->present();
  }
  return origin;
}

class DocumentCompiler {
 public:
  DocumentCompiler(std::vector<Tool>& tools, std::set<std::string>& names,
                   std::vector<absl::Status>* left_out)
      : tools_(tools), names_(names), left_out_(left_out) {}

  absl::Status Compile(const Node& document) {
    const std::vector<absl::StatusOr<Operation>> operations = OperationsOf(document);
    ASSIGN_OR_RETURN(const Origin origin, OriginOf(document, operations));
    for (const absl::StatusOr<Operation>& operation : operations) {
      if (origin.curated) {
        RETURN_IF_ERROR(operation.status());
        RETURN_IF_ERROR(AddCurated(origin, *operation));
      } else if (!operation.ok()) {
        LeaveOut(operation.status());
      } else {
        RETURN_IF_ERROR(AddPlain(origin, *operation));
      }
    }
    return absl::OkStatus();
  }

 private:
  void LeaveOut(const absl::Status& why) {
    if (left_out_ != nullptr) left_out_->push_back(why);
  }

  absl::Status AddCurated(const Origin& origin, const Operation& operation) {
    ASSIGN_OR_RETURN(const Node x_mcp, operation.node.Get("x-mcp"));
    if (!x_mcp.present()) return absl::OkStatus();
    ASSIGN_OR_RETURN(Tool tool, OperationCompiler(origin, operation).Compile());
    if (!names_.insert(tool.listed.name()).second) {
      return operation.node.Invalid(
          absl::StrCat("the tool ", tool.listed.name(), " is there already"));
    }
    tools_.push_back(std::move(tool));
    return absl::OkStatus();
  }

  absl::Status AddPlain(const Origin& origin, const Operation& operation) {
    const absl::StatusOr<bool> described = IsDescribed(operation.node);
    if (described.ok() && !*described) return absl::OkStatus();
    absl::StatusOr<Tool> tool = described.ok() ? OperationCompiler(origin, operation).Compile()
                                               : absl::StatusOr<Tool>(described.status());
    if (!tool.ok()) {
      LeaveOut(tool.status());
      return absl::OkStatus();
    }
    if (!names_.insert(tool->listed.name()).second) {
      tool->listed.set_name(DistinctToolName(
          tool->listed.name(), absl::StrCat(operation.http_method, " ", operation.path)));
      if (!names_.insert(tool->listed.name()).second) {
        return operation.node.Invalid(
            absl::StrCat("the tool ", tool->listed.name(), " is there already"));
      }
    }
    tools_.push_back(*std::move(tool));
    return absl::OkStatus();
  }

  std::vector<Tool>& tools_;
  std::set<std::string>& names_;
  std::vector<absl::Status>* const left_out_;
};

}  // namespace

absl::StatusOr<std::vector<Tool>> CompileTools(const DocumentSet& documents,
                                               std::vector<absl::Status>* left_out) {
  std::vector<Tool> tools;
  std::set<std::string> names;
  DocumentCompiler compiler(tools, names, left_out);
  for (const Node& root : documents.Roots()) {
    ASSIGN_OR_RETURN(const bool is_document, IsDocument(root));
    if (!is_document) continue;
    RETURN_IF_ERROR(compiler.Compile(root));
  }
  return tools;
}

}  // namespace mesh::zoho_proxy
