#include "gateway/router.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Router& MakeRouter() {
  static const Router router({{"GET", "/account"},
                              {"POST", "/account"},
                              {"GET", "/account/{id}"},
                              {"DELETE", "/account/{id}/mcp/{mcp_id}"}});
  return router;
}

TEST(Router, FindsTheRouteAndItsValues) {
  EXPECT_EQ(MakeRouter().Find("POST", "/account").index, 1);
  const Match match = MakeRouter().Find("DELETE", "/account/a%20b/mcp/c");
  EXPECT_EQ(match.index, 3);
  EXPECT_THAT(match.values, ElementsAre("a b", "c"));
}

TEST(Router, DoesNotCareForASlashAtTheEnd) {
  EXPECT_EQ(MakeRouter().Find("GET", "/account/").index, 0);
  EXPECT_EQ(MakeRouter().Find("GET", "/account/x/").index, 2);
}

TEST(Router, KnowsWhichMethodsAPathTakes) {
  const Match match = MakeRouter().Find("PUT", "/account");
  EXPECT_FALSE(match.found());
  EXPECT_THAT(match.allowed, ElementsAre("GET", "POST"));
}

TEST(Router, FindsNothingElse) {
  for (const char* path : {"", "/", "/accounts", "/account//mcp/x", "/account/a/mcp",
                           "/account/%zz", "/account/%FF", "/account/a/b", "//account"}) {
    const Match match = MakeRouter().Find("GET", path);
    EXPECT_FALSE(match.found()) << path;
    EXPECT_THAT(match.allowed, IsEmpty()) << path;
  }
}

TEST(Router, KeepsAnEncodedSlashInsideItsSegment) {
  EXPECT_THAT(MakeRouter().Find("GET", "/account/a%2Fb").values, ElementsAre("a/b"));
}

}  // namespace
}  // namespace mesh::gateway
