#include "services/zoho_proxy/pagination.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/hash.h"

namespace mesh::zoho_proxy {
namespace {

// Changes with the meaning of a cursor's content, so that an old one is refused, not misread.
constexpr char kVersion[] = "2";

// More than any list has rows, and small enough that pages times rows does not overflow.
constexpr int64_t kMostRows = int64_t{1} << 31;

// Whether a number of a cursor can be one.
bool ReadNumber(absl::string_view text, int64_t& number) {
  return absl::SimpleAtoi(text, &number) && number >= 0 && number <= kMostRows;
}

int64_t CeilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

std::string CursorScope(absl::string_view tool, absl::string_view account,
                        const Arguments& arguments) {
  Arguments filters = arguments;
  for (const char* own : {"limit", "next_cursor", "fields"}) filters.erase(own);
  return absl::StrCat("cursor/", tool, "/", account, "/", Sha256Hex(filters.dump()));
}

std::string SealCursor(const Sealer& sealer, const Cursor& cursor, absl::string_view scope) {
  return absl::WebSafeBase64Escape(
      sealer.Seal(absl::StrCat(kVersion, " ", cursor.index, " ", cursor.count, " ", cursor.skip,
                               " ", cursor.seen, " ", cursor.previous_first),
                  scope));
}

absl::StatusOr<Cursor> OpenCursor(const Sealer& sealer, absl::string_view text,
                                  absl::string_view scope) {
  std::string sealed;
  if (!absl::WebSafeBase64Unescape(text, &sealed)) return CursorInvalid();
  const absl::StatusOr<Secret> opened = sealer.Open(sealed, scope);
  if (!opened.ok()) return CursorInvalid();
  const std::vector<absl::string_view> parts =
      absl::StrSplit(opened->Reveal(), absl::MaxSplits(' ', 5));
  Cursor cursor;
  if (parts.size() != 6 || parts[0] != kVersion || !ReadNumber(parts[1], cursor.index) ||
      !ReadNumber(parts[2], cursor.count) || !ReadNumber(parts[3], cursor.skip) ||
      !ReadNumber(parts[4], cursor.seen)) {
    return CursorInvalid();
  }
  cursor.previous_first = std::string(parts[5]);
  return cursor;
}

Pager::Pager(const Paging& paging, int64_t limit, const std::optional<Cursor>& cursor,
             int max_pages)
    : paging_(paging), wanted_(limit), max_pages_(max_pages) {
  if (cursor.has_value()) {
    at_ = *cursor;
    return;
  }
  at_.index = paging.base;
  // As few pages as it takes, and each no longer than needed: 150 rows are two pages of 75.
  at_.count = CeilDivide(limit, CeilDivide(limit, paging.max));
}

std::optional<PageQuery> Pager::query() const {
  if (paging_.kind == Paging::Kind::kNone) return std::nullopt;
  return PageQuery{.index = at_.index, .count = at_.count};
}

Pager::Slice Pager::Read(const PageFacts& facts) {
  ++pages_;
  facts_ = facts;
  slice_ = {};
  const bool repeated = !at_.previous_first.empty() && facts.first_id == at_.previous_first;
  if (facts.rows == 0 || repeated) {
    ended_ = true;
    return slice_;
  }
  slice_.from = std::min<size_t>(at_.skip, facts.rows);
  slice_.to = std::min<size_t>(facts.rows, slice_.from + wanted_);
  return slice_;
}

void Pager::Took(size_t rows) {
  if (ended_) return;
  wanted_ -= static_cast<int64_t>(rows);
  full_ = wanted_ <= 0 || rows < slice_.to - slice_.from;
  at_.skip = static_cast<int64_t>(slice_.from + rows);
  if (static_cast<size_t>(at_.skip) < facts_.rows) return;  // The rest of this page comes next.
  at_.seen += static_cast<int64_t>(facts_.rows);
  if (IsLastPage()) {
    ended_ = true;
    return;
  }
  at_.index += paging_.kind == Paging::Kind::kPage ? 1 : static_cast<int64_t>(facts_.rows);
  at_.skip = 0;
  at_.previous_first = facts_.first_id;
}

std::optional<Cursor> Pager::next() const {
  if (ended_) return std::nullopt;
  return at_;
}

bool Pager::IsLastPage() const {
  if (paging_.kind == Paging::Kind::kNone) return true;
  if (facts_.more.has_value()) return !*facts_.more;
  const auto rows = static_cast<int64_t>(facts_.rows);
  // More rows than asked for: Zoho does not page this list and has given all of it.
  if (rows > at_.count) return true;
  // Fewer may be as many as Zoho gives at once.
  if (facts_.total.has_value()) return at_.seen >= *facts_.total;
  return rows < at_.count;
}

}  // namespace mesh::zoho_proxy
