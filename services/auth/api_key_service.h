// The gRPC service of API keys.
#pragma once

#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "services/auth/store/api_key_store.h"

namespace mesh::auth {

// Thread-safe.
class ApiKeyService final : public v1::ApiKeyService::CallbackService {
 public:
  ApiKeyService(ApiKeyStore& store, ThreadPool& pool, rpc::ServerMetrics& metrics)
      : store_(store), pool_(pool), metrics_(metrics) {}

  grpc::ServerUnaryReactor* ResolveApiKey(grpc::CallbackServerContext* call,
                                          const v1::ResolveApiKeyRequest* request,
                                          v1::ApiKey* response) override;

 private:
  ApiKeyStore& store_;
  ThreadPool& pool_;
  rpc::ServerMetrics& metrics_;
};

}  // namespace mesh::auth
