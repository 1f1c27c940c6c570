#include "services/zoho_proxy/arguments.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const ArgumentRules> Rules() {
  static const auto* const kRules =
      new auto(*ArgumentRules::Compile(Json::parse(R"({
        "type": "object",
        "properties": {
          "id": {"type": "string", "minLength": 1, "maxLength": 64},
          "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
          "share": {"type": "number"},
          "listtype": {"type": "string", "enum": ["past", "all"]},
          "send_mail": {"type": "boolean"},
          "when": {"type": "string", "format": "date-time"},
          "emails": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
          "contact": {"type": "string", "format": "email"},
          "guests": {"type": "array", "items": {"type": "string", "format": "email"}},
          "options": {"type": "object"}
        },
        "required": ["id"],
        "additionalProperties": false
      })"),
                                       {{"id", "\"4000000012001\""}}));
  return *kRules;
}

struct GoodCase {
  const char* name;
  const char* given;
  const char* read;
};

class GoodArguments : public ::testing::TestWithParam<GoodCase> {};

TEST_P(GoodArguments, AreReadLeniently) {
  ASSERT_OK_AND_ASSIGN(const Arguments arguments, Rules()->Read(GetParam().given));
  EXPECT_EQ(arguments, Arguments::parse(GetParam().read));
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodArguments,
    ::testing::Values(
        GoodCase{"Defaults", R"({"id":"a"})", R"({"id":"a","limit":20})"},
        GoodCase{"NullIsAbsent", R"({"id":"a","limit":null,"listtype":null})",
                 R"({"id":"a","limit":20})"},
        GoodCase{"StringForInteger", R"({"id":"a","limit":"30"})", R"({"id":"a","limit":30})"},
        GoodCase{"WholeNumberForInteger", R"({"id":"a","limit":30.0})", R"({"id":"a","limit":30})"},
        GoodCase{"IntegerForString", R"({"id":400000001200112345})",
                 R"({"id":"400000001200112345","limit":20})"},
        GoodCase{"UnsignedForString", R"({"id":18446744073709551615})",
                 R"({"id":"18446744073709551615","limit":20})"},
        GoodCase{"StringForNumber", R"({"id":"a","share":"0.5"})",
                 R"({"id":"a","limit":20,"share":0.5})"},
        GoodCase{"StringForBoolean", R"({"id":"a","send_mail":"true"})",
                 R"({"id":"a","limit":20,"send_mail":true})"},
        GoodCase{"NumberForBoolean", R"({"id":"a","send_mail":1})",
                 R"({"id":"a","limit":20,"send_mail":true})"},
        GoodCase{"JsonForObject", R"({"id":"a","options":"{\"x\":1}"})",
                 R"({"id":"a","limit":20,"options":{"x":1}})"},
        GoodCase{"Email", R"({"id":"a","contact":"a.b+c@x.example","guests":"ä@x"})",
                 R"({"id":"a","limit":20,"contact":"a.b+c@x.example","guests":["ä@x"]})"},
        GoodCase{"Lines", R"({"id":"a\n\tb"})", R"({"id":"a\n\tb","limit":20})"},
        GoodCase{"ScalarForArray", R"({"id":"a","emails":"x@y"})",
                 R"({"id":"a","limit":20,"emails":["x@y"]})"},
        GoodCase{"JsonForArray", R"({"id":"a","emails":"[\"x\",\"y\"]"})",
                 R"({"id":"a","limit":20,"emails":["x","y"]})"},
        GoodCase{"ObjectAsAString", R"("{\"id\":\"a\"}")", R"({"id":"a","limit":20})"},
        GoodCase{"Unicode", R"({"id":"Jürgen \ud83d\ude00"})", R"({"id":"Jürgen 😀","limit":20})"},
        GoodCase{"FormatsAreLeftToConversion", R"({"id":"a","when":"2026-07-01 15:00"})",
                 R"({"id":"a","limit":20,"when":"2026-07-01 15:00"})"}),
    [](const auto& info) { return info.param.name; });

struct BadCase {
  const char* name;
  const char* given;
  const char* field;
  const char* rule;
};

class BadArguments : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadArguments, AreRefusedWithFieldAndRule) {
  const auto read = Rules()->Read(GetParam().given);
  EXPECT_THAT(read, HasReason("ARGUMENT_INVALID"));
  const ErrorDetail detail = *GetErrorDetail(read.status());
  EXPECT_EQ(detail.metadata.at("field"), GetParam().field);
  EXPECT_THAT(detail.metadata.at("rule"), HasSubstr(GetParam().rule));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadArguments,
    ::testing::Values(
        BadCase{"Empty", "", "id", "is required and must be a string of 1 to 64 characters"},
        BadCase{"Null", "null", "id", "is required"},
        BadCase{"NoJson", "{", "arguments", "one JSON object"},
        BadCase{"Array", "[]", "arguments", "one JSON object"},
        BadCase{"TrailingText", "{} x", "arguments", "one JSON object"},
        BadCase{"TooLong",
                R"({"id":"12345678901234567890123456789012345678901234567890123456789012345"})",
                "id", "a string of 1 to 64 characters"},
        BadCase{"Fraction", R"({"id":"a","limit":1.5})", "limit", "an integer from 1 to 100"},
        BadCase{"Text", R"({"id":"a","limit":"many"})", "limit", "an integer from 1 to 100"},
        BadCase{"Overflow", R"({"id":"a","limit":"99999999999999999999"})", "limit", "an integer"},
        BadCase{"Range", R"({"id":"a","limit":101})", "limit", "an integer from 1 to 100"},
        BadCase{"Enum", R"({"id":"a","listtype":"soon"})", "listtype", "one of `past`, `all`"},
        BadCase{"Boolean", R"({"id":"a","send_mail":"perhaps"})", "send_mail", "`true` or `false`"},
        BadCase{"Items", R"({"id":"a","emails":["a","b","c"]})", "emails", "at most 2 items"},
        BadCase{"ItemType", R"({"id":"a","emails":[{}]})", "emails", "each a string"},
        BadCase{"ObjectForString", R"({"id":{}})", "id", "must be a string"},
        BadCase{"NoEmail", R"({"id":"a","contact":"sarah"})", "contact", "an e-mail address"},
        BadCase{"TwoEmails", R"({"id":"a","contact":"a@x.example,b@x.example"})", "contact",
                "an e-mail address"},
        BadCase{"NamedEmail", R"({"id":"a","guests":["Sarah <a@x>"]})", "guests",
                "each an e-mail address"},
        BadCase{"Nul", R"({"id":"a\u0000b"})", "id", "without control characters"},
        BadCase{"Escape", R"({"id":"a","emails":["\u001b[2J"]})", "emails",
                "without control characters"},
        BadCase{"LongIntegerForAnother", R"({"id":1e18})", "id", "a string"},
        BadCase{"Misspelt", R"({"id":"a","listType":"all"})", "listType",
                "did you mean `listtype`?"},
        BadCase{"Unknown", R"({"id":"a","colour":"red"})", "colour", "It takes: `id`, `limit`"}),
    [](const auto& info) { return info.param.name; });

TEST(ArgumentRules, AnErrorHasAnExample) {
  EXPECT_EQ(GetErrorDetail(Rules()->Read("{}").status())->metadata.at("example"),
            "\"4000000012001\"");
  EXPECT_EQ(
      GetErrorDetail(Rules()->Read(R"({"id":"a","listtype":1})").status())->metadata.at("example"),
      "\"past\"");
}

TEST(ArgumentRules, AnExampleIsMadeUpWhereThereIsNone) {
  const auto example = [](const char* arguments) {
    return GetErrorDetail(Rules()->Read(arguments).status())->metadata.at("example");
  };
  EXPECT_EQ(example(R"({"id":"a","limit":"x"})"), "20");
  EXPECT_EQ(example(R"({"id":"a","send_mail":"x"})"), "true");
  EXPECT_EQ(example(R"({"id":"a","contact":"x"})"), "\"sarah@example.com\"");
  EXPECT_EQ(example(R"({"id":"a","guests":["x"]})"), "[\"sarah@example.com\"]");
}

TEST(ArgumentRules, DefaultsMayBeLeftToWhoeverIsCalled) {
  ASSERT_OK_AND_ASSIGN(const auto rules,
                       ArgumentRules::Compile(Json::parse(R"({"type":"object","properties":{
              "a":{"type":"integer","default":"x"},
              "limit":{"type":"integer","default":20}}})"),
                                              {}, {"a"}));
  ASSERT_OK_AND_ASSIGN(const Arguments read, rules->Read("{}"));
  EXPECT_EQ(read.dump(), R"({"limit":20})");
}

TEST(ArgumentRules, ALongTextMeetsNoPattern) {
  // std::regex calls itself for each character.
  ASSERT_OK_AND_ASSIGN(const auto rules,
                       ArgumentRules::Compile(Json::parse(R"({"type":"object","properties":{
                           "a":{"type":"string","pattern":"^(x|y)*$"},
                           "b":{"type":"string","pattern":"^x*$","maxLength":9}}})"),
                                              {}));
  EXPECT_THAT(rules->Read("{\"a\": \"" + std::string(8000, 'x') + "\"}"), IsOk());
  EXPECT_THAT(rules->Read(R"({"b": "y"})"), HasReason("ARGUMENT_INVALID"));
}

TEST(ArgumentRules, DeepNestingIsRefusedNotFollowed) {
  const std::string deep =
      R"({"id": )" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_THAT(Rules()->Read(deep), HasReason("ARGUMENT_INVALID"));
}

TEST(ArgumentRules, AStringBeyondAnyBoundIsRefused) {
  const auto read = Rules()->Read(R"({"id":"a","when":")" + std::string(100'000, 'x') + "\"}");
  EXPECT_EQ(GetErrorDetail(read.status())->metadata.at("field"), "when");
}

TEST(ArgumentRules, ALongUnknownNameIsRepeatedInPart) {
  std::string name;
  for (int i = 0; i < 5000; ++i) name += "ü";
  const auto read = Rules()->Read("{\"" + name + "\": 1}");
  EXPECT_EQ(GetErrorDetail(read.status())->metadata.at("field"), name.substr(0, 64));
}

TEST(ArgumentRules, InvalidUtf8IsNoJson) {
  EXPECT_THAT(Rules()->Read("{\"id\": \"\xff\"}"), HasReason("ARGUMENT_INVALID"));
}

TEST(ArgumentRules, ASchemaThatIsNoneIsRefused) {
  EXPECT_THAT(ArgumentRules::Compile(
                  Json::parse(R"({"type":"object","properties":{"a":{"type":"cat"}}})"), {}),
              HasReason("FIELD_INVALID"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
