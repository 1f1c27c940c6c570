// Access tokens from auth-service over gRPC, for a TokenCache.
#pragma once

#include "mesh/auth/v1/tokens.grpc.pb.h"
#include "services/zoho_proxy/token_cache.h"

namespace mesh::zoho_proxy {

// `tokens` must outlive the result.
TokenCache::Fetch TokensFrom(auth::v1::TokenService::StubInterface& tokens);

}  // namespace mesh::zoho_proxy
