#include "services/zoho_proxy/openapi.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/status_macros.h"

namespace mesh::zoho_proxy {
namespace {

// Whether `value` is a reference; a property that is called `$ref` is none.
bool IsReference(const Json& value) {
  if (!value.is_object()) return false;
  const auto member = value.find("$ref");
  return member != value.end() && member->is_string();
}

constexpr int kMaxDepth = 100;

bool IsDocument(const std::filesystem::path& path) {
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

}  // namespace

absl::StatusOr<DocumentSet> DocumentSet::Load(const std::string& folder) {
  std::error_code error;
  std::map<std::string, std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (IsDocument(entry->path())) {
      names[entry->path().filename().string()] = entry->path().string();
    }
  }
  if (error) return FileUnreadable(folder, error.message());
  if (names.empty()) return CatalogInvalid(folder, 0, "holds no .yaml, .yml or .json file");
  DocumentSet set;
  for (const auto& [name, path] : names) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    ASSIGN_OR_RETURN(set.documents_[name], ParseYaml(path, text));
  }
  return set;
}

absl::StatusOr<DocumentSet> DocumentSet::Parse(
    const std::map<std::string, std::string>& text_by_name) {
  DocumentSet set;
  for (const auto& [name, text] : text_by_name) {
    ASSIGN_OR_RETURN(set.documents_[name], ParseYaml(name, text));
  }
  return set;
}

std::vector<Node> DocumentSet::Roots() const {
  std::vector<Node> roots;
  for (const auto& [name, document] : documents_) {
    roots.push_back(Node(this, &document, document.root.get(), ""));
  }
  return roots;
}

Node Node::Child(absl::string_view key) const {
  return Node(set_, document_, Step(*value_, std::string(key)),
              absl::StrCat(pointer_, "/", EscapePointerToken(key)));
}

absl::StatusOr<Node> Node::Get(absl::string_view key) const {
  if (!present()) return *this;
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
  while (node.present() && IsReference(*node.value_)) {
    if (!seen.insert(node.Identity()).second) return Invalid("`$ref` leads in a circle");
    ASSIGN_OR_RETURN(node, node.FollowOnce(node.value_->at("$ref").get<std::string>()));
  }
  return node;
}

absl::StatusOr<Node> Node::FollowOnce(const std::string& reference) const {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(reference, absl::MaxSplits('#', 1));
  const Document* document = document_;
  if (!parts.first.empty()) {
    const std::string name =
        absl::StartsWith(parts.first, "./") ? parts.first.substr(2) : parts.first;
    const auto found = set_->documents_.find(name);
    if (found == set_->documents_.end()) {
      return Invalid(absl::StrCat("`$ref` names the file ", name, ", which is not in the folder"));
    }
    document = &found->second;
  }
  const Json* value = document->root.get();
  for (const absl::string_view token : absl::StrSplit(parts.second, '/', absl::SkipEmpty())) {
    value = Step(*value, absl::StrReplaceAll(token, {{"~1", "/"}, {"~0", "~"}}));
    if (value == nullptr) {
      return Invalid(absl::StrCat("`$ref` leads to ", reference, ", where there is nothing"));
    }
  }
  return Node(set_, document, value, parts.second);
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

absl::StatusOr<Json> Node::Expand() const {
  Json out;
  std::set<std::string> path;
  RETURN_IF_ERROR(ExpandInto(path, out, 0));
  return out;
}

absl::Status Node::ExpandInto(std::set<std::string>& path, Json& out, int depth) const {
  if (depth > kMaxDepth) return Invalid("is nested too deep");
  // A node reached through a reference that is open already is part of itself.
  const std::string identity = Identity();
  if (!path.insert(identity).second) {
    out = Json::object();
    return absl::OkStatus();
  }
  if (value_->is_structured()) {
    out = value_->is_object() ? Json::object() : Json::array();
    ASSIGN_OR_RETURN(const auto children, Children());
    for (const auto& [key, node] : children) {
      Json child;
      RETURN_IF_ERROR(node.ExpandInto(path, child, depth + 1));
      if (out.is_array()) {
        out.push_back(std::move(child));
        continue;
      }
      // What stands beside a `$ref` (OpenAPI 3.1) is laid over what it leads to.
      const Json& own = *Child(key).value_;
      if (IsReference(own) && child.is_object()) {
        for (auto beside = own.begin(); beside != own.end(); ++beside) {
          if (beside.key() != "$ref") child[beside.key()] = *beside;
        }
      }
      out.push_back({key, std::move(child)});
    }
  } else {
    out = *value_;
  }
  path.erase(identity);
  return absl::OkStatus();
}

absl::Status Node::Invalid(absl::string_view why) const {
  return CatalogInvalid(document_->file, LineOf(*document_, pointer_), why);
}

const std::string& Node::file() const {
  for (const auto& [name, document] : set_->documents_) {
    if (&document == document_) return name;
  }
  return document_->file;
}

std::string Node::Identity() const { return absl::StrCat(document_->file, "#", pointer_); }

}  // namespace mesh::zoho_proxy
