#include "services/zoho_proxy/client_schema.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/zoho_proxy/openapi.h"

namespace mesh::zoho_proxy {
namespace {

struct Case {
  const char* name;
  const char* given;
  const char* shown;
};

class ClientSchemas : public ::testing::TestWithParam<Case> {};

// What becomes of the schema `x` of a document.
std::string Shown(const std::string& document, const SchemaLimits& limits = {}) {
  const absl::StatusOr<DocumentSet> set = DocumentSet::Parse({{"a.json", document}});
  if (!set.ok()) return std::string(set.status().message());
  const absl::StatusOr<Node> x = set->Roots().front().Get("x");
  if (!x.ok()) return std::string(x.status().message());
  const absl::StatusOr<Json> shown = ClientSchema(*x, limits);
  return shown.ok() ? shown->dump() : std::string(shown.status().message());
}

TEST_P(ClientSchemas, AreWhatEveryClientAccepts) {
  EXPECT_EQ(Shown(absl::StrCat(R"({"x": )", GetParam().given, "}")),
            Json::parse(GetParam().shown).dump());
}

INSTANTIATE_TEST_SUITE_P(
    All, ClientSchemas,
    ::testing::Values(
        Case{"DropsWhatClientsDoNotKnow",
             R"({"type":"string","example":"x","xml":{},"x-mcp":{},"readOnly":true,"maxLength":3})",
             R"({"type":"string","maxLength":3})"},
        Case{"NullableOf30", R"({"type":"string","nullable":true})", R"({"type":"string"})"},
        Case{"NullableOf31", R"({"type":["integer","null"]})", R"({"type":"integer"})"},
        Case{"SeveralTypes", R"({"type":["integer","string","null"]})",
             R"({"anyOf":[{"type":"integer"},{"type":"string"}]})"},
        Case{"NullInEnum", R"({"type":"string","nullable":true,"enum":["a",null]})",
             R"({"type":"string","enum":["a"]})"},
        Case{"EnumThatIsNone", R"({"type":"string","enum":"a"})", R"({"type":"string"})"},
        Case{"EnumOfNull", R"({"type":"string","enum":null})", R"({"type":"string"})"},
        Case{"Const", R"({"const":"a"})", R"({"enum":["a"]})"},
        Case{"ExclusiveOf31", R"({"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":9})",
             R"({"type":"integer","minimum":1,"maximum":8})"},
        Case{"ExclusiveOf30", R"({"type":"integer","minimum":0,"exclusiveMinimum":true})",
             R"({"type":"integer","minimum":0})"},
        Case{"ArrayWithoutItems", R"({"type":"array"})", R"({"type":"array","items":{}})"},
        Case{"ChoiceOfOneAndNull", R"({"oneOf":[{"type":"string"},{"type":"null"}],"title":"t"})",
             R"({"type":"string"})"},
        Case{"ChoicesThatOnlyRequire",
             R"({"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]})",
             R"({"type":"object"})"},
        Case{"ReadOnlyMembers",
             R"({"properties":{"id":{"type":"string","readOnly":true},"a":{"type":"string"}}})",
             R"({"properties":{"a":{"type":"string"}}})"},
        Case{"AllOf",
             R"({"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
                 {"properties":{"b":{"type":"integer"}},"required":["b"]}],"description":"d"})",
             R"({"type":"object","description":"d",
                 "properties":{"a":{"type":"string"},"b":{"type":"integer"}},
                 "required":["a","b"]})"},
        Case{"AllOfLaysTheLaterOverTheEarlier",
             R"({"allOf":[{"type":"string","maxLength":1},{"maxLength":2}],"maxLength":3})",
             R"({"type":"string","maxLength":3})"},
        Case{"OneOfBecomesAnyOfWithoutNull",
             R"({"oneOf":[{"type":"string"},{"type":"null"},{"type":"integer"}]})",
             R"({"anyOf":[{"type":"string"},{"type":"integer"}]})"},
        Case{
            "Nested",
            R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"string","title":"A"}}}})",
            R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}})"},
        Case{"NoSchema", "true", "{}"}),
    [](const auto& info) { return info.param.name; });

TEST(ClientSchema, CutsASchemaThatHoldsItself) {
  EXPECT_EQ(Shown(R"({"x":{"type":"object","properties":{"name":{"type":"string"},
                                                          "left":{"$ref":"#/x"}}}})"),
            R"({"type":"object","properties":{"name":{"type":"string"},"left":{}}})");
}

TEST(ClientSchema, AllOfThatHoldsItselfEnds) {
  EXPECT_EQ(Shown(R"({"x":{"allOf":[{"$ref":"#/x"},{"$ref":"#/x"},{"type":"string"}]}})"),
            R"({"type":"string"})");
}

TEST(ClientSchema, BelowTheDeepestLevelOnlyTypesAreLeft) {
  const char kDeep[] = R"({"x":{"type":"object","properties":{"a":{"type":"object","description":
      "123456789","properties":{"b":{"type":"array","items":{"type":"string"}}}}}}})";
  EXPECT_EQ(Shown(kDeep, {.levels = 2, .max_description = 4}),
            R"({"type":"object","properties":{"a":{"type":"object","description":"1234",)"
            R"("properties":{"b":{"type":"array","items":{}}}}}})");
  EXPECT_EQ(Shown(kDeep, {.levels = 0}), R"({"type":"object"})");
}

TEST(ClientSchema, NeverGrowsWithoutEnd) {
  // Each level refers twice to the next: a million schemas where all were written out.
  std::string document = R"({"x": {"$ref": "#/s0"})";
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&document, R"(, "s)", i, R"(": {"properties": {"a": {"$ref": "#/s)", i + 1,
                    R"("}, "b": {"$ref": "#/s)", i + 1, R"("}}})");
  }
  EXPECT_LT(Shown(document + R"(, "s20": {"type": "string"}})", {.levels = 50}).size(), 500'000u);
}

TEST(ClientSchema, ADanglingReferenceIsAnErrorOfItsPlace) {
  EXPECT_EQ(Shown("{\"x\":{\"properties\":{\n\"a\":{\"$ref\":\"#/y\"}}}}"),
            "a.json:2: `$ref` leads to #/y, where there is nothing.");
  EXPECT_EQ(Shown("{\"x\":{\n\"maxLength\":\"3\"}}"), "a.json:2: `maxLength` must be a number.");
  EXPECT_EQ(Shown("{\"x\":{\"format\":\n7}}"), "a.json:1: `format` must be a string.");
}

}  // namespace
}  // namespace mesh::zoho_proxy
