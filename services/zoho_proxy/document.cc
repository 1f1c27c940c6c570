#include "services/zoho_proxy/document.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "common/base/errors.h"

namespace mesh::zoho_proxy {
namespace {

using simdjson::ondemand::array;
using simdjson::ondemand::field;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

int LineAt(absl::string_view text, size_t position) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + std::min(position, text.size()), '\n'));
}

// The member `key` of `object`; `position` gets where its key begins.
std::optional<value> FindMember(const char* text, object members, const std::string& key,
                                size_t& position) {
  for (auto member : members) {
    field found;
    std::string_view name;
    if (std::move(member).get(found) != simdjson::SUCCESS) return std::nullopt;
    const size_t at = found.key().raw() - 1 - text;
    if (found.unescaped_key().get(name) != simdjson::SUCCESS) return std::nullopt;
    if (key != name) continue;
    position = at;
    return found.value();
  }
  return std::nullopt;
}

std::optional<value> FindItem(const char* text, array items, size_t index, size_t& position) {
  for (auto item : items) {
    value found;
    if (item.get(found) != simdjson::SUCCESS) return std::nullopt;
    if (index-- > 0) continue;
    position = found.raw_json_token().data() - text;
    return found;
  }
  return std::nullopt;
}

// Where the node at `pointer` begins in text that is known to be JSON, for a member of an object
// its key, or the last one on the way that there is.
size_t PositionOf(const std::string& text, absl::string_view pointer) {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  value at;
  if (parser.iterate(text.data(), text.size(), text.capacity()).get(document) !=
          simdjson::SUCCESS ||
      document.get_value().get(at) != simdjson::SUCCESS) {
    return 0;
  }
  size_t position = 0;
  absl::ConsumePrefix(&pointer, "/");
  for (const absl::string_view token : absl::StrSplit(pointer, '/', absl::SkipEmpty())) {
    object members;
    array items;
    size_t index = 0;
    std::optional<value> next;
    if (at.get_object().get(members) == simdjson::SUCCESS) {
      next = FindMember(text.data(), members, UnescapePointerToken(token), position);
    } else if (absl::SimpleAtoi(token, &index) && at.get_array().get(items) == simdjson::SUCCESS) {
      next = FindItem(text.data(), items, index, position);
    }
    if (!next.has_value()) break;
    at = *next;
  }
  return position;
}

// Where text that may be JSON is nested deeper than functions that call themselves may follow.
std::optional<size_t> TooDeepAt(absl::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDocumentDepth) return at;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string EscapePointerToken(absl::string_view key) {
  return absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}});
}

std::string UnescapePointerToken(absl::string_view token) {
  return absl::StrReplaceAll(token, {{"~1", "/"}, {"~0", "~"}});
}

int LineOf(const Document& document, absl::string_view pointer) {
  if (document.text != nullptr) {
    return LineAt(*document.text, PositionOf(*document.text, pointer));
  }
  for (;;) {
    const auto line = document.lines.find(std::string(pointer));
    if (line != document.lines.end()) return line->second;
    const size_t slash = pointer.rfind('/');
    if (slash == pointer.npos) return 0;
    pointer = pointer.substr(0, slash);
  }
}

absl::StatusOr<Document> ParseJson(absl::string_view file, absl::string_view text) {
  if (const std::optional<size_t> deep = TooDeepAt(text)) {
    return CatalogInvalid(file, LineAt(text, *deep), "is nested too deep");
  }
  Document document{.file = std::string(file)};
  size_t position = 0;
  try {
    document.root = std::make_shared<const Json>(Json::parse(text.begin(), text.end()));
    std::string padded;
    padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    padded.append(text.data(), text.size());
    document.text = std::make_shared<const std::string>(std::move(padded));
    return document;
  } catch (const Json::parse_error& error) {
    position = error.byte;
  } catch (const std::exception& error) {
    return CatalogInvalid(file, 0, error.what());
  }
  return CatalogInvalid(file, LineAt(text, position > 0 ? position - 1 : 0), "is no JSON");
}

}  // namespace mesh::zoho_proxy
