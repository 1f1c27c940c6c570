#include "tests/fake_zoho/paging.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fake_zoho {
namespace {

struct Row {
  PagingRule rule;
  std::optional<int64_t> index;
  std::optional<int64_t> count;
  size_t total;
  size_t begin;
  size_t end;
};

class PageOfTest : public ::testing::TestWithParam<Row> {};

TEST_P(PageOfTest, GivesTheRows) {
  const Row& row = GetParam();

  const Window window = PageOf(row.rule, row.index, row.count, row.total);

  EXPECT_EQ(window.begin, row.begin);
  EXPECT_EQ(window.end, row.end);
}

constexpr PagingRule kPage0 = {.kind = PagingKind::kPage, .base = 0};
constexpr PagingRule kPage1 = {.kind = PagingKind::kPage, .base = 1};
constexpr PagingRule kOffset1 = {.kind = PagingKind::kOffset, .base = 1};
constexpr PagingRule kWhole = {.kind = PagingKind::kPage, .base = 0, .default_count = 0};
constexpr PagingRule kIgnored = {.kind = PagingKind::kIgnored, .base = 1};

INSTANTIATE_TEST_SUITE_P(
    Families, PageOfTest,
    ::testing::Values(Row{kPage0, {}, {}, 60, 0, 20}, Row{kPage0, 0, 50, 60, 0, 50},
                      Row{kPage0, 1, 50, 60, 50, 60}, Row{kPage0, 2, 50, 60, 60, 60},
                      Row{kPage0, 1, 100, 60, 60, 60}, Row{kPage0, 11, 100, 1200, 1100, 1200},
                      Row{kPage1, 1, 50, 60, 0, 50}, Row{kPage1, 2, 50, 60, 50, 60},
                      Row{kPage1, 0, 50, 60, 0, 50},  // Below the base.
                      Row{kOffset1, 1, 20, 60, 0, 20}, Row{kOffset1, 21, 20, 60, 20, 40},
                      Row{kOffset1, 2, 20, 60, 1, 21}, Row{kOffset1, 61, 20, 60, 60, 60},
                      Row{kWhole, {}, {}, 60, 0, 60}, Row{kWhole, 1, 20, 60, 20, 40},
                      Row{kWhole, 1, {}, 60, 60, 60}, Row{kIgnored, 3, 20, 60, 0, 20},
                      Row{kPage0, 0, 20, 0, 0, 0}, Row{kPage0, INT64_MAX, 100, 60, 60, 60},
                      Row{kPage0, INT64_MAX, 1, 60, 60, 60},
                      Row{kOffset1, INT64_MIN, 20, 60, 0, 20}, Row{kPage0, 0, INT64_MAX, 60, 0, 60},
                      Row{kPage0, -5, -5, 60, 0, 20}));

}  // namespace
}  // namespace fake_zoho
