#include "common/base/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(IsUtf8, IsWhateverProtocolBuffersTake) {
  for (const char* text : {"", "a", "Z\xC3\xBCrich", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(std::string(1, '\0')));
}

TEST(IsUtf8, IsNotWhatIsBrokenLongerThanItNeedBeOrASurrogate) {
  for (const char* text : {"\xFF", "a\xC3", "\xC3(", "\x80", "\xC0\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(CutUtf8, NeverCutsWithinACharacter) {
  EXPECT_EQ(CutUtf8("a\xC3\xBC!", 9), "a\xC3\xBC!");
  EXPECT_EQ(CutUtf8("a\xC3\xBC!", 3), "a\xC3\xBC");
  EXPECT_EQ(CutUtf8("a\xC3\xBC!", 2), "a");
  EXPECT_EQ(CutUtf8("\xF0\x9F\x98\x80", 3), "");
  EXPECT_EQ(CutUtf8("abc", 0), "");
}

TEST(TakeCharacter, TakesOneAtATime) {
  absl::string_view text = "\xC3\xBC!";
  EXPECT_EQ(TakeCharacter(text), U'\u00FC');
  EXPECT_EQ(TakeCharacter(text), U'!');
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace mesh
