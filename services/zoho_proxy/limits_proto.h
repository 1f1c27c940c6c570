// Zoho's limits as the services hand them on. Pure.
#pragma once

#include "common/base/errors.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::zoho_proxy {

tools::v1::RateLimit ToProto(const RateLimitFacts& facts);

}  // namespace mesh::zoho_proxy
