#include "services/zoho_proxy/file_head.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "services/zoho_proxy/printable.h"

namespace mesh::zoho_proxy {
namespace {

constexpr int kPartialContent = 206;
constexpr size_t kMaxName = 255;

// `filename` of Content-Disposition: its last segment, however the path is written.
std::string NameIn(absl::string_view disposition) {
  for (absl::string_view part : absl::StrSplit(disposition, ';')) {
    part = absl::StripAsciiWhitespace(part);
    if (!absl::StartsWithIgnoreCase(part, "filename=")) continue;
    part.remove_prefix(std::string("filename=").size());
    part = absl::StripSuffix(absl::StripPrefix(part, "\""), "\"");
    part = part.substr(part.find_last_of("/\\") + 1);
    std::string name = PrintableAscii(part.substr(0, kMaxName));
    return name == "." || name == ".." ? std::string() : name;
  }
  return "";
}

std::optional<int64_t> Size(const net::HttpResponse& head) {
  int64_t size = 0;
  if (head.status == kPartialContent) {
    const auto range = head.headers.Get("Content-Range");
    if (!range.has_value()) return std::nullopt;
    const size_t slash = range->rfind('/');
    if (slash == range->npos) return std::nullopt;
    if (absl::SimpleAtoi(range->substr(slash + 1), &size) && size >= 0) return size;
    return std::nullopt;
  }
  const auto length = head.headers.Get("Content-Length");
  if (length.has_value() && absl::SimpleAtoi(*length, &size) && size >= 0) return size;
  return std::nullopt;
}

}  // namespace

tools::v1::FileInfo ReadFileHead(const net::HttpResponse& head) {
  tools::v1::FileInfo file;
  if (const auto type = head.headers.Get("Content-Type"))
    file.set_content_type(PrintableAscii(*type));
  if (const auto disposition = head.headers.Get("Content-Disposition")) {
    file.set_name(NameIn(*disposition));
  }
  if (const std::optional<int64_t> size = Size(head)) file.set_size(*size);
  return file;
}

}  // namespace mesh::zoho_proxy
