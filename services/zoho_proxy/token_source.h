// Access tokens from auth-service over gRPC, for a TokenCache.
#pragma once

#include "common/rpc/call_group.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"
#include "services/zoho_proxy/token_cache.h"

namespace mesh::zoho_proxy {

// Both must outlive the result.
TokenCache::Fetch TokensFrom(auth::v1::TokenService::StubInterface& tokens, rpc::CallGroup& calls);

}  // namespace mesh::zoho_proxy
