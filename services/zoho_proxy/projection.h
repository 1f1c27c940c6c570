// Which fields of an answer the caller wants. Pure.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mesh::zoho_proxy {

// Immutable once parsed: thread-safe.
class Projection {
 public:
  // Everything.
  Projection() = default;

  // `topic,meetingLicense.edition`; empty text wants everything. Fails with INVALID_ARGUMENT
  // (`ARGUMENT_INVALID`) on an empty name.
  static absl::StatusOr<Projection> Parse(absl::string_view fields);

  bool everything() const { return members_.empty(); }

  // What is wanted of the member `name`; nullptr where nothing is. `startTime` brings the
  // `startTimeRfc3339` beside it.
  const Projection* Member(absl::string_view name) const;

 private:
  std::map<std::string, Projection, std::less<>> members_;
};

}  // namespace mesh::zoho_proxy
