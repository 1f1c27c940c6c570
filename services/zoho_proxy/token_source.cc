#include "services/zoho_proxy/token_source.h"

#include <utility>

namespace mesh::zoho_proxy {

TokenCache::Fetch TokensFrom(auth::v1::TokenService::StubInterface& tokens, rpc::CallGroup& calls) {
  using Async = auth::v1::TokenService::StubInterface::async_interface;
  return
      [&tokens, &calls](const CallContext& context, const auth::v1::GetAccessTokenRequest& request,
                        TokenCache::Fetched done) {
        calls.Call(context, "auth-service", *tokens.async(), &Async::GetAccessToken, request,
                   std::move(done));
      };
}

}  // namespace mesh::zoho_proxy
