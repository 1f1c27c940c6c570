#include "services/zoho_proxy/yaml.h"

#include <cstdint>
#include <exception>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/base/utf8.h"

namespace mesh::zoho_proxy {
namespace {

constexpr int kMaxNodes = 1'000'000;

// `text` by YAML 1.2's core schema.
Json Typed(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (text.find_first_not_of("+-.0123456789eE") == text.npos) {
    if (int64_t integer = 0; absl::SimpleAtoi(text, &integer)) return integer;
    if (double number = 0; absl::SimpleAtod(text, &number)) return number;
  }
  return text;
}

// The line, from 1, of `text`, which is not UTF-8, where it is not.
int LineWithoutUtf8(absl::string_view text) {
  int line = 0;
  for (const absl::string_view part : absl::StrSplit(text, '\n')) {
    ++line;
    if (!IsUtf8(part)) break;
  }
  return line;
}

class Converter {
 public:
  explicit Converter(Document& document) : document_(document) {}

  absl::StatusOr<Json> Convert(const YAML::Node& node, const std::string& pointer, int depth) {
    const int line = node.Mark().line + 1;
    if (++nodes_ > kMaxNodes) return Invalid(line, "holds too many nodes");
    // An alias may stand within what it names, which is then nested without end.
    if (depth > kMaxDocumentDepth) return Invalid(line, "is nested too deep");
    document_.lines[pointer] = line;
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return node.Tag() == "?" || node.Tag().empty() ? Typed(node.Scalar()) : Json(node.Scalar());
      case YAML::NodeType::Sequence: {
        Json array = Json::array();
        for (const YAML::Node& item : node) {
          ASSIGN_OR_RETURN(Json value,
                           Convert(item, absl::StrCat(pointer, "/", array.size()), depth + 1));
          array.push_back(std::move(value));
        }
        return array;
      }
      case YAML::NodeType::Map:
        return ConvertMap(node, pointer, depth);
      default:
        return Json(nullptr);
    }
  }

 private:
  absl::StatusOr<Json> ConvertMap(const YAML::Node& node, const std::string& pointer, int depth) {
    Json object = Json::object();
    for (const auto& member : node) {
      const int line = member.first.Mark().line + 1;
      if (!member.first.IsScalar()) return Invalid(line, "a key must be a scalar");
      const std::string& key = member.first.Scalar();
      if (object.contains(key)) return Invalid(line, absl::StrCat("`", key, "` stands twice"));
      const std::string child = absl::StrCat(pointer, "/", EscapePointerToken(key));
      ASSIGN_OR_RETURN(Json value, Convert(member.second, child, depth + 1));
      document_.lines[child] = line;  // Of the key: a block's value begins a line later.
      object.push_back({key, std::move(value)});
    }
    return object;
  }

  absl::Status Invalid(int line, absl::string_view why) const {
    return CatalogInvalid(document_.file, line, why);
  }

  Document& document_;
  int nodes_ = 0;
};

}  // namespace

absl::StatusOr<Document> ParseYaml(absl::string_view file, absl::string_view text) {
  Document document{.file = std::string(file)};
  if (!IsUtf8(text)) return CatalogInvalid(file, LineWithoutUtf8(text), "is not UTF-8");
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    ASSIGN_OR_RETURN(Json value, Converter(document).Convert(root, "", 0));
    document.root = std::make_shared<const Json>(std::move(value));
    return document;
  } catch (const YAML::Exception& error) {
    return CatalogInvalid(file, error.mark.line + 1, error.msg);
  } catch (const std::exception& error) {
    return CatalogInvalid(file, 0, error.what());
  }
}

}  // namespace mesh::zoho_proxy
