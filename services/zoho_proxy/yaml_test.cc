#include "services/zoho_proxy/yaml.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;

TEST(Yaml, PlainScalarsAreTypedAndQuotedOnesAreStrings) {
  ASSERT_OK_AND_ASSIGN(const Document document, ParseYaml("a.yaml", R"(
integer: 20
negative: -7
number: 1.5
yes: true
no: FALSE
none: null
empty:
quoted: "20"
text: 2.0 beta
version: '3.1'
list: [1, "1"]
)"));
  EXPECT_EQ(document.root->dump(),
            R"({"integer":20,"negative":-7,"number":1.5,"yes":true,"no":false,"none":null,)"
            R"("empty":null,"quoted":"20","text":"2.0 beta","version":"3.1","list":[1,"1"]})");
}

TEST(Yaml, JsonIsYaml) {
  ASSERT_OK_AND_ASSIGN(const Document document,
                       ParseYaml("a.json", R"({"a": {"b": [true, "x\u00e9", 1e3]}})"));
  EXPECT_EQ(document.root->dump(), R"({"a":{"b":[true,"xé",1000.0]}})");
}

TEST(Yaml, EveryNodeKnowsItsLine) {
  ASSERT_OK_AND_ASSIGN(
      const Document document,
      ParseYaml("a.yaml", "paths:\n  /a/{b}:\n    get:\n      tags:\n      - x\n"));
  EXPECT_EQ(LineOf(document, "/paths"), 1);
  EXPECT_EQ(LineOf(document, "/paths/~1a~1{b}/get"), 3);
  EXPECT_EQ(LineOf(document, "/paths/~1a~1{b}/get/tags/0"), 5);
  EXPECT_EQ(LineOf(document, "/paths/~1a~1{b}/get/missing/deeper"), 3);
}

struct BadText {
  const char* name;
  const char* text;
  const char* complaint;
};

class BadYaml : public ::testing::TestWithParam<BadText> {};

TEST_P(BadYaml, IsRefusedByFileAndLine) {
  const auto document = ParseYaml("bad.yaml", GetParam().text);
  EXPECT_THAT(document, HasReason("CATALOG_INVALID"));
  EXPECT_THAT(std::string(document.status().message()), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadYaml,
    ::testing::Values(BadText{"Syntax", "a: 1\nb: [\n", "bad.yaml:3: "},
                      BadText{"Twice", "a: 1\nb: 2\na: 3\n", "bad.yaml:3: `a` stands twice"},
                      BadText{"ComplexKey", "a: 1\n? [x]\n: 2\n", "bad.yaml:2: a key must be"},
                      BadText{"NoUtf8", "a: 1\nb: \xff\n", "bad.yaml:2: is not UTF-8"},
                      BadText{"AliasOfItself", "a: &a [*a]\n", "is nested too deep"},
                      BadText{"UnknownAlias", "a: 1\nb: *c\n", "bad.yaml:2: "}),
    [](const auto& info) { return info.param.name; });

TEST(Yaml, AliasesThatMultiplyAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    absl::StrAppend(&text, "a", i, ": &a", i, " [");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&text, j > 0 ? "," : "", "*a", i - 1);
    absl::StrAppend(&text, "]\n");
  }
  EXPECT_THAT(ParseYaml("bomb.yaml", text), HasReason("CATALOG_INVALID"));
}

TEST(Yaml, NestingWithoutEndIsRefused) {
  EXPECT_THAT(ParseYaml("deep.yaml", std::string(100'000, '[')), HasReason("CATALOG_INVALID"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
