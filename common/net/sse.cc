#include "common/net/sse.h"

#include "absl/strings/str_cat.h"

#include "common/base/check.h"

namespace mesh::net {
namespace {

bool IsOneLine(absl::string_view text) { return text.find_first_of("\r\n") == text.npos; }

}  // namespace

std::string SseEvent(absl::string_view name, absl::string_view data, absl::string_view id) {
  // A line break would let the text write fields and events of its own.
  CHECK(IsOneLine(name) && IsOneLine(data) && IsOneLine(id));
  if (id.empty()) return absl::StrCat("event: ", name, "\ndata: ", data, "\n\n");
  return absl::StrCat("event: ", name, "\nid: ", id, "\ndata: ", data, "\n\n");
}

}  // namespace mesh::net
