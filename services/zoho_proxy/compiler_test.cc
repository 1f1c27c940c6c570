#include "services/zoho_proxy/compiler.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

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
        BadDocument{"NoIntegration", ", x-mcp-integration: zoo", "", 2, "x-mcp-integration"},
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
        BadDocument{"BadSchema", "enum: [red, black]", "enum: red", 8, "is not an array"},
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
      x-composite: {workflow: litter_audit, concurrency: 3, max_calls: 9}
      parameters:
        - {name: litter, in: query, required: true, description: Which., schema: {type: string}}
        - {name: next_cursor, in: query, description: Where to go on., schema: {type: string}}
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

TEST(Compiler, ACompositeToolStatesItsArgumentsAndResultItself) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools, Compile(kComposite));
  ASSERT_EQ(tools.size(), 1u);
  EXPECT_EQ(tools[0].listed.name(), "zoo_litter_audit");
  ASSERT_TRUE(tools[0].composite.has_value());
  EXPECT_EQ(tools[0].composite->workflow, "litter_audit");
  EXPECT_EQ(tools[0].composite->concurrency, 3);
  EXPECT_EQ(tools[0].composite->max_calls, 9);
  const Json schema = Json::parse(tools[0].listed.input_schema_json());
  std::vector<std::string> names;
  for (const auto& [name, property] : schema["properties"].items()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("litter", "next_cursor"));
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

TEST(Compiler, AnOperationWithoutXMcpIsNoTool) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Tool> tools,
      Compile(absl::StrReplaceAll(kGood, {{"x-mcp: {resource", "x-other: {resource"}})));
  EXPECT_TRUE(tools.empty());
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
