#include "common/net/response_head.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace mesh::net {
namespace {

bool IsDecidedHere(absl::string_view name) {
  for (const absl::string_view own :
       {"content-length", "transfer-encoding", "connection", "keep-alive", "date"}) {
    if (absl::EqualsIgnoreCase(name, own)) return true;
  }
  return false;
}

bool IsToken(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-.^_`|~", c);
  });
}

void AppendField(std::string* out, absl::string_view name, absl::string_view value) {
  if (!IsToken(name) || IsDecidedHere(name)) return;
  absl::StrAppend(out, name, ": ");
  const size_t start = out->size();
  absl::StrAppend(out, value);
  std::replace_if(
      out->begin() + static_cast<std::ptrdiff_t>(start), out->end(),
      [](char c) { return absl::ascii_iscntrl(c) && c != '\t'; }, ' ');
  out->append("\r\n");
}

}  // namespace

std::string FormatHead(const ResponseHead& head) {
  std::string out;
  out.reserve(512);
  absl::StrAppend(&out, "HTTP/1.1 ", head.status, " ", head.reason, "\r\nDate: ", head.date,
                  "\r\n");
  for (const auto& [name, value] : *head.headers) AppendField(&out, name, value);
  for (const auto& [name, value] : *head.common_headers) {
    if (!head.headers->Has(name)) AppendField(&out, name, value);
  }
  if (!IsBodiless(head.status)) {
    if (head.framing == Framing::kLength) {
      absl::StrAppend(&out, "Content-Length: ", head.body_bytes, "\r\n");
    } else if (head.framing == Framing::kChunked) {
      out.append("Transfer-Encoding: chunked\r\n");
    }
  }
  if (!head.connection.empty()) absl::StrAppend(&out, "Connection: ", head.connection, "\r\n");
  out.append("\r\n");
  return out;
}

std::string FormatHttpDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

}  // namespace mesh::net
