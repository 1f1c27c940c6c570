#include "edge/request.h"

#include <string>

#include <gtest/gtest.h>

namespace mesh::edge {
namespace {

TEST(RequestId, KeepsASaneOne) {
  EXPECT_EQ(RequestId({{"X-Request-ID", "a.B_9-"}}), "a.B_9-");
  EXPECT_EQ(RequestId({{"x-request-id", std::string(64, 'a')}}), std::string(64, 'a'));
}

TEST(RequestId, MakesOneForAnythingElse) {
  for (const std::string& given : {std::string(), std::string(65, 'a'), std::string("a b"),
                                   std::string("a\"b"), std::string("\xff")}) {
    EXPECT_EQ(RequestId({{"x-request-id", given}}).substr(0, 4), "req_") << given;
  }
  EXPECT_NE(RequestId({}), RequestId({}));
}

TEST(BearerToken, IsReadWhateverTheCaseOfTheScheme) {
  EXPECT_EQ(BearerToken({{"Authorization", "Bearer abc"}}), "abc");
  EXPECT_EQ(BearerToken({{"authorization", "bearer  abc "}}), "abc");
  EXPECT_EQ(BearerToken({{"authorization", "Basic abc"}}), "");
  EXPECT_EQ(BearerToken({{"authorization", "Bearer"}}), "");
  EXPECT_EQ(BearerToken({}), "");
}

TEST(AllowedHosts, MatchANameWithAnyPortAndANameWithAPortAlone) {
  const AllowedHosts hosts({"Localhost", "[::1]", "mcp.example.com:8443"});
  const auto allows = [&](const char* host) { return hosts.Allows({{"Host", host}}); };
  EXPECT_TRUE(allows("localhost"));
  EXPECT_TRUE(allows("LOCALHOST:1234"));
  EXPECT_TRUE(allows("[::1]:80"));
  EXPECT_TRUE(allows("[::1]"));
  EXPECT_TRUE(allows("mcp.example.com:8443"));
  EXPECT_FALSE(allows("mcp.example.com"));
  EXPECT_FALSE(allows("mcp.example.com:8444"));
  EXPECT_FALSE(allows("localhost.evil.com"));
  EXPECT_FALSE(allows(""));
  EXPECT_FALSE(hosts.Allows({}));
}

TEST(AllowedHosts, ServeAnyHostByAStarButNoOrigin) {
  const AllowedHosts hosts({"*", "localhost"});
  EXPECT_TRUE(hosts.Allows({{"Host", "anything"}}));
  EXPECT_TRUE(hosts.Allows({}));
  EXPECT_TRUE(hosts.AllowsOrigin("http://localhost:5173"));
  EXPECT_FALSE(hosts.AllowsOrigin("https://anything"));
  EXPECT_FALSE(hosts.AllowsOrigin("null"));
}

}  // namespace
}  // namespace mesh::edge
