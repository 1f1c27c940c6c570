#include "services/zoho_proxy/pagination.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::ElementsAre;

Sealer MakeSealer(char key = 'k') { return *Sealer::Create(Secret(std::string(32, key))); }

TEST(Cursor, ComesBackAsItWent) {
  const Cursor cursor{
      .index = 41, .count = 20, .skip = 7, .seen = 120, .previous_first = "id with spaces"};
  const std::string text = SealCursor(MakeSealer(), cursor, "scope");
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);

  ASSERT_OK_AND_ASSIGN(const Cursor read, OpenCursor(MakeSealer(), text, "scope"));

  EXPECT_EQ(read.index, 41);
  EXPECT_EQ(read.count, 20);
  EXPECT_EQ(read.skip, 7);
  EXPECT_EQ(read.seen, 120);
  EXPECT_EQ(read.previous_first, "id with spaces");
}

TEST(Cursor, OpensNowhereElse) {
  const std::string text = SealCursor(MakeSealer(), {}, "scope");
  EXPECT_THAT(OpenCursor(MakeSealer(), text, "other"), HasReason("CURSOR_INVALID"));
  EXPECT_THAT(OpenCursor(MakeSealer('x'), text, "scope"), HasReason("CURSOR_INVALID"));
  EXPECT_THAT(OpenCursor(MakeSealer(), text + "A", "scope"), HasReason("CURSOR_INVALID"));
  EXPECT_THAT(OpenCursor(MakeSealer(), "!", "scope"), HasReason("CURSOR_INVALID"));
  EXPECT_THAT(OpenCursor(MakeSealer(), "", "scope"), HasReason("CURSOR_INVALID"));
}

TEST(Cursor, HoldsNoNumberThatNoListHas) {
  for (const char* text : {"2 9223372036854775807 20 0 0 x", "2 0 -1 0 0 x", "2 0 20 -7 0 x",
                           "2 0 99999999999 0 0 x", "2 0 20 0 -1 x", "1 0 20 0 x"}) {
    EXPECT_THAT(OpenCursor(MakeSealer(),
                           absl::WebSafeBase64Escape(MakeSealer().Seal(text, "scope")), "scope"),
                HasReason("CURSOR_INVALID"))
        << text;
  }
}

TEST(Cursor, IsBoundToToolAccountAndFiltersButNotToLimitAndFields) {
  const auto scope = [](const char* tool, const char* account, const char* arguments) {
    return CursorScope(tool, account, Arguments::parse(arguments));
  };
  const std::string base = scope("t", "a", R"({"listtype":"all"})");
  EXPECT_EQ(base,
            scope("t", "a", R"({"limit":5,"fields":"x","listtype":"all","next_cursor":"c"})"));
  EXPECT_NE(base, scope("u", "a", R"({"listtype":"all"})"));
  EXPECT_NE(base, scope("t", "b", R"({"listtype":"all"})"));
  EXPECT_NE(base, scope("t", "a", R"({"listtype":"past"})"));
}

// A Zoho that pages by the rule that `paging` states.
struct FakeList {
  int64_t rows = 0;
  bool tells_total = false;
  bool tells_more = false;
  // Answers the first page whatever the index.
  bool ignores_index = false;
  // Answers all rows whatever the count.
  bool ignores_count = false;
  // Answers no more rows than this, whatever the count.
  int64_t cap = 1'000'000;

  std::vector<int64_t> Get(const Paging& paging, const std::optional<PageQuery>& query) const {
    int64_t begin = 0;
    int64_t count = rows;
    if (query.has_value()) {
      const int64_t steps = query->index - paging.base;
      if (!ignores_count) count = std::min(query->count, cap);
      begin = paging.kind == Paging::Kind::kPage ? steps * count : steps;
    }
    if (ignores_index) begin = 0;
    std::vector<int64_t> page;
    for (int64_t i = begin; i < std::min(begin + count, rows); ++i) page.push_back(i);
    return page;
  }

  PageFacts Facts(const std::vector<int64_t>& page) const {
    PageFacts facts{.rows = page.size()};
    if (!page.empty()) facts.first_id = absl::StrCat(page.front());
    if (tells_total) facts.total = rows;
    if (tells_more) facts.more = !page.empty() && page.back() + 1 < rows;
    return facts;
  }
};

constexpr int kMaxPages = 5;

struct Walk {
  std::vector<int64_t> rows;
  int calls = 0;
  int pages = 0;
};

// Calls until there is no cursor, `limit` rows at a time, of which at most `fit` fit an answer.
Walk WalkAll(const FakeList& list, const Paging& paging, int64_t limit, size_t fit = 1'000'000) {
  Walk walk;
  std::optional<Cursor> cursor;
  do {
    Pager pager(paging, limit, cursor, kMaxPages);
    size_t room = fit;
    size_t of_call = 0;
    while (!pager.done()) {
      const std::vector<int64_t> page = list.Get(paging, pager.query());
      const Pager::Slice slice = pager.Read(list.Facts(page));
      size_t taken = 0;
      for (size_t i = slice.from; i < slice.to && room > 0; ++i, ++taken, --room) {
        walk.rows.push_back(page[i]);
      }
      of_call += taken;
      pager.Took(taken);
      ++walk.pages;
    }
    EXPECT_LE(of_call, static_cast<size_t>(limit));
    cursor = pager.next();
    ++walk.calls;
  } while (cursor.has_value() && walk.calls < 1000);
  return walk;
}

struct Row {
  const char* name;
  FakeList list;
  Paging paging;
  int64_t limit;
  int calls;
  int pages;
  size_t fit = 1'000'000;
};

class Pagers : public ::testing::TestWithParam<Row> {};

TEST_P(Pagers, VisitEveryRowOnceAndEnd) {
  const Row& row = GetParam();
  const Walk walk = WalkAll(row.list, row.paging, row.limit, row.fit);
  std::vector<int64_t> all;
  for (int64_t i = 0; i < row.list.rows; ++i) all.push_back(i);
  EXPECT_EQ(walk.rows, all);
  EXPECT_EQ(walk.calls, row.calls);
  EXPECT_EQ(walk.pages, row.pages);
}

constexpr Paging::Kind kPage = Paging::Kind::kPage;
constexpr Paging::Kind kOffset = Paging::Kind::kOffset;
constexpr Paging::Kind kNone = Paging::Kind::kNone;

INSTANTIATE_TEST_SUITE_P(
    All, Pagers,
    ::testing::Values(
        Row{"EmptyList", {.rows = 0}, {.kind = kPage}, 20, 1, 1},
        Row{"ShortPage", {.rows = 7}, {.kind = kPage}, 20, 1, 1},
        Row{"PagesFrom0", {.rows = 50}, {.kind = kPage}, 20, 3, 3},
        Row{"PagesFrom1", {.rows = 50}, {.kind = kPage, .base = 1}, 20, 3, 3},
        Row{"RowsFrom1", {.rows = 50}, {.kind = kOffset, .base = 1}, 20, 3, 3},
        Row{"RowsFrom0", {.rows = 50}, {.kind = kOffset}, 20, 3, 3},
        // Without a total only an empty page tells that a full one was the last.
        Row{"FullLastPage", {.rows = 40}, {.kind = kPage}, 20, 3, 3},
        Row{"TotalReached", {.rows = 40, .tells_total = true}, {.kind = kPage}, 20, 2, 2},
        Row{"TotalReachedByRows",
            {.rows = 40, .tells_total = true},
            {.kind = kOffset, .base = 1},
            20,
            2,
            2},
        Row{"More", {.rows = 40, .tells_more = true}, {.kind = kPage, .base = 1}, 20, 2, 2},
        Row{"LimitBeyondAPage", {.rows = 450, .tells_total = true}, {.kind = kPage}, 250, 2, 7},
        Row{"LimitThatDividesBadly",
            {.rows = 210, .tells_total = true},
            {.kind = kPage},
            101,
            3,
            7},
        Row{"AtMostFivePages",
            {.rows = 1200, .tells_total = true},
            {.kind = kPage, .max = 50},
            500,
            5,
            24},
        Row{"WholeList", {.rows = 130}, {.kind = kNone}, 50, 3, 3},
        Row{"IndexIgnored", {.rows = 20, .ignores_index = true}, {.kind = kPage}, 20, 2, 2},
        Row{"CountIgnored",
            {.rows = 130, .ignores_index = true, .ignores_count = true},
            {.kind = kPage},
            50,
            3,
            3},
        Row{"PagesShorterThanAsked",
            {.rows = 60, .tells_total = true, .cap = 20},
            {.kind = kPage},
            50,
            2,
            4},
        Row{"RowsFewerThanAsked",
            {.rows = 60, .tells_total = true, .cap = 20},
            {.kind = kOffset, .base = 1},
            50,
            2,
            4},
        Row{"AnswerFull", {.rows = 45, .tells_total = true}, {.kind = kPage}, 20, 6, 8, 8}),
    [](const auto& info) { return info.param.name; });

TEST(Pager, AsksForNoMoreThanZohoAllows) {
  const Paging paging{.kind = kPage, .base = 0, .max = 100};
  EXPECT_EQ(Pager(paging, 500, {}, kMaxPages).query()->count, 100);
  EXPECT_EQ(Pager(paging, 100, {}, kMaxPages).query()->count, 100);
  EXPECT_EQ(Pager(paging, 150, {}, kMaxPages).query()->count, 75);
  EXPECT_EQ(Pager(paging, 1, {}, kMaxPages).query()->count, 1);
}

TEST(Pager, AsksForNoMorePagesThanItMay) {
  const Paging paging{.kind = kPage, .base = 0, .max = 10};
  Pager pager(paging, 50, {}, /*max_pages=*/2);
  for (int page = 0; page < 2; ++page) {
    ASSERT_FALSE(pager.done());
    pager.Read({.rows = 10, .first_id = absl::StrCat(page)});
    pager.Took(10);
  }
  EXPECT_TRUE(pager.done());
  EXPECT_EQ(pager.next()->index, 2);
}

TEST(Pager, AFailedPageIsWhereTheListGoesOn) {
  const Paging paging{.kind = kPage, .base = 0, .max = 10};
  Pager pager(paging, 30, {}, kMaxPages);
  pager.Read({.rows = 10, .first_id = "0"});
  pager.Took(10);
  ASSERT_FALSE(pager.done());
  // The second page fails: nothing is read.
  EXPECT_EQ(pager.next()->index, 1);
  EXPECT_EQ(pager.next()->count, 10);
  EXPECT_EQ(pager.next()->skip, 0);
}

}  // namespace
}  // namespace mesh::zoho_proxy
