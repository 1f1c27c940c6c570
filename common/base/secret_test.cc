#include "common/base/secret.h"

#include <sstream>
#include <utility>

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(Secret, PrintsAsRedacted) {
  std::ostringstream out;
  out << Secret("hunter2");
  EXPECT_EQ(out.str(), "[redacted]");
}

TEST(Secret, IsTheValueAndNothingElse) {
  EXPECT_EQ(Secret("abc").Reveal(), "abc");
  EXPECT_TRUE(Secret("abc") == Secret("abc"));
  EXPECT_FALSE(Secret("abc") == Secret("abd"));
  EXPECT_FALSE(Secret("abc") == Secret("abcd"));
  EXPECT_TRUE(Secret().empty());
}

TEST(Secret, LeavesNothingBehindWhenItMoves) {
  Secret from("a secret that is longer than the small buffer of a string");
  Secret to(std::move(from));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested.
  EXPECT_EQ(to.Reveal(), "a secret that is longer than the small buffer of a string");

  Secret assigned("x");
  assigned = std::move(to);
  EXPECT_TRUE(to.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(assigned.Reveal().size(), 57);
}

TEST(Secret, CopiesStandOnTheirOwn) {
  Secret original("abc");
  const Secret copy = original;
  original = Secret("xyz");
  EXPECT_EQ(copy.Reveal(), "abc");
}

}  // namespace
}  // namespace mesh
