#include "tests/fake_zoho/message.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"

#include "common/net/url.h"

namespace fake_zoho {
namespace {

std::string Decode(absl::string_view encoded) {
  const std::string spaced = absl::StrReplaceAll(encoded, {{"+", " "}});
  return mesh::net::PercentDecode(spaced).value_or(spaced);
}

}  // namespace

Parameters Parameters::Parse(absl::string_view encoded) {
  Parameters parameters;
  for (const absl::string_view pair : absl::StrSplit(encoded, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    parameters.pairs_.emplace_back(Decode(parts.first), Decode(parts.second));
  }
  return parameters;
}

std::optional<std::string> Parameters::Get(absl::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

void Parameters::Append(const Parameters& other) {
  pairs_.insert(pairs_.end(), other.begin(), other.end());
}

bool Request::IsForm() const {
  return absl::StartsWithIgnoreCase(headers.Get("Content-Type").value_or(""),
                                    "application/x-www-form-urlencoded");
}

Parameters Request::AllParameters() const {
  Parameters parameters = Parameters::Parse(query);
  if (IsForm()) parameters.Append(Parameters::Parse(body));
  return parameters;
}

std::optional<std::string> AccessTokenOf(const Request& request) {
  const std::optional<absl::string_view> value = request.headers.Get("Authorization");
  if (!value.has_value()) return std::nullopt;
  for (const absl::string_view scheme : {"Zoho-oauthtoken ", "Bearer "}) {
    if (absl::StartsWithIgnoreCase(*value, scheme)) {
      return std::string(absl::StripAsciiWhitespace(value->substr(scheme.size())));
    }
  }
  return std::nullopt;
}

Json JsonBodyOf(const Request& request) {
  std::string text = request.body;
  // curl's -d says "form" also of the raw JSON that working clients send.
  if (request.IsForm() && absl::StartsWith(request.body, "JSONString=")) {
    text = Parameters::Parse(request.body).GetOr("JSONString");
  }
  return Json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
}

Answer JsonAnswer(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"}},
          .body = Serialize(body)};
}

Answer HtmlAnswer(int status, absl::string_view body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html;charset=UTF-8"}},
          .body = std::string(body)};
}

Answer EmptyAnswer(int status) { return {.status = status}; }

std::string Serialize(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string HtmlEscape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

}  // namespace fake_zoho
