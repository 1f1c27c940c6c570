#include "services/mcp_frontend/arguments_digest.h"

#include <string>

#include <gtest/gtest.h>

namespace mesh::frontend {
namespace {

TEST(ArgumentsDigest, IsTheSameHoweverTheArgumentsAreWritten) {
  const auto digest = ArgumentsDigest(R"({"id":"1","more":{"a":[1,true,null],"b":"ü"}})");
  ASSERT_TRUE(digest.has_value());
  EXPECT_EQ(digest->size(), 32u);
  EXPECT_EQ(
      ArgumentsDigest("{ \"more\" : {\"b\":\"\\u00fc\",\n\"a\":[1, true,null]}, \"id\":\"1\"}"),
      digest);
  EXPECT_EQ(ArgumentsDigest(""), ArgumentsDigest("{}"));
}

TEST(ArgumentsDigest, IsAnotherForEveryOtherObject) {
  const char* texts[] = {
      "{}",
      R"({"id":"1"})",
      R"({"id":1})",
      R"({"id":"2"})",
      R"({"ID":"1"})",
      R"({"id":["1"]})",
      R"({"id":null})",
      R"({"id":"1","x":false})",
      R"({"id":{"1":1}})",
      // Alike as numbers of this machine.
      R"({"id":123456789012345678901})",
      R"({"id":123456789012345678902})",
      R"({"id":0.1})",
      R"({"id":0.10000000000000000001})",
  };
  for (const char* a : texts) {
    for (const char* b : texts) {
      EXPECT_EQ(ArgumentsDigest(a) == ArgumentsDigest(b), a == b) << a << " " << b;
    }
  }
}

TEST(ArgumentsDigest, IsNoneOfWhatIsNoSingleObject) {
  for (const std::string text : {"[]", "7", "\"{}\"", "{", "{}{}", R"({"id":"1","id":"2"})",
                                 R"({"a":{"id":1,"id":1}})", "{\"a\":\"\xFF\"}", "null"}) {
    EXPECT_EQ(ArgumentsDigest(text), std::nullopt) << text;
  }
  // The same name in two objects is no double.
  EXPECT_TRUE(ArgumentsDigest(R"({"a":{"id":1},"b":[{"id":2},{"id":3}],"id":4})").has_value());
  std::string deep = "1";
  for (int i = 0; i < 40; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_EQ(ArgumentsDigest(deep), std::nullopt);
}

}  // namespace
}  // namespace mesh::frontend
