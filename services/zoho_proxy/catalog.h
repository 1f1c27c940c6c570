// The compiled catalogue: an immutable snapshot, and the place where the current one is found.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "mesh/tools/v1/tools.pb.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// Thread-safe, immutable.
class Catalog {
 public:
  // Compiles the documents of each folder. Fails like DocumentSet::Load() and CompileTools(), and
  // where two folders define one tool.
  static absl::StatusOr<std::shared_ptr<const Catalog>> Load(
      const std::vector<std::string>& folders);

  explicit Catalog(std::vector<Tool> tools, std::vector<absl::Status> left_out = {});

  // nullptr where there is none of that name.
  const Tool* Find(absl::string_view name) const;

  // Every tool by name, and the digest.
  const tools::v1::ListToolsResponse& list() const { return list_; }

  const std::vector<Tool>& tools() const { return tools_; }

  // Why some operations are no tools: see CompileTools().
  const std::vector<absl::Status>& left_out() const { return left_out_; }

 private:
  // By name, ascending.
  std::vector<Tool> tools_;
  absl::flat_hash_map<std::string, const Tool*> by_name_;
  tools::v1::ListToolsResponse list_;
  std::vector<absl::Status> left_out_;
};

// Holds the current snapshot. Thread-safe: who has taken one keeps it over a swap.
class CatalogHolder {
 public:
  explicit CatalogHolder(std::shared_ptr<const Catalog> catalog) : catalog_(std::move(catalog)) {}

  std::shared_ptr<const Catalog> Get() const {
    const std::lock_guard lock(mu_);
    return catalog_;
  }

  void Set(std::shared_ptr<const Catalog> catalog) {
    const std::lock_guard lock(mu_);
    catalog_.swap(catalog);
  }

 private:
  mutable std::mutex mu_;
  std::shared_ptr<const Catalog> catalog_;
};

}  // namespace mesh::zoho_proxy
