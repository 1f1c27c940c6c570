#include "services/zoho_proxy/client_schema.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mesh::zoho_proxy {
namespace {

struct Case {
  const char* name;
  const char* given;
  const char* shown;
};

class ClientSchemas : public ::testing::TestWithParam<Case> {};

TEST_P(ClientSchemas, AreWhatEveryClientAccepts) {
  EXPECT_EQ(ClientSchema(Json::parse(GetParam().given)).dump(),
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
        Case{"SeveralTypes", R"({"type":["integer","string"]})", R"({})"},
        Case{"AllOf",
             R"({"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
                 {"properties":{"b":{"type":"integer"}},"required":["b"]}],"description":"d"})",
             R"({"type":"object","description":"d",
                 "properties":{"a":{"type":"string"},"b":{"type":"integer"}},
                 "required":["a","b"]})"},
        Case{"OneOfBecomesAnyOfWithoutNull",
             R"({"oneOf":[{"type":"string"},{"type":"null"},{"type":"integer"}]})",
             R"({"anyOf":[{"type":"string"},{"type":"integer"}]})"},
        Case{
            "Nested",
            R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"string","title":"A"}}}})",
            R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}})"},
        Case{"NoSchema", "true", "{}"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mesh::zoho_proxy
