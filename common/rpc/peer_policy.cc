#include "common/rpc/peer_policy.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"

namespace mesh::rpc {
namespace {

// They tell nothing of value, and whoever asks has a certificate of the mesh.
bool IsOpen(absl::string_view service) {
  return service == "grpc.health.v1.Health" || absl::StartsWith(service, "grpc.reflection.");
}

}  // namespace

absl::StatusOr<PeerPolicy> PeerPolicy::Create(const config::v1::ServiceConfig& config,
                                              const std::vector<config::v1::PeerGrant>& defaults) {
  PeerPolicy policy;
  const std::vector<config::v1::PeerGrant> configured(config.peers().begin(), config.peers().end());
  for (const config::v1::PeerGrant& grant : configured.empty() ? defaults : configured) {
    if (grant.name().empty()) {
      return FieldInvalid("service.peers.name", "is required", "zoho-proxy-service");
    }
    if (grant.methods().empty()) {
      return FieldInvalid("service.peers.methods", "must name at least one service or method",
                          "mesh.tools.v1.ToolService");
    }
    policy.methods_by_name_[grant.name()].insert(grant.methods().begin(), grant.methods().end());
  }
  return policy;
}

bool PeerPolicy::Allows(absl::string_view path, absl::Span<const absl::string_view> names) const {
  const absl::string_view method = absl::StripPrefix(path, "/");
  const absl::string_view service = method.substr(0, method.find('/'));
  if (IsOpen(service)) return true;
  for (const absl::string_view name : names) {
    const auto found = methods_by_name_.find(name);
    if (found == methods_by_name_.end()) continue;
    const auto& methods = found->second;
    if (methods.contains("*") || methods.contains(service) || methods.contains(method)) return true;
  }
  return false;
}

config::v1::PeerGrant Grant(absl::string_view name, const std::vector<std::string>& methods) {
  config::v1::PeerGrant grant;
  grant.set_name(std::string(name));
  grant.mutable_methods()->Add(methods.begin(), methods.end());
  return grant;
}

}  // namespace mesh::rpc
