// Zoho's rows and objects as the mesh hands them on: ids as strings, RFC 3339 beside Zoho's dates,
// secrets hidden, only the wanted fields, and not too much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/projection.h"

namespace mesh::zoho_proxy {

struct ResultOptions {
  Projection fields = {};

  // Whether start links, passwords and dial-in codes are shown.
  bool reveal_secrets = false;

  // Of a result, with all that stands around its rows.
  size_t max_bytes = 100'000;
};

// Writes one result. Not thread-safe.
//
// An integer is written as a string where its field is an id by name (it ends in `id`, `ids`, `key`
// or `keys`, or is `presenter` or `creator`) or where JavaScript could not hold it. Beside `xTime`,
// and for `xTimeMillisec` and its like, stands `xTimeRfc3339`, where Zoho says enough to know the
// moment.
class ResultWriter {
 public:
  explicit ResultWriter(ResultOptions options);
  ~ResultWriter();

  // Appends the rows [from, to) of a list's answer, fewer where the result would grow too long.
  // Returns how many are done with, those left out included.
  size_t AppendRows(const Answer& answer, size_t from, size_t to);

  // Rows that were left out, as each is too long even for a result of its own.
  size_t left_out() const;

  // `{"results": […], "next_cursor"?, "total"?, "note"?}`, what is empty left out.
  std::string FinishList(absl::string_view next_cursor, std::optional<int64_t> total,
                         absl::string_view note);

  // The object of an answer; `{}` where it has none, the item where Zoho sent an array of one. More
  // items become `{"results": […]}`, and a bare value `{"result": …}`. What is too long has its
  // longest array cut and says so in a `note`; where that does not suffice it fails with
  // INVALID_ARGUMENT (`ARGUMENT_INVALID`, `fields`).
  absl::StatusOr<std::string> FinishObject(const Answer& answer);

  // `{"deleted": true, "id": "…"}`, without an empty id.
  static std::string Deleted(absl::string_view id);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::zoho_proxy
