#include "edge/redaction.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/secret.h"

namespace mesh::edge {
namespace {

using Json = nlohmann::json;

constexpr std::array<absl::string_view, 6> kSecretNames = {"passw", "pwd",    "secret",
                                                           "token", "apikey", "credential"};
constexpr size_t kLongestString = 256;
constexpr size_t kLongest = 3000;
constexpr size_t kLongestInput = 64 << 10;
constexpr int kDeepest = 32;

bool IsSecretName(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  return lower == "pin" || lower == "startlink" ||
         std::any_of(kSecretNames.begin(), kSecretNames.end(),
                     [&](absl::string_view word) { return absl::StrContains(lower, word); });
}

void Redact(Json& json) {
  if (json.is_string()) {
    auto& text = json.get_ref<std::string&>();
    if (text.size() > kLongestString) text = absl::StrCat(text.substr(0, kLongestString), "…");
    return;
  }
  if (!json.is_structured()) return;
  for (auto item = json.begin(); item != json.end(); ++item) {
    if (json.is_object() && IsSecretName(item.key())) {
      *item = Secret::kRedacted;
    } else {
      Redact(*item);
    }
  }
}

}  // namespace

std::string RedactArguments(absl::string_view arguments_json) {
  if (arguments_json.size() > kLongestInput) {
    return absl::StrCat(R"({"bytes":)", arguments_json.size(), "}");
  }
  const auto bound = [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; };
  Json json = Json::parse(arguments_json.begin(), arguments_json.end(), bound,
                          /*allow_exceptions=*/false);
  if (!json.is_object()) return "";
  Redact(json);
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= kLongest ? text : absl::StrCat(R"({"bytes":)", arguments_json.size(), "}");
}

}  // namespace mesh::edge
