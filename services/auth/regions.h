// Zoho's data centres: the only hosts this mesh ever calls.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "mesh/config/v1/config.pb.h"

namespace mesh::auth {

// Immutable, thread-safe.
class Regions {
 public:
  // The built-in table with `config` laid over it, by code. Fails with INVALID_ARGUMENT
  // (`FIELD_INVALID`) where a code is no word or a URL is neither https nor on loopback, or has a
  // path.
  static absl::StatusOr<Regions> Create(
      const google::protobuf::RepeatedPtrField<config::v1::RegionConfig>& config);

  // Fails with INVALID_ARGUMENT (`REGION_UNKNOWN`, with the codes there are). The region is valid
  // as long as this object.
  absl::StatusOr<const config::v1::RegionConfig*> Find(absl::string_view code) const;

  // The region whose accounts host Zoho names, likewise.
  absl::StatusOr<const config::v1::RegionConfig*> FindByAccountsHost(absl::string_view host) const;

  // The region whose Meeting API is at `host`, as Zoho names it: with or without scheme and port.
  // Fails with FAILED_PRECONDITION (`ZOHO_HOST_UNKNOWN`).
  absl::StatusOr<const config::v1::RegionConfig*> FindByMeetingHost(absl::string_view host) const;

  // By code.
  const std::vector<config::v1::RegionConfig>& all() const { return regions_; }

 private:
  std::vector<config::v1::RegionConfig> regions_;
};

}  // namespace mesh::auth
