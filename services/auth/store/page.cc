#include "services/auth/store/page.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/errors.h"

namespace mesh::auth {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;

}  // namespace

std::string FormatPageToken(absl::string_view list, const Position& position) {
  return absl::WebSafeBase64Escape(
      absl::StrCat(list, "|", absl::ToUnixMicros(position.create_time), "|", position.id));
}

absl::StatusOr<PageRequest> ReadPageRequest(absl::string_view list, int page_size,
                                            absl::string_view page_token) {
  if (page_size < 0 || page_size > kMaxPageSize) {
    return FieldInvalid("page_size", "must lie between 1 and 1,000, or be 0 for 100");
  }
  PageRequest request{.limit = page_size == 0 ? kDefaultPageSize : page_size};
  if (page_token.empty()) return request;

  std::string text;
  if (!absl::WebSafeBase64Unescape(page_token, &text)) return PageTokenInvalid();
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '|');
  int64_t micros = 0;
  if (parts.size() != 3 || parts[0] != list || !absl::SimpleAtoi(parts[1], &micros)) {
    return PageTokenInvalid();
  }
  request.after = {.create_time = absl::FromUnixMicros(micros), .id = std::string(parts[2])};
  return request;
}

}  // namespace mesh::auth
