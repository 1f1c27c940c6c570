#include "services/zoho_proxy/token_source.h"

#include <utility>

#include "common/rpc/call.h"

namespace mesh::zoho_proxy {

TokenCache::Fetch TokensFrom(auth::v1::TokenService::StubInterface& tokens) {
  using Async = auth::v1::TokenService::StubInterface::async_interface;
  return [&tokens](const CallContext& context, const auth::v1::GetAccessTokenRequest& request,
                   TokenCache::Fetched done) {
    rpc::Call(context, "auth-service", *tokens.async(), &Async::GetAccessToken, request,
              std::move(done));
  };
}

}  // namespace mesh::zoho_proxy
