#include "services/zoho_proxy/compiler.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"
#include "services/zoho_proxy/arguments.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGood[] = R"(openapi: 3.1.0
info: {title: Cats, version: "1", x-mcp-integration: zoo}
paths:
  /api/{org}/cat/{cat_id}/kitten:
    parameters:
      - {name: org, in: path, required: true, schema: {type: string}, x-mcp: {source: organization}}
      - {name: cat_id, in: path, required: true, description: From the list of cats., schema: {type: string}, example: "7"}
    get:
      summary: List kittens
      description: |
        Lists a cat's kittens.
      tags: [kittens]
      security: [{zoho: [Zoo.READ]}]
      x-mcp: {resource: kittens, singular: kitten, method: list, items: /rows, row_id: id}
      x-pagination: {kind: page, base: 1, size: 10, max: 40, total: /count}
      parameters:
        - {name: colour, in: query, description: Which., schema: {type: string, enum: [red, black]}}
        - {name: index, in: query, schema: {type: integer}, description: Page.}
        - {name: count, in: query, schema: {type: integer}, description: Rows.}
      responses:
        "200":
          description: Kittens.
          content:
            application/json:
              schema:
                type: object
                properties:
                  rows: {type: array, items: {type: object, properties: {id: {type: integer, description: Its id.}}}}
    put:
      summary: Change a kitten
      description: Changes a kitten.
      tags: [kittens]
      security: [{zoho: [Zoo.UPDATE]}]
      x-mcp: {resource: kittens, singular: kitten, method: update}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [kitten]
              properties:
                kitten:
                  type: object
                  x-mcp: {flatten: true}
                  required: [name]
                  properties:
                    name: {type: string, description: Its name.}
                    owner:
                      type: integer
                      description: Id of its owner.
                      x-mcp: {schema: {type: string}}
                    toys:
                      type: array
                      description: What it plays with.
                      items: {type: object}
                      x-mcp: {convert: wrap_items, wrap: label, schema: {type: array, items: {type: string}}}
                guardians:
                  type: array
                  x-mcp: {flatten: true}
                  items:
                    type: object
                    properties:
                      mail: {type: string, description: Who looks after it., x-mcp: {name: guardian_mail}}
      responses: {"200": {description: Done.}}
)";

absl::StatusOr<std::vector<Tool>> Compile(const std::string& text) {
  // The set must outlive the compilation only.
  const absl::StatusOr<DocumentSet> set = DocumentSet::Parse({{"a.yaml", text}});
  if (!set.ok()) return set.status();
  return CompileTools(*set);
}

TEST(Compiler, MakesAFlatToolOfAnOperation) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools, Compile(kGood));
  ASSERT_EQ(tools.size(), 2u);
  const Tool& list = tools[0];
  EXPECT_EQ(list.listed.name(), "list_all_zoo_kittens");
  EXPECT_EQ(list.listed.title(), "List kittens");
  EXPECT_EQ(list.listed.description(), "Lists a cat's kittens.");
  EXPECT_THAT(list.listed.tags(), ElementsAre("kittens"));
  EXPECT_THAT(list.listed.scopes(), ElementsAre("Zoo.READ"));
  EXPECT_TRUE(list.listed.read_only());
  EXPECT_FALSE(list.listed.destructive());
  EXPECT_EQ(list.http_method, "GET");
  const Json schema = Json::parse(list.listed.input_schema_json());
  EXPECT_EQ(schema["required"].dump(), R"(["cat_id"])");
  EXPECT_EQ(schema["additionalProperties"], false);
  std::vector<std::string> names;
  for (const auto& [name, property] : schema["properties"].items()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("cat_id", "colour", "limit", "next_cursor", "fields"));
  EXPECT_EQ(schema["properties"]["limit"]["default"], 10);
  EXPECT_EQ(
      Json::parse(list.listed.output_schema_json())["properties"]["results"].dump(),
      R"({"type":"array","items":{"type":"object","properties":{"id":{"description":"Its id."}}}})");
  EXPECT_EQ(list.paging->max, 40);
}

TEST(Compiler, FlattensABodyAndRemembersWhereEachPartGoes) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools, Compile(kGood));
  const Tool& update = tools[1];
  EXPECT_EQ(update.listed.name(), "update_a_zoo_kitten_by_id");
  EXPECT_TRUE(update.listed.destructive());
  EXPECT_TRUE(update.has_body);
  EXPECT_EQ(Json::parse(update.listed.input_schema_json()).dump(),
            Json::parse(R"({"type":"object","properties":{
                "id":{"type":"string","description":"From the list of cats."},
                "name":{"type":"string","description":"Its name."},
                "owner":{"type":"string","description":"Id of its owner."},
                "toys":{"type":"array","items":{"type":"string"},"description":"What it plays with."},
                "guardian_mail":{"type":"string","description":"Who looks after it."}},
                "required":["id","name"],"additionalProperties":false})")
                .dump());
  std::map<std::string, std::string> targets;
  for (const Parameter& parameter : update.parameters)
    targets[parameter.argument] = parameter.target;
  EXPECT_EQ(targets["name"], "/kitten/name");
  EXPECT_EQ(targets["guardian_mail"], "/guardians/0/mail");
  EXPECT_TRUE(update.parameters[3].integer_on_wire);
  EXPECT_EQ(update.parameters[4].wrap, "label");
}

struct BadDocument {
  const char* name;
  // A text of the good document and what stands in its place.
  const char* from;
  const char* to;
  int line;
  const char* complaint;
};

class BadDocuments : public ::testing::TestWithParam<BadDocument> {};

TEST_P(BadDocuments, AreRefusedByFileAndLine) {
  const std::string text = absl::StrReplaceAll(kGood, {{GetParam().from, GetParam().to}});
  ASSERT_NE(text, kGood);
  const auto tools = Compile(text);
  EXPECT_THAT(tools, HasReason("CATALOG_INVALID"));
  EXPECT_THAT(std::string(tools.status().message()),
              HasSubstr(absl::StrCat("a.yaml:", GetParam().line, ": ")));
  EXPECT_THAT(std::string(tools.status().message()), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDocuments,
    ::testing::Values(
        BadDocument{"OldVersion", "openapi: 3.1.0", "openapi: \"2.0\"", 1, "must be OpenAPI 3"},
        BadDocument{"SwaggerTwo", "openapi: 3.1.0", "swagger: \"2.0\"", 1, "must be OpenAPI 3"},
        BadDocument{"BadIntegration", "x-mcp-integration: zoo", "x-mcp-integration: Zoo", 2,
                    "`x-mcp-integration` must be"},
        BadDocument{"UnknownConfidence",
                    "x-mcp: {resource: kittens, singular: kitten, method: list",
                    "x-source: {confidence: hope}\n      x-mcp: {resource: kittens, singular: "
                    "kitten, method: list",
                    14, "`confidence` must be"},
        BadDocument{"SideEffectsOfReading", "method: list, items",
                    "side_effects: Mails., method: "
                    "list, items",
                    14, "what only reads"},
        BadDocument{"LinkWithoutFiles", "method: list, items",
                    "url_argument: colour, method: list, "
                    "items",
                    14, "`url_argument` is for files"},
        BadDocument{"NoSummary", "summary: List kittens", "x: y", 8, "`summary` is missing"},
        BadDocument{"NoDescription", "description: Changes a kitten.", "x: y", 29,
                    "`description` is missing"},
        BadDocument{"NoTags", "tags: [kittens]", "x: y", 8, "needs `tags`"},
        BadDocument{"NoScopes", "security: [{zoho: [Zoo.READ]}]", "x: y", 8, "needs `security`"},
        BadDocument{"NoResource", "resource: kittens, singular: kitten, method: list",
                    "singular: kitten, method: list", 14, "`resource` is missing"},
        BadDocument{"UnknownMethod", "method: list", "method: fetch", 14, "`method` must be"},
        BadDocument{
            "LongName", "singular: kitten, method: update",
            "singular: a_kitten_with_a_name_that_no_client_accepts_any_more, method: update", 34,
            "at most 60"},
        BadDocument{"UpperCaseName", "resource: kittens, singular: kitten, method: list",
                    "resource: Kittens, singular: kitten, method: list", 14, "a-z"},
        BadDocument{"NoPaging",
                    "x-pagination: {kind: page, base: 1, size: 10, max: 40, total: /count}", "x: y",
                    8, "needs `x-pagination`"},
        BadDocument{"UnknownPaging", "kind: page", "kind: cursor", 15, "`kind` must be"},
        BadDocument{"SizeBeyondMaximum", "size: 10", "size: 50", 15, "`size` <= `max`"},
        BadDocument{"SizeBeyondLimit", "size: 10, max: 40", "size: 501, max: 600", 15,
                    "`size` must be at most 500"},
        BadDocument{"EmptyText", "items: /rows", "items: ''", 14,
                    "must be a string that is not empty"},
        BadDocument{"NoRows", "items: /rows", "items: /lines", 14, "the response does not have"},
        BadDocument{"PathWithoutParameter", "/cat/{cat_id}/", "/cat/{cat_id}/{x}/", 8,
                    "has no parameter"},
        BadDocument{"ParameterWithoutPath", "/cat/{cat_id}/", "/cat/", 8, "has no {cat_id}"},
        BadDocument{"NoType", "schema: {type: string, enum: [red, black]}", "schema: {}", 17,
                    "`colour` has no type"},
        BadDocument{"UndescribedParameter", "description: Which., ", "", 17, "has no description"},
        BadDocument{"Cookie", "name: colour, in: query", "name: colour, in: cookie", 17,
                    "cannot be served"},
        BadDocument{"BadArgumentName", "name: colour,", "name: co lour,", 17, "must be 1 to 64"},
        BadDocument{"OwnName", "name: colour,", "name: limit,", 8, "is the mesh's own"},
        BadDocument{"TwoOfOneName", "{name: guardian_mail}", "{name: name}", 29,
                    "two parameters are called `name`"},
        BadDocument{"UnknownConversion", "convert: wrap_items", "convert: rot13", 56,
                    "`convert` must be"},
        BadDocument{"BadSchema", "enum: [red, black]", "enum: red", 17, "`enum` must be an array"},
        BadDocument{"NoResponse", "responses: {\"200\": {description: Done.}}", "x: y", 29,
                    "a status of 2xx"},
        BadDocument{"DanglingReference", "schema: {type: string, enum: [red, black]}",
                    "schema: {$ref: '#/nowhere'}", 17, "`$ref` leads to"}),
    [](const auto& info) { return info.param.name; });

constexpr char kComposite[] = R"(openapi: 3.1.0
info: {title: Cats, version: "1", x-mcp-integration: zoo}
paths:
  /litter/audit:
    get:
      summary: Audit a litter
      description: Counts and checks.
      tags: [kittens]
      security: [{zoho: [Zoo.READ]}]
      x-mcp: {resource: litter, singular: litter, method: custom, verb: audit, read_only: true}
      x-composite: {workflow: department_audit, concurrency: 3, max_calls: 9}
      parameters:
        - {name: department, in: query, required: true, description: Which., schema: {type: string}}
        - {name: limit, in: query, description: How many., schema: {type: integer, maximum: 50}}
      responses:
        "200":
          description: The audit.
          content:
            application/json:
              schema:
                type: object
                required: [results]
                properties:
                  results: {type: array, items: {type: object}}
)";

TEST(Compiler, ACompositeToolStatesItsArgumentsAndResult) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools, Compile(kComposite));
  ASSERT_EQ(tools.size(), 1u);
  EXPECT_EQ(tools[0].listed.name(), "zoo_litter_audit");
  ASSERT_TRUE(tools[0].composite.has_value());
  EXPECT_EQ(tools[0].composite->workflow, "department_audit");
  EXPECT_EQ(tools[0].composite->concurrency, 3);
  EXPECT_EQ(tools[0].composite->max_calls, 9);
  const Json schema = Json::parse(tools[0].listed.input_schema_json());
  std::vector<std::string> names;
  for (const auto& [name, property] : schema["properties"].items()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("department", "limit", "next_cursor", "fields"));
  EXPECT_EQ(tools[0].listed.output_schema_json(),
            R"({"type":"object","properties":{"results":{"type":"array","items":)"
            R"({"type":"object"}}},"required":["results"]})");
}

TEST(Compiler, ACompositeToolOnlyReadsAndIsBounded) {
  const auto complaint = [](const char* from, const char* to) {
    return std::string(Compile(absl::StrReplaceAll(kComposite, {{from, to}})).status().message());
  };
  EXPECT_THAT(complaint("read_only: true", "read_only: false"), HasSubstr("only reads"));
  EXPECT_THAT(complaint("concurrency: 3", "concurrency: 10"), HasSubstr("a.yaml:11: "));
  EXPECT_THAT(complaint("max_calls: 9", "max_calls: 1001"), HasSubstr("<= 1000"));
}

TEST(Compiler, ACompositeToolHasWhatItsWorkflowNeeds) {
  const auto complaint = [](const char* from, const char* to) {
    return std::string(Compile(absl::StrReplaceAll(kComposite, {{from, to}})).status().message());
  };
  EXPECT_EQ(complaint("workflow: department_audit", "workflow: department_odit"),
            "a.yaml:11: no workflow is called `department_odit`.");
  EXPECT_THAT(complaint("name: department,", "name: section,"),
              HasSubstr("a.yaml:11: the workflow needs a required argument `department`"));
  EXPECT_THAT(complaint("required: true, description: Which.", "description: Which."),
              HasSubstr("`department`"));
  EXPECT_THAT(complaint("Which., schema: {type: string}", "Which., schema: {type: integer}"),
              HasSubstr("`department`, a string"));
  EXPECT_THAT(complaint("type: integer, maximum: 50", "type: string"), HasSubstr("no integer"));
  EXPECT_THAT(complaint("name: department, in: query, required: true, description: Which.",
                        "name: presenter, in: query, required: true, description: Which."),
              HasSubstr("`department`"));
  const auto brief =
      Compile(absl::StrReplaceAll(kComposite, {{"department_audit", "presenter_brief"},
                                               {"name: department", "name: presenter"}}));
  EXPECT_THAT(std::string(brief.status().message()), HasSubstr("`max_calls` must be more than"));
}

TEST(Compiler, OfADocumentForTheMeshAnOperationWithoutXMcpIsNoTool) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Tool> tools,
      Compile(absl::StrReplaceAll(
          kGood, {{"x-mcp: {resource: kittens, singular: kitten, method: list",
                   "x-other: {resource: kittens, singular: kitten, method: list"}})));
  ASSERT_EQ(tools.size(), 1u);
  EXPECT_EQ(tools[0].listed.name(), "update_a_zoo_kitten_by_id");
}

TEST(Compiler, SideEffectsAndTheFilesNameHaveTheirPlace) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools,
                       Compile(absl::StrReplaceAll(kGood, {{", x-mcp-integration: zoo", ""},
                                                           {"singular: kitten, method: update",
                                                            "singular: kitten, method: update, "
                                                            "side_effects: Mails its owner."}})));
  ASSERT_EQ(tools.size(), 2u);
  EXPECT_EQ(tools[1].listed.name(), "update_a_a_kitten_by_id");
  EXPECT_EQ(tools[1].listed.description(), "Changes a kitten. Side effects: Mails its owner.");
}

// A document that knows nothing of the mesh.
constexpr char kPlain[] = R"(openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: https://api.shop.example/v1}]
paths:
  /orders/{order-id}:
    parameters:
      - {name: order-id, in: path, required: true, schema: {type: integer}}
    get: {operationId: orders/get, summary: Get an order, responses: {"200": {description: It.}}}
    delete: {operationId: orders/delete, summary: Forget an order, responses: {"204": {description: Gone.}}}
    put: {operationId: undocumented, responses: {"200": {description: It.}}}
  /orders:
    get:
      operationId: listOrders
      description: Lists orders.
      parameters:
        - {name: limit, in: query, description: How many., schema: {type: integer, default: 5}}
        - {name: 'filter[name]', in: query, schema: {type: string, nullable: true}}
        - {name: Accept, in: header, schema: {type: string}}
      responses:
        "200": {description: All., content: {application/json: {schema: {type: array, items: {}}}}}
    post:
      summary: Place an order
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              allOf:
                - {$ref: '#/components/schemas/Base'}
                - {type: object, properties: {limit: {type: integer}}}
      responses: {"201": {description: It.}}
  /import:
    post:
      summary: Import orders
      requestBody: {content: {application/json: {schema: {type: array, items: {type: string}}}}}
      responses: {"200": {description: Done.}}
  /picture:
    post:
      summary: Upload a picture
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
      responses: {"200": {description: Done.}}
components:
  schemas:
    Base:
      type: object
      required: [item]
      properties: {item: {type: string}, id: {type: string, readOnly: true}}
)";

TEST(Compiler, MakesToolsOfADocumentThatKnowsNothingOfTheMesh) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"My Shop.yaml", kPlain}}));
  std::vector<absl::Status> left_out;
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools, CompileTools(set, &left_out));

  std::map<std::string, const Tool*> by_name;
  for (const Tool& tool : tools) by_name[tool.listed.name()] = &tool;
  std::vector<std::string> names;
  for (const auto& [name, unused] : by_name) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("my_shop_list_orders", "my_shop_orders_delete", "my_shop_orders_get",
                          "my_shop_post_import", "my_shop_post_orders"));
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_EQ(left_out[0].message(), "My Shop.yaml:40: a body of this kind cannot be served.");

  const Tool& list = *by_name["my_shop_list_orders"];
  EXPECT_EQ(list.listed.method(), tools::v1::Tool::LIST);
  EXPECT_TRUE(list.listed.read_only());
  EXPECT_EQ(list.server.host, Server::Host::kElsewhere);
  EXPECT_EQ(list.server.name, "api.shop.example");
  const Json of_list = Json::parse(list.listed.input_schema_json());
  EXPECT_EQ(of_list["properties"]["query_limit"].dump(),
            R"({"type":"integer","default":5,"description":"How many."})");
  EXPECT_TRUE(of_list["properties"].contains("filter_name_"));
  EXPECT_FALSE(of_list["properties"].contains("Accept"));
  ASSERT_OK_AND_ASSIGN(const Arguments read, list.rules->Read("{}"));
  EXPECT_FALSE(read.contains("query_limit"));

  const Tool& create = *by_name["my_shop_post_orders"];
  EXPECT_EQ(create.listed.method(), tools::v1::Tool::CREATE);
  EXPECT_EQ(create.content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(Json::parse(create.listed.input_schema_json()).dump(),
            R"({"type":"object","properties":{"item":{"type":"string"},)"
            R"("body_limit":{"type":"integer"}},"required":["item"],)"
            R"("additionalProperties":false})");

  const Json of_import = Json::parse(by_name["my_shop_post_import"]->listed.input_schema_json());
  EXPECT_EQ(of_import["properties"]["body"].dump(),
            R"({"type":"array","items":{"type":"string"}})");
  EXPECT_EQ(by_name["my_shop_orders_get"]->listed.method(), tools::v1::Tool::GET);
  EXPECT_TRUE(by_name["my_shop_orders_delete"]->listed.destructive());
  EXPECT_EQ(by_name["my_shop_orders_delete"]->id_argument, "order-id");
}

TEST(Compiler, OfAPlainDocumentABadReferenceCostsWhatItStandsIn) {
  const auto names = [](absl::string_view from, absl::string_view to, size_t left_out) {
    const std::string text = absl::StrReplaceAll(kPlain, {{from, to}});
    EXPECT_NE(text, kPlain);
    const DocumentSet set = *DocumentSet::Parse({{"shop.yaml", text}});
    std::vector<absl::Status> why;
    const absl::StatusOr<std::vector<Tool>> tools = CompileTools(set, &why);
    EXPECT_THAT(tools, IsOk());
    EXPECT_EQ(why.size(), left_out);
    std::set<std::string> found;
    for (const Tool& tool : *tools) found.insert(tool.listed.name());
    return found;
  };
  EXPECT_THAT(names("get: {operationId: orders/get, summary: Get an order, responses: {\"200\": "
                    "{description: It.}}}",
                    "get: {$ref: '#/nowhere'}", 2),
              ElementsAre("shop_list_orders", "shop_orders_delete", "shop_post_import",
                          "shop_post_orders"));
  EXPECT_THAT(
      names("  /import:\n    post:", "  /gone: {$ref: 'nowhere.yaml'}\n  /import:\n    post:", 2),
      ElementsAre("shop_list_orders", "shop_orders_delete", "shop_orders_get", "shop_post_import",
                  "shop_post_orders"));
  EXPECT_THAT(
      names("#/components/schemas/Base", "#/nowhere", 2),
      ElementsAre("shop_list_orders", "shop_orders_delete", "shop_orders_get", "shop_post_import"));
}

TEST(Compiler, TwoPlainOperationsOfOneNameBothBecomeTools) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Tool> tools,
      Compile(absl::StrReplaceAll(kPlain, {{"operationId: orders/get", "operationId: a"},
                                           {"operationId: orders/delete", "operationId: A"}})));
  std::set<std::string> names;
  for (const Tool& tool : tools) names.insert(tool.listed.name());
  EXPECT_EQ(names.size(), tools.size());
  EXPECT_EQ(names.count("a_a"), 1u);
}

TEST(Compiler, ALargeSchemaIsCutForModels) {
  std::string properties;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&properties, "                p", i,
                    ": {type: object, description: ", std::string(200, 'd'),
                    ", properties: {a: {type: object, properties: {b: {$ref: "
                    "'#/components/schemas/Base'}}}}}\n");
  }
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Tool> tools,
      Compile(absl::StrReplaceAll(
          kPlain, {{"                - {type: object, properties: {limit: {type: integer}}}\n", ""},
                   {"              allOf:\n                - {$ref: '#/components/schemas/Base'}\n",
                    "              type: object\n              properties:\n" + properties}})));
  const auto create = std::find_if(tools.begin(), tools.end(), [](const Tool& tool) {
    return tool.listed.name() == "a_post_orders";
  });
  ASSERT_NE(create, tools.end());
  EXPECT_LT(create->listed.input_schema_json().size(), 12'001u);
  EXPECT_THAT(create->listed.input_schema_json(), HasSubstr("\"p39\":{\"type\":\"object\""));
}

TEST(Compiler, AFileWithoutOpenApiHoldsWhatOthersReferTo) {
  ASSERT_OK_AND_ASSIGN(
      const DocumentSet set,
      DocumentSet::Parse(
          {{"a.yaml", absl::StrReplaceAll(kPlain, {{"#/components/schemas/Base", "b.yaml#/Base"}})},
           {"b.yaml", "Base: {type: object, properties: {thing: {type: string}}}"}}));
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools, CompileTools(set));
  EXPECT_THAT(tools.back().listed.name(), "a_post_import");
  EXPECT_THAT(tools[3].listed.input_schema_json(), HasSubstr("thing"));
}

TEST(Compiler, OneNameIsNotGivenTwice) {
  const auto tools = Compile(
      absl::StrReplaceAll(kGood, {{"x-mcp: {resource: kittens, singular: kitten, method: update}",
                                   "x-mcp: {resource: kittens, singular: kitten, method: list, "
                                   "items: /rows, row_id: id}\n      x-pagination: {kind: none}"},
                                  {"responses: {\"200\": {description: Done.}}",
                                   "responses: {\"200\": {description: D., content: "
                                   "{application/json: {schema: {properties: {rows: {}}}}}}}"}}));
  EXPECT_THAT(std::string(tools.status().message()), HasSubstr("is there already"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
