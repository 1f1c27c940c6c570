#include "tests/fake_zoho/path_pattern.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fake_zoho {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

std::optional<std::vector<std::string>> Match(absl::string_view pattern, absl::string_view path) {
  return PathPattern(pattern).Match(SplitPath(path));
}

TEST(PathPattern, TakesValuesOutOfThePath) {
  EXPECT_THAT(Match("{zsoid}/sessions/{key}.json", "12/sessions/345.json"),
              Optional(ElementsAre("12", "345")));
  EXPECT_THAT(Match("user.json", "user.json"), Optional(ElementsAre()));
  EXPECT_THAT(Match("{zsoid}/user/{id}", "12/user/a%20b"), Optional(ElementsAre("12", "a b")));
}

TEST(PathPattern, RefusesOtherPaths) {
  for (const char* path : {"12/sessions/345", "12/sessions/.json", "12/sessions/345.json/x",
                           "12/session/345.json", "/sessions/345.json", "12/sessions/%zz.json"}) {
    EXPECT_THAT(Match("{zsoid}/sessions/{key}.json", path), Eq(std::nullopt)) << path;
  }
}

TEST(Glob, AStarStandsForAnyCharacters) {
  EXPECT_TRUE(GlobMatches("*", ""));
  EXPECT_TRUE(GlobMatches("/api/*/department*", "/api/v2/1/department/2/user"));
  EXPECT_TRUE(GlobMatches("*.json", "/a.json.json"));
  EXPECT_TRUE(GlobMatches("/oauth/v2/token", "/oauth/v2/token"));
  EXPECT_FALSE(GlobMatches("/oauth/v2/token", "/oauth/v2/token/revoke"));
  EXPECT_FALSE(GlobMatches("*.json", "/a.jso"));
  EXPECT_FALSE(GlobMatches("", "a"));
}

}  // namespace
}  // namespace fake_zoho
