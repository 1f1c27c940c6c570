// A folder of OpenAPI documents, read as one graph: `$ref`s are followed wherever they lead.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/zoho_proxy/document.h"
#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {

class Node;

// Immutable after Load(): thread-safe.
class DocumentSet {
 public:
  // Reads each `*.yaml`, `*.yml` and `*.json` of `folder` that is not hidden, by name, and what
  // their `$ref`s name in folders below. Fails with NOT_FOUND (`FILE_UNREADABLE`), and with
  // INVALID_ARGUMENT
  // (`CATALOG_INVALID`) where one cannot be read or there is none.
  static absl::StatusOr<DocumentSet> Load(const std::string& folder);

  // The documents as in a folder of that name, for tests.
  static absl::StatusOr<DocumentSet> Parse(const std::map<std::string, std::string>& text_by_name);

  // The root of each file, by name. Valid while this object is and does not move.
  std::vector<Node> Roots() const;

 private:
  friend class Node;

  // By path within the folder.
  std::map<std::string, Document> documents_;
};

// A place in a document. Cheap to copy, valid while its DocumentSet is.
class Node {
 public:
  // Whether there is anything here: what Get() finds nothing for is an absent node.
  bool present() const { return value_ != nullptr; }

  // Must be present. A `$ref` is never seen here: it has been followed.
  const Json& value() const { return *value_; }

  // The member `key`, a reference followed; absent where there is none or this is no object. What
  // stands beside a `$ref` is laid over what it leads to.
  // Fails where the reference leads nowhere or in a circle.
  absl::StatusOr<Node> Get(absl::string_view key) const;

  // The members of an object or items of an array, by key or index; empty for anything else.
  absl::StatusOr<std::vector<std::pair<std::string, Node>>> Children() const;

  // A member of a stated kind. Absent optional ones give the fallback; anything else, empty texts
  // included, is refused by file and line.
  absl::StatusOr<std::string> String(absl::string_view key) const;
  absl::StatusOr<std::string> StringOr(absl::string_view key, absl::string_view fallback) const;
  absl::StatusOr<int64_t> IntegerOr(absl::string_view key, int64_t fallback) const;
  absl::StatusOr<bool> BoolOr(absl::string_view key, bool fallback) const;

  // `CATALOG_INVALID` at this place.
  absl::Status Invalid(absl::string_view why) const;

  // The file's path within the folder.
  const std::string& file() const { return *name_; }

  // The same for the same place, whichever way led there.
  std::string Identity() const;

 private:
  friend class DocumentSet;

  // What stood beside a reference on the way here, the last one first.
  struct Beside;

  Node(const DocumentSet* set, const std::string* name, const Document* document, const Json* value,
       std::string pointer)
      : set_(set), name_(name), document_(document), value_(value), pointer_(std::move(pointer)) {}

  Node Child(absl::string_view key) const;
  absl::StatusOr<Node> Follow() const;
  absl::StatusOr<Node> FollowOnce(const std::string& reference) const;

  const DocumentSet* set_;
  const std::string* name_;
  const Document* document_;
  const Json* value_;
  std::string pointer_;
  std::shared_ptr<const Beside> beside_;
};

}  // namespace mesh::zoho_proxy
