// Pages of a list that is ordered by creation, and the opaque tokens that lead from one to the
// next.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/rpc/proto_time.h"

namespace mesh::auth {

// As precise as the store is: to the microsecond.
inline absl::Time StoredTime(absl::Time time) {
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

// Of an item in its list.
struct Position {
  absl::Time create_time = absl::InfinitePast();
  std::string id = {};

  friend bool operator==(const Position&, const Position&) = default;
};

struct PageRequest {
  int limit = 100;

  // The page starts behind it.
  Position after = {};
};

template <typename T>
struct Page {
  std::vector<T> items = {};

  // Of the last item, where more follow.
  std::optional<Position> next = {};
};

// Appends `item`, which has an id() and a create_time(), while there is room; one more only tells
// that more follow.
template <typename Item>
void AddToPage(const PageRequest& request, Item item, Page<Item>& page) {
  if (page.items.size() < static_cast<size_t>(request.limit)) {
    page.items.push_back(std::move(item));
    return;
  }
  const Item& last = page.items.back();
  page.next = Position{.create_time = rpc::TimeOf(last.create_time()), .id = last.id()};
}

// `list` says which list the position is in, for example `accounts`: a token of another is refused.
std::string FormatPageToken(absl::string_view list, const Position& position);

// Of a request's `page_size` and `page_token`. Fails with INVALID_ARGUMENT (`FIELD_INVALID` unless
// the size is 0, for 100, to 1,000; `PAGE_TOKEN_INVALID`).
absl::StatusOr<PageRequest> ReadPageRequest(absl::string_view list, int page_size,
                                            absl::string_view page_token);

}  // namespace mesh::auth
