// State that travels through a client and back: sealed, bound to what it is about, and of an end.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/seal.h"

namespace mesh::mcp {

// Thread-safe. Every replica of a server needs the same key.
class RequestStates {
 public:
  explicit RequestStates(Sealer sealer) : sealer_(std::move(sealer)) {}

  // Text for the client. `subject` says whose and what: state of one opens for no other.
  std::string Seal(absl::string_view state, absl::string_view subject, absl::Time now) const;

  // nullopt where `sealed` is not Seal()'s of this subject, or older than ten minutes.
  std::optional<std::string> Open(absl::string_view sealed, absl::string_view subject,
                                  absl::Time now) const;

 private:
  const Sealer sealer_;
};

}  // namespace mesh::mcp
