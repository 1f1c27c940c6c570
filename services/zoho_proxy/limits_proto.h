// Zoho's limits as the services hand them on. Pure.
#pragma once

#include <optional>

#include "absl/status/status.h"

#include "common/base/errors.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::zoho_proxy {

tools::v1::RateLimit ToProto(const RateLimitFacts& facts);

// Of a refusal, ZOHO_RATE_LIMITED; nullopt for any other end.
std::optional<tools::v1::RateLimit> LimitsOf(const absl::Status& status);

}  // namespace mesh::zoho_proxy
