// The gRPC service that lends access tokens.
#pragma once

#include "absl/time/time.h"

#include "common/rpc/metrics.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"
#include "services/auth/token_broker.h"

namespace mesh::auth {

// Thread-safe. Callers who wait for a refresh hold no thread.
class TokenService final : public v1::TokenService::CallbackService {
 public:
  // `min_ttl` is for requests that name none.
  TokenService(TokenBroker& broker, absl::Duration min_ttl, rpc::ServerMetrics& metrics)
      : broker_(broker), min_ttl_(min_ttl), metrics_(metrics.Of("GetAccessToken")) {}

  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* call,
                                           const v1::GetAccessTokenRequest* request,
                                           v1::AccessToken* response) override;

 private:
  TokenBroker& broker_;
  const absl::Duration min_ttl_;
  rpc::MethodMetrics& metrics_;
};

}  // namespace mesh::auth
