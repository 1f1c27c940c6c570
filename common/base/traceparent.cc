#include "common/base/traceparent.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace mesh {
namespace {

bool IsLowerHex(absl::string_view text, size_t size) {
  return text.size() == size && absl::c_all_of(text, [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

std::string ValidTraceparent(absl::string_view value) {
  const std::vector<absl::string_view> parts = absl::StrSplit(value, '-');
  const bool valid = parts.size() == 4 && IsLowerHex(parts[0], 2) && parts[0] != "ff" &&
                     IsLowerHex(parts[1], 32) && IsLowerHex(parts[2], 16) &&
                     IsLowerHex(parts[3], 2);
  return valid ? std::string(value) : std::string();
}

}  // namespace mesh
