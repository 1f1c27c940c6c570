#include "services/zoho_proxy/document.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;

constexpr char kText[] = R"({
  "a, \"b\"": [1, {"x": "}]"},
    -1.5e3, true],
  "paths": {
    "/cat/{id}": {"get": {
      "tags": ["x"]}},
    "e": {}, "empty": []
  }
})";

struct Place {
  const char* pointer;
  int line;
};

class JsonPlaces : public ::testing::TestWithParam<Place> {};

TEST_P(JsonPlaces, AreFoundInTheText) {
  ASSERT_OK_AND_ASSIGN(const Document document, ParseJson("a.json", kText));
  EXPECT_EQ(LineOf(document, GetParam().pointer), GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(All, JsonPlaces,
                         ::testing::Values(Place{"", 1}, Place{"/a, \"b\"", 2},
                                           Place{"/a, \"b\"/1/x", 2}, Place{"/a, \"b\"/2", 3},
                                           Place{"/paths", 4}, Place{"/paths/~1cat~1{id}/get", 5},
                                           Place{"/paths/~1cat~1{id}/get/tags/0", 6},
                                           Place{"/paths/empty", 7}, Place{"/paths/none", 4},
                                           Place{"/paths/~1cat~1{id}/put/tags", 5}));

struct BadText {
  const char* name;
  std::string text;
  const char* complaint;
};

class BadJson : public ::testing::TestWithParam<BadText> {};

TEST_P(BadJson, IsRefusedByFileAndLine) {
  const auto document = ParseJson("bad.json", GetParam().text);
  EXPECT_THAT(document, HasReason("CATALOG_INVALID"));
  EXPECT_THAT(std::string(document.status().message()), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadJson,
    ::testing::Values(BadText{"Syntax", "{\n\"a\": 1,\n\"b\" 2}", "bad.json:3: is no JSON"},
                      BadText{"Cut", "{\n\"a\": [1,", "bad.json:2: is no JSON"},
                      BadText{"Empty", "", "is no JSON"},
                      BadText{"Deep", "{\"a\":\n" + std::string(100'000, '['),
                              "bad.json:2: is nested too deep"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mesh::zoho_proxy
