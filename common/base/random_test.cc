#include "common/base/random.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

using ::testing::MatchesRegex;

TEST(Random, ATokenIs43CharactersOfBase64url) {
  EXPECT_THAT(std::string(RandomToken().Reveal()), MatchesRegex("[A-Za-z0-9_-]{43}"));
}

TEST(Random, AnIdIsThePrefixAnd26CharactersOfBase32) {
  EXPECT_THAT(RandomId("acc_"), MatchesRegex("acc_[a-z2-7]{26}"));
}

TEST(Random, ValuesDoNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(RandomId(""));
    seen.insert(std::string(RandomToken().Reveal()));
  }
  EXPECT_EQ(seen.size(), 2000);
}

}  // namespace
}  // namespace mesh
