// What is said of a write whose answer never came. Pure.
#pragma once

#include "absl/status/status.h"

namespace mesh::zoho_proxy {

// `status` as the end of a request that changes something: where it may have been carried out all
// the same, that is said in place of the advice to try again.
absl::Status UnansweredWrite(const absl::Status& status);

}  // namespace mesh::zoho_proxy
