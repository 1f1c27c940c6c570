#include "services/zoho_proxy/catalog.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/status_macros.h"
#include "services/zoho_proxy/compiler.h"
#include "services/zoho_proxy/openapi.h"

namespace mesh::zoho_proxy {

absl::StatusOr<std::shared_ptr<const Catalog>> Catalog::Load(
    const std::vector<std::string>& folders) {
  std::vector<Tool> tools;
  std::vector<absl::Status> left_out;
  absl::flat_hash_set<std::string> names;
  for (const std::string& folder : folders) {
    ASSIGN_OR_RETURN(const DocumentSet documents, DocumentSet::Load(folder));
    ASSIGN_OR_RETURN(std::vector<Tool> more, CompileTools(documents, &left_out));
    for (Tool& tool : more) {
      if (!names.insert(tool.listed.name()).second) {
        return CatalogInvalid(
            folder, 0, absl::StrCat("the tool ", tool.listed.name(), " is in another folder too"));
      }
      tools.push_back(std::move(tool));
    }
  }
  return std::make_shared<const Catalog>(std::move(tools), std::move(left_out));
}

Catalog::Catalog(std::vector<Tool> tools, std::vector<absl::Status> left_out)
    : tools_(std::move(tools)), left_out_(std::move(left_out)) {
  std::sort(tools_.begin(), tools_.end(),
            [](const Tool& a, const Tool& b) { return a.listed.name() < b.listed.name(); });
  for (const Tool& tool : tools_) {
    by_name_.emplace(tool.listed.name(), &tool);
    *list_.add_tools() = tool.listed;
  }
  // No message in it holds a map: the same tools give the same bytes.
  list_.set_digest(Sha256Hex(list_.SerializeAsString()));
}

const Tool* Catalog::Find(absl::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace mesh::zoho_proxy
