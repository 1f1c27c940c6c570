#include "services/zoho_proxy/openapi.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;

// The member `path` of the first document.
absl::StatusOr<Node> At(const DocumentSet& set, std::initializer_list<const char*> path) {
  absl::StatusOr<Node> node = set.Roots().front();
  for (const char* key : path) {
    if (node.ok()) node = node->Get(key);
  }
  return node;
}

TEST(OpenApi, FollowsReferencesAcrossFiles) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set,
                       DocumentSet::Parse({{"a.yaml", "x: {$ref: 'b.yaml#/parts/a~1b'}\n"},
                                           {"b.yaml",
                                            "parts:\n  a/b: {$ref: '#/other'}\n"
                                            "other: {type: string}\n"}}));
  ASSERT_OK_AND_ASSIGN(const Node node, At(set, {"x", "type"}));
  EXPECT_EQ(node.value(), "string");
  EXPECT_EQ(node.file(), "b.yaml");
}

TEST(OpenApi, AnErrorIsPlacedWhereTheReferenceLeads) {
  ASSERT_OK_AND_ASSIGN(
      const DocumentSet set,
      DocumentSet::Parse({{"a.yaml", "x: {$ref: 'b.yaml#/y'}\n"}, {"b.yaml", "\n\ny:\n  z: 1\n"}}));
  ASSERT_OK_AND_ASSIGN(const Node node, At(set, {"x"}));
  EXPECT_EQ(node.String("z").status().message(),
            "b.yaml:4: `z` must be a string that is not empty.");
}

TEST(OpenApi, ExpandsASchemaThatHoldsItselfAndCutsTheInnerOne) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"a.yaml", R"(
tree:
  type: object
  properties:
    name: {type: string}
    left: {$ref: '#/tree'}
)"}}));
  ASSERT_OK_AND_ASSIGN(const Node node, At(set, {"tree"}));
  ASSERT_OK_AND_ASSIGN(const Json expanded, node.Expand());
  EXPECT_EQ(expanded.dump(),
            R"({"type":"object","properties":{"name":{"type":"string"},"left":{}}})");
}

TEST(OpenApi, WhatStandsBesideAReferenceIsLaidOverIt) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"a.yaml", R"(
x:
  y: {$ref: '#/base', description: mine}
base: {type: string, description: theirs}
)"}}));
  ASSERT_OK_AND_ASSIGN(const Node node, At(set, {"x"}));
  ASSERT_OK_AND_ASSIGN(const Json expanded, node.Expand());
  EXPECT_EQ(expanded.dump(), R"({"y":{"type":"string","description":"mine"}})");
}

struct BadReference {
  const char* name;
  const char* text;
  const char* complaint;
};

class BadReferences : public ::testing::TestWithParam<BadReference> {};

TEST_P(BadReferences, AreRefusedByFileAndLine) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"a.yaml", GetParam().text}}));
  const auto node = At(set, {"x"});
  EXPECT_THAT(node, HasReason("CATALOG_INVALID"));
  EXPECT_THAT(std::string(node.status().message()), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadReferences,
    ::testing::Values(
        BadReference{"Nowhere", "\nx: {$ref: '#/y'}\n", "a.yaml:2: `$ref` leads to #/y"},
        BadReference{"NoFile", "x: {$ref: 'b.yaml#/y'}\n", "a.yaml:1: `$ref` names the file"},
        BadReference{"Circle", "x: {$ref: '#/y'}\ny: {$ref: '#/x'}\n", "leads in a circle"}),
    [](const auto& info) { return info.param.name; });

TEST(OpenApi, AFolderWithoutDocumentsIsRefused) {
  EXPECT_THAT(DocumentSet::Load(::testing::TempDir() + "/none"), HasReason("FILE_UNREADABLE"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
