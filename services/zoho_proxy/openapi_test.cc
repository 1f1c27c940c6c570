#include "services/zoho_proxy/openapi.h"

#include <filesystem>
#include <fstream>
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

TEST(OpenApi, WhatStandsBesideAReferenceIsLaidOverIt) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"a.yaml", R"(
x: {$ref: '#/near', description: mine}
near: {$ref: '#/far', title: near, description: near}
far: {type: string, description: theirs, title: far}
)"}}));
  ASSERT_OK_AND_ASSIGN(const Node x, At(set, {"x"}));
  EXPECT_EQ(*x.String("description"), "mine");
  EXPECT_EQ(*x.String("title"), "near");
  EXPECT_EQ(*x.String("type"), "string");
}

TEST(OpenApi, APointerMayBePercentEncoded) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"a.yaml", R"(
x: {$ref: '#/paths/~1cat~1%7Bid%7D/get'}
paths: {'/cat/{id}': {get: {summary: Cat}}}
)"}}));
  ASSERT_OK_AND_ASSIGN(const Node node, At(set, {"x"}));
  EXPECT_EQ(*node.String("summary"), "Cat");
}

TEST(OpenApi, FollowsReferencesIntoFoldersBelowAndJson) {
  const std::string folder = ::testing::TempDir() + "/catalog";
  std::filesystem::create_directories(folder + "/schemas");
  std::ofstream(folder + "/api.yaml") << "x: {$ref: 'schemas/cat.json#/Cat'}\n";
  std::ofstream(folder + "/schemas/cat.json")
      << R"({"Cat": {"name": {"$ref": "../names.yml#/Name"}}})";
  std::ofstream(folder + "/names.yml") << "Name: {type: string}\n";
  std::ofstream(folder + "/notes.txt") << "no document";

  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Load(folder));

  ASSERT_OK_AND_ASSIGN(const Node node, At(set, {"x", "name"}));
  EXPECT_EQ(*node.String("type"), "string");
  EXPECT_EQ(node.file(), "names.yml");
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
        BadReference{"Outside", "x: {$ref: '../../etc/b.yaml#/y'}\n", "names the file"},
        BadReference{"Remote", "x: {$ref: 'https://example.com/b.yaml#/y'}\n", "names the file"},
        BadReference{"Circle", "x: {$ref: '#/y'}\ny: {$ref: '#/x'}\n", "leads in a circle"}),
    [](const auto& info) { return info.param.name; });

TEST(OpenApi, AFolderWithoutDocumentsIsRefused) {
  EXPECT_THAT(DocumentSet::Load(::testing::TempDir() + "/none"), HasReason("FILE_UNREADABLE"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
