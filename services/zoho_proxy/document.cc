#include "services/zoho_proxy/document.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"

namespace mesh::zoho_proxy {
namespace {

constexpr int kMaxDepth = 200;

int LineAt(absl::string_view text, size_t position) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + std::min(position, text.size()), '\n'));
}

// Walks text that is known to be JSON.
class JsonWalker {
 public:
  explicit JsonWalker(absl::string_view text) : text_(text) {}

  // Where the node that `tokens` lead to begins, for a member of an object its key, or the last one
  // on the way that there is.
  size_t Find(const std::vector<std::string>& tokens) {
    size_t found = 0;
    for (const std::string& token : tokens) {
      SkipSpace();
      const bool object = Peek() == '{';
      if (!object && Peek() != '[') break;
      ++at_;
      const std::optional<size_t> step = object ? FindMember(token) : FindItem(token);
      if (!step.has_value()) break;
      found = *step;
    }
    return found;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipSpace() {
    while (at_ < text_.size() && (absl::ascii_isspace(text_[at_]) || text_[at_] == ',')) ++at_;
  }

  // Leaves the walker at the member's value.
  std::optional<size_t> FindMember(const std::string& key) {
    for (SkipSpace(); Peek() == '"'; SkipSpace()) {
      const size_t begin = at_;
      SkipString();
      const bool found = KeyAt(begin) == key;
      SkipSpace();
      if (Peek() == ':') ++at_;
      if (found) return begin;
      SkipValue();
    }
    return std::nullopt;
  }

  std::optional<size_t> FindItem(const std::string& token) {
    for (size_t index = 0;; ++index) {
      SkipSpace();
      if (Peek() == ']' || Peek() == '\0') return std::nullopt;
      if (absl::StrCat(index) == token) return at_;
      SkipValue();
    }
  }

  std::string KeyAt(size_t begin) const {
    const Json key = Json::parse(text_.begin() + begin, text_.begin() + at_, nullptr,
                                 /*allow_exceptions=*/false);
    return key.is_string() ? key.get<std::string>() : std::string();
  }

  void SkipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void SkipValue() {
    int depth = 0;
    do {
      SkipSpace();
      const char c = Peek();
      if (c == '\0') return;
      if (c == '"') {
        SkipString();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      if (absl::ascii_isalnum(c) || c == '-') {  // A number or a name.
        while (absl::ascii_isalnum(Peek()) || Peek() == '+' || Peek() == '-' || Peek() == '.')
          ++at_;
      }
    } while (depth > 0);
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

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
      if (++depth > kMaxDepth) return at;
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

int LineOf(const Document& document, absl::string_view pointer) {
  if (document.text != nullptr) {
    std::vector<std::string> tokens;
    absl::ConsumePrefix(&pointer, "/");
    for (const absl::string_view token : absl::StrSplit(pointer, '/', absl::SkipEmpty())) {
      tokens.push_back(absl::StrReplaceAll(token, {{"~1", "/"}, {"~0", "~"}}));
    }
    return LineAt(*document.text, JsonWalker(*document.text).Find(tokens));
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
    document.text = std::make_shared<const std::string>(text);
    return document;
  } catch (const Json::parse_error& error) {
    position = error.byte;
  } catch (const std::exception& error) {
    return CatalogInvalid(file, 0, error.what());
  }
  return CatalogInvalid(file, LineAt(text, position > 0 ? position - 1 : 0), "is no JSON");
}

}  // namespace mesh::zoho_proxy
