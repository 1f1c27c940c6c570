#include "common/net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::net {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

TEST(HttpHeaders, FindsTheFirstFieldOfANameWithoutRegardToCase) {
  const HttpHeaders headers = {{"Content-Type", "text/plain"}, {"content-type", "text/html"}};

  EXPECT_THAT(headers.Get("CONTENT-TYPE"), Optional(absl::string_view("text/plain")));
  EXPECT_TRUE(headers.Has("content-type"));
  EXPECT_FALSE(headers.Has("content"));
}

TEST(HttpHeaders, AddKeepsFieldsOfTheSameName) {
  HttpHeaders headers = {{"a", "1"}};

  headers.Add("A", "2");

  EXPECT_THAT(headers, ElementsAre(Pair("a", "1"), Pair("A", "2")));
}

TEST(HttpHeaders, SetReplacesEveryFieldOfTheNameWhereTheFirstStood) {
  HttpHeaders headers = {{"a", "1"}, {"b", "2"}, {"A", "3"}, {"c", "4"}};

  headers.Set("a", "5");
  headers.Set("d", "6");

  EXPECT_THAT(headers, ElementsAre(Pair("a", "5"), Pair("b", "2"), Pair("c", "4"), Pair("d", "6")));
}

}  // namespace
}  // namespace mesh::net
