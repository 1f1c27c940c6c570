#include "services/zoho_proxy/file_answer.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/utf8.h"

namespace mesh::zoho_proxy {
namespace {

// Of a text, in bytes: leaves room below the 100 KB of a result for what JSON escapes.
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

std::string DescribeFile(const net::HttpResponse& response) {
  const std::string type(response.headers.Get("Content-Type").value_or("application/octet-stream"));
  const int64_t size = SizeOf(response);
  Json file = {{"contentType", type}, {"sizeBytes", size}};
  if (IsText(type)) {
    const absl::string_view text = CutUtf8(response.body, kMaxText);
    file["text"] = std::string(text);
    if (static_cast<int64_t>(text.size()) < size) file["truncated"] = true;
  }
  // Bytes that are no UTF-8 are shown as U+FFFD.
  return file.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mesh::zoho_proxy
