#include "services/zoho_proxy/limit_board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::zoho_proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

RateLimitReading Told(int64_t remaining) { return {.facts = {.remaining = remaining}}; }

std::vector<std::string> Ids(const std::vector<std::pair<std::string, LimitState>>& states) {
  std::vector<std::string> ids;
  for (const auto& [id, state] : states) ids.push_back(id);
  return ids;
}

TEST(LimitBoard, KeepsWhatWasSaidLast) {
  LimitBoard board;
  board.Record("a", Told(7), kNow);
  board.Record("a", Told(6), kNow + absl::Seconds(1));
  ASSERT_TRUE(board.Get("a").has_value());
  EXPECT_EQ(board.Get("a")->facts.remaining, 6);
  EXPECT_EQ(board.Get("a")->seen, kNow + absl::Seconds(1));
  EXPECT_LT(board.Get("a")->limited_until, kNow);
  EXPECT_FALSE(board.Get("b").has_value());
}

TEST(LimitBoard, AnAnswerThatTellsNothingChangesNothing) {
  LimitBoard board;
  board.Record("a", Told(7), kNow);
  board.Record("a", {}, kNow + absl::Seconds(1));
  board.Record("b", {}, kNow);
  EXPECT_EQ(board.Get("a")->seen, kNow);
  EXPECT_FALSE(board.Get("b").has_value());
}

TEST(LimitBoard, ARefusalHoldsUntilItsEndOrTheNextAnswer) {
  LimitBoard board;
  board.Record("a", {.limited = true, .retry_after = absl::Minutes(22)}, kNow);
  EXPECT_EQ(board.Get("a")->limited_until, kNow + absl::Minutes(22));
  board.Record("a", Told(99), kNow + absl::Minutes(1));
  EXPECT_LT(board.Get("a")->limited_until, kNow);
}

TEST(LimitBoard, ListsByIdInPages) {
  LimitBoard board;
  for (const char* id : {"c", "a", "b"}) board.Record(id, Told(1), kNow);
  EXPECT_THAT(Ids(board.List("", 2)), ElementsAre("a", "b"));
  EXPECT_THAT(Ids(board.List("b", 2)), ElementsAre("c"));
  EXPECT_THAT(Ids(board.List("c", 2)), IsEmpty());
}

TEST(LimitBoard, ForgetsWhatItHeardLongestAgo) {
  LimitBoard board(/*max_accounts=*/2);
  board.Record("a", Told(1), kNow + absl::Seconds(1));
  board.Record("b", Told(1), kNow);
  board.Record("a", Told(2), kNow + absl::Seconds(2));
  board.Record("c", Told(1), kNow + absl::Seconds(3));
  EXPECT_THAT(Ids(board.List("", 9)), ElementsAre("a", "c"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
