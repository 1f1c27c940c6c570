// Which peers of the mesh may call which methods of a service.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include "mesh/config/v1/config.pb.h"

namespace mesh::rpc {

// Immutable, so thread-safe.
class PeerPolicy {
 public:
  // What `config` grants, or `defaults` where it grants nothing. Fails with INVALID_ARGUMENT
  // (`FIELD_INVALID`) on a grant without a name or methods.
  static absl::StatusOr<PeerPolicy> Create(const config::v1::ServiceConfig& config,
                                           const std::vector<config::v1::PeerGrant>& defaults);

  // Whether a peer whose certificate holds `names` may call `path`, as HTTP/2 writes it:
  // `/package.Service/Method`.
  bool Allows(absl::string_view path, absl::Span<const absl::string_view> names) const;

 private:
  PeerPolicy() = default;

  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>> methods_by_name_;
};

// A grant, for the defaults of a service.
config::v1::PeerGrant Grant(absl::string_view name, const std::vector<std::string>& methods);

}  // namespace mesh::rpc
