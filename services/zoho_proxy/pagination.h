// Zoho's pages behind one opaque cursor. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/seal.h"
#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/request_builder.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// Where a list goes on.
struct Cursor {
  // The next page to ask Zoho for.
  int64_t index = 0;
  int64_t count = 0;

  // Rows of that page that were handed out already.
  int64_t skip = 0;

  // Rows of the pages before it.
  int64_t seen = 0;

  // Id of the first row of the page before: Zoho repeats a page where it does not know the index.
  std::string previous_first = {};
};

// What a cursor is bound to: it opens for the same tool, account and filters only. `limit` and
// `fields` may change from page to page.
std::string CursorScope(absl::string_view tool, absl::string_view account,
                        const Arguments& arguments);

// In base64url.
std::string SealCursor(const Sealer& sealer, const Cursor& cursor, absl::string_view scope);

// Fails with INVALID_ARGUMENT (`CURSOR_INVALID`).
absl::StatusOr<Cursor> OpenCursor(const Sealer& sealer, absl::string_view text,
                                  absl::string_view scope);

// What an answer says about its page.
struct PageFacts {
  size_t rows = 0;
  std::string first_id = {};
  // Of the whole list.
  std::optional<int64_t> total = {};
  // Whether there are more.
  std::optional<bool> more = {};
};

// Walks the pages of one call. Not thread-safe.
//
//   while (!pager.done()) {
//     … ask for pager.query(), read the answer …
//     const Pager::Slice slice = pager.Read(facts);
//     pager.Took(how many rows of the slice were handed on);
//   }
//   … pager.next() …
class Pager {
 public:
  struct Slice {
    size_t from = 0;
    size_t to = 0;
  };

  // Asks for `max_pages` pages at most.
  Pager(const Paging& paging, int64_t limit, const std::optional<Cursor>& cursor,
        int max_pages = 5);

  // nullopt where Zoho gives the whole list at once.
  std::optional<PageQuery> query() const;

  // The rows of the page just read that belong into the answer.
  Slice Read(const PageFacts& facts);

  // Fewer than the slice holds: the answer is full.
  void Took(size_t rows);

  // Whether to ask for no further page.
  bool done() const { return ended_ || full_ || pages_ >= max_pages_; }

  // Where to go on; nullopt at the end of the list.
  std::optional<Cursor> next() const;

  // Rows of the list, from its beginning, that whole pages have shown.
  int64_t seen() const { return at_.seen; }

 private:
  bool IsLastPage() const;

  const Paging& paging_;
  Cursor at_;
  int64_t wanted_;
  const int max_pages_;
  int pages_ = 0;
  bool ended_ = false;
  bool full_ = false;
  PageFacts facts_;
  Slice slice_;
};

}  // namespace mesh::zoho_proxy
