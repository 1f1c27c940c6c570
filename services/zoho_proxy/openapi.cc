#include "services/zoho_proxy/openapi.h"

#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/yaml.h"

namespace mesh::zoho_proxy {
namespace {

// Whether `value` is a reference; a property that is called `$ref` is none.
bool IsReference(const Json& value) {
  if (!value.is_object()) return false;
  const auto member = value.find("$ref");
  return member != value.end() && member->is_string();
}

bool IsDocument(const std::filesystem::path& path) {
  // A hidden one is of an editor, or still being written.
  if (absl::StartsWith(path.filename().string(), ".")) return false;
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

// The member or item that one token of a JSON pointer names.
const Json* Step(const Json& value, const std::string& token) {
  if (value.is_object()) {
    const auto member = value.find(token);
    return member == value.end() ? nullptr : &*member;
  }
  size_t index = 0;
  if (value.is_array() && absl::SimpleAtoi(token, &index) && index < value.size()) {
    return &value[index];
  }
  return nullptr;
}

// JSON where the name says so or the text begins like a JSON object: the YAML parser is slow on
// large documents.
absl::StatusOr<Document> ParseDocument(absl::string_view file, absl::string_view text) {
  const absl::string_view stripped = absl::StripLeadingAsciiWhitespace(text);
  const bool json = absl::EndsWith(file, ".json") ||
                    (absl::StartsWith(stripped, "{") &&
                     absl::StartsWith(absl::StripLeadingAsciiWhitespace(stripped.substr(1)), "\""));
  return json ? ParseJson(file, text) : ParseYaml(file, text);
}

// The path within the folder of the file that a reference in `from` names; empty where it lies
// outside the folder or is no file.
std::string ResolveFile(const std::string& from, absl::string_view reference) {
  const std::optional<std::string> decoded = net::PercentDecode(reference);
  if (!decoded.has_value() || absl::StrContains(*decoded, "://")) return "";
  const std::filesystem::path path =
      (std::filesystem::path(from).parent_path() / *decoded).lexically_normal();
  const std::string text = path.string();
  return path.is_absolute() || absl::StartsWith(text, "..") ? "" : text;
}

std::pair<std::string, std::string> SplitReference(const std::string& reference) {
  return absl::StrSplit(reference, absl::MaxSplits('#', 1));
}

// The files that the references in `document`, at `name`, name.
std::set<std::string> FilesNamedIn(const std::string& name, const Document& document) {
  std::set<std::string> files;
  std::vector<const Json*> open = {document.root.get()};
  while (!open.empty()) {
    const Json& value = *open.back();
    open.pop_back();
    if (!value.is_structured()) continue;
    if (IsReference(value)) {
      const std::string file = SplitReference(value.at("$ref").get<std::string>()).first;
      if (!file.empty()) files.insert(ResolveFile(name, file));
    }
    for (const Json& child : value) open.push_back(&child);
  }
  files.erase("");
  return files;
}

}  // namespace

struct Node::Beside {
  // The object that holds the reference.
  Node place;
  std::shared_ptr<const Beside> next;
};

absl::StatusOr<DocumentSet> DocumentSet::Load(const std::string& folder) {
  std::error_code error;
  std::set<std::string> open;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (IsDocument(entry->path())) open.insert(entry->path().filename().string());
  }
  if (error) return FileUnreadable(folder, error.message());
  if (open.empty()) return CatalogInvalid(folder, 0, "holds no .yaml, .yml or .json file");
  const std::set<std::string> listed = open;
  DocumentSet set;
  while (!open.empty()) {
    const std::string name = open.extract(open.begin()).value();
    const std::string path = (std::filesystem::path(folder) / name).string();
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) {
      if (listed.count(name) > 0) return text.status();
      continue;  // Told where it is referred to, with the line.
    }
    ASSIGN_OR_RETURN(Document document, ParseDocument(path, *text));
    const Document& kept = set.documents_[name] = std::move(document);
    for (const std::string& file : FilesNamedIn(name, kept)) {
      if (set.documents_.count(file) == 0) open.insert(file);
    }
  }
  return set;
}

absl::StatusOr<DocumentSet> DocumentSet::Parse(
    const std::map<std::string, std::string>& text_by_name) {
  DocumentSet set;
  for (const auto& [name, text] : text_by_name) {
    ASSIGN_OR_RETURN(set.documents_[name], ParseDocument(name, text));
  }
  return set;
}

std::vector<Node> DocumentSet::Roots() const {
  std::vector<Node> roots;
  for (const auto& [name, document] : documents_) {
    roots.push_back(Node(this, &name, &document, document.root.get(), ""));
  }
  return roots;
}

Node Node::Child(absl::string_view key) const {
  return Node(set_, name_, document_, Step(*value_, std::string(key)),
              absl::StrCat(pointer_, "/", EscapePointerToken(key)));
}

absl::StatusOr<Node> Node::Get(absl::string_view key) const {
  if (!present()) return *this;
  for (const Beside* beside = beside_.get(); beside != nullptr; beside = beside->next.get()) {
    const Node child = beside->place.Child(key);
    if (child.present()) return child.Follow();
  }
  return Child(key).Follow();
}

absl::StatusOr<std::vector<std::pair<std::string, Node>>> Node::Children() const {
  std::vector<std::pair<std::string, Node>> children;
  if (!present() || !value_->is_structured()) return children;
  size_t index = 0;
  for (auto item = value_->begin(); item != value_->end(); ++item, ++index) {
    std::string key = value_->is_object() ? item.key() : absl::StrCat(index);
    ASSIGN_OR_RETURN(Node node, Child(key).Follow());
    children.emplace_back(std::move(key), std::move(node));
  }
  return children;
}

absl::StatusOr<Node> Node::Follow() const {
  Node node = *this;
  std::set<std::string> seen;
  // What stands beside an earlier reference is laid over what stands beside a later one.
  std::vector<Node> besides;
  while (node.present() && IsReference(*node.value_)) {
    if (!seen.insert(node.Identity()).second) return Invalid("`$ref` leads in a circle");
    if (node.value_->size() > 1) besides.push_back(node);
    ASSIGN_OR_RETURN(node, node.FollowOnce(node.value_->at("$ref").get<std::string>()));
  }
  for (auto beside = besides.rbegin(); beside != besides.rend(); ++beside) {
    node.beside_ = std::make_shared<const Beside>(Beside{*beside, node.beside_});
  }
  return node;
}

absl::StatusOr<Node> Node::FollowOnce(const std::string& reference) const {
  const auto [file, pointer] = SplitReference(reference);
  const std::string* name = name_;
  const Document* document = document_;
  if (!file.empty()) {
    const auto found = set_->documents_.find(ResolveFile(*name_, file));
    if (found == set_->documents_.end()) {
      return Invalid(absl::StrCat("`$ref` names the file ", file, ", which is not in the folder"));
    }
    name = &found->first;
    document = &found->second;
  }
  const Json* value = document->root.get();
  std::string place;
  for (const absl::string_view token : absl::StrSplit(pointer, '/', absl::SkipEmpty())) {
    const std::optional<std::string> decoded = net::PercentDecode(token);
    value = Step(*value, UnescapePointerToken(decoded.value_or(std::string(token))));
    if (value == nullptr) {
      return Invalid(absl::StrCat("`$ref` leads to ", reference, ", where there is nothing"));
    }
    absl::StrAppend(&place, "/", decoded.value_or(std::string(token)));
  }
  return Node(set_, name, document, value, place);
}

absl::StatusOr<std::string> Node::String(absl::string_view key) const {
  ASSIGN_OR_RETURN(const Node node, Get(key));
  if (!node.present()) return Invalid(absl::StrCat("`", key, "` is missing"));
  if (!node.value().is_string() || node.value().get_ref<const std::string&>().empty()) {
    return node.Invalid(absl::StrCat("`", key, "` must be a string that is not empty"));
  }
  return node.value().get<std::string>();
}

absl::StatusOr<std::string> Node::StringOr(absl::string_view key,
                                           absl::string_view fallback) const {
  ASSIGN_OR_RETURN(const Node node, Get(key));
  return node.present() ? String(key) : std::string(fallback);
}

absl::StatusOr<int64_t> Node::IntegerOr(absl::string_view key, int64_t fallback) const {
  ASSIGN_OR_RETURN(const Node node, Get(key));
  if (!node.present()) return fallback;
  if (!node.value().is_number_integer()) {
    return node.Invalid(absl::StrCat("`", key, "` must be an integer"));
  }
  return node.value().get<int64_t>();
}

absl::StatusOr<bool> Node::BoolOr(absl::string_view key, bool fallback) const {
  ASSIGN_OR_RETURN(const Node node, Get(key));
  if (!node.present()) return fallback;
  if (!node.value().is_boolean()) {
    return node.Invalid(absl::StrCat("`", key, "` must be true or false"));
  }
  return node.value().get<bool>();
}

absl::Status Node::Invalid(absl::string_view why) const {
  return CatalogInvalid(document_->file, LineOf(*document_, pointer_), why);
}

std::string Node::Identity() const { return absl::StrCat(document_->file, "#", pointer_); }

}  // namespace mesh::zoho_proxy
