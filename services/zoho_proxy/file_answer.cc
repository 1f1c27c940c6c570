#include "services/zoho_proxy/file_answer.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/utf8.h"
#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {
namespace {

// Of a text, in bytes.
constexpr size_t kMaxText = 60'000;

bool IsText(absl::string_view content_type) {
  if (absl::StartsWithIgnoreCase(content_type, "text/")) return true;
  const std::string type = absl::AsciiStrToLower(content_type);
  return absl::StrContains(type, "json") || absl::StrContains(type, "xml") ||
         absl::StrContains(type, "subrip") || absl::StrContains(type, "vtt");
}

// The size in `bytes 0-99/1234`; that of the body where there is none.
int64_t SizeOf(const net::HttpResponse& response) {
  const std::string range(response.headers.Get("Content-Range").value_or(""));
  const std::pair<std::string, std::string> parts = absl::StrSplit(range, absl::MaxSplits('/', 1));
  int64_t size = 0;
  if (response.status == 206 && absl::SimpleAtoi(parts.second, &size)) return size;
  return static_cast<int64_t>(response.body.size());
}

}  // namespace

std::string DescribeFile(const net::HttpResponse& response, size_t max_bytes) {
  const std::string type(response.headers.Get("Content-Type").value_or("application/octet-stream"));
  const int64_t size = SizeOf(response);
  Json file = {{"contentType", type}, {"sizeBytes", size}};
  size_t length = IsText(type) ? std::min(kMaxText, max_bytes) : 0;
  for (;;) {
    if (IsText(type)) {
      const absl::string_view text = CutUtf8(response.body, length);
      file["text"] = std::string(text);
      if (static_cast<int64_t>(text.size()) < size) file["truncated"] = true;
    }
    // Bytes that are no UTF-8 are shown as U+FFFD.
    std::string shown = file.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (shown.size() <= max_bytes || length == 0) return shown;
    // What JSON escapes has grown.
    length = length * max_bytes / shown.size();
  }
}

}  // namespace mesh::zoho_proxy
