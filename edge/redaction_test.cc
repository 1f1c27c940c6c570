#include "edge/redaction.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

namespace mesh::edge {
namespace {

TEST(RedactArguments, HidesWhatIsSecretAtAnyDepth) {
  EXPECT_EQ(RedactArguments(R"({"topic":"Q3","pwd":"a","x":[{"encryptPwd":{"y":"b"}}]})"),
            R"({"pwd":"[redacted]","topic":"Q3","x":[{"encryptPwd":"[redacted]"}]})");
  for (const char* name : {"password", "Password", "access_token", "clientSecret", "PIN"}) {
    EXPECT_EQ(RedactArguments(absl::StrCat("{\"", name, "\":\"s\"}")),
              absl::StrCat("{\"", name, "\":\"[redacted]\"}"));
  }
  EXPECT_EQ(RedactArguments(R"({"spinning":1})"), R"({"spinning":1})");
}

TEST(RedactArguments, IsBounded) {
  const std::string long_text =
      RedactArguments(absl::StrCat(R"({"a":")", std::string(10'000, 'x'), "\"}"));
  EXPECT_LT(long_text.size(), 300u);
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&many, ",", i);
  EXPECT_EQ(RedactArguments(many + "]}"), absl::StrCat(R"({"bytes":)", many.size() + 2, "}"));
  EXPECT_TRUE(absl::StartsWith(RedactArguments(std::string(1'000'000, ' ')), R"({"bytes":)"));
  EXPECT_LT(RedactArguments(std::string(60'000, '[')).size(), 300u);
}

TEST(RedactArguments, IsEmptyForWhatIsNoObject) {
  for (const char* text : {"", "[]", "5", "{", "\xff"}) EXPECT_EQ(RedactArguments(text), "");
}

TEST(RedactArguments, IsAlwaysUtf8) {
  // Cut in the middle of a character.
  const std::string text =
      RedactArguments(absl::StrCat(R"({"a":")", std::string(255, 'x'), "üüü\"}"));
  EXPECT_TRUE(absl::StrContains(text, "\xEF\xBF\xBD")) << text;
}

}  // namespace
}  // namespace mesh::edge
