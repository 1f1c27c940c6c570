#include "services/zoho_proxy/tool_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/base/hash.h"

namespace mesh::zoho_proxy {
namespace {

using Listed = tools::v1::Tool;

constexpr size_t kHashLength = 8;

bool Fits(absl::string_view text, size_t max_length, bool (*fits)(char)) {
  return !text.empty() && text.size() <= max_length && std::all_of(text.begin(), text.end(), fits);
}

bool FitsToolName(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_'; }

bool FitsArgumentName(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-'; }

}  // namespace

bool IsToolName(absl::string_view name) { return Fits(name, kMaxToolName, FitsToolName); }

bool IsArgumentName(absl::string_view name) {
  return Fits(name, kMaxArgumentName, FitsArgumentName);
}

std::string ToolName(Listed::Method method, absl::string_view integration, absl::string_view plural,
                     absl::string_view singular, absl::string_view verb) {
  switch (method) {
    case Listed::LIST:
      return absl::StrCat("list_all_", integration, "_", plural);
    case Listed::GET:
      return absl::StrCat("get_single_", integration, "_", singular, "_by_id");
    case Listed::CREATE:
      return absl::StrCat("create_a_", integration, "_", singular);
    case Listed::UPDATE:
      return absl::StrCat("update_a_", integration, "_", singular, "_by_id");
    case Listed::DELETE:
      return absl::StrCat("delete_a_", integration, "_", singular, "_by_id");
    default:
      return absl::StrCat(integration, "_", plural, "_", verb);
  }
}

std::string SnakeCase(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!absl::ascii_isalnum(c)) {
      if (!out.empty() && out.back() != '_') out += '_';
      continue;
    }
    // `forRepo` and `HTMLPage`, but not `HTML`.
    const bool word = absl::ascii_isupper(c) && i > 0 &&
                      (absl::ascii_islower(text[i - 1]) || absl::ascii_isdigit(text[i - 1]) ||
                       (absl::ascii_isupper(text[i - 1]) && i + 1 < text.size() &&
                        absl::ascii_islower(text[i + 1])));
    if (word && !out.empty() && out.back() != '_') out += '_';
    out += absl::ascii_tolower(c);
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::string PlainToolName(absl::string_view integration, absl::string_view operation) {
  const std::string name = absl::StrCat(integration, "_", SnakeCase(operation));
  return name.size() <= kMaxToolName ? name : DistinctToolName(name, operation);
}

std::string DistinctToolName(absl::string_view name, absl::string_view what) {
  return absl::StrCat(name.substr(0, kMaxToolName - kHashLength - 1), "_",
                      Sha256Hex(what).substr(0, kHashLength));
}

std::string FitArgumentName(absl::string_view name) {
  std::string fitting(name.substr(0, kMaxArgumentName));
  std::replace_if(
      fitting.begin(), fitting.end(), [](char c) { return !FitsArgumentName(c); }, '_');
  return fitting.empty() ? "value" : fitting;
}

}  // namespace mesh::zoho_proxy
