// The gRPC service of API keys.
#pragma once

#include "absl/status/statusor.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "services/auth/audit_trail.h"
#include "services/auth/store/api_key_store.h"

namespace mesh::auth {

// Thread-safe.
class ApiKeyService final : public v1::ApiKeyService::CallbackService {
 public:
  ApiKeyService(ApiKeyStore& store, const Clock& clock, ThreadPool& pool,
                rpc::ServerMetrics& metrics, AuditTrail& audit)
      : store_(store), clock_(clock), pool_(pool), metrics_(metrics), audit_(audit) {}

  grpc::ServerUnaryReactor* CreateApiKey(grpc::CallbackServerContext* call,
                                         const v1::CreateApiKeyRequest* request,
                                         v1::CreateApiKeyResponse* response) override;
  grpc::ServerUnaryReactor* ListApiKeys(grpc::CallbackServerContext* call,
                                        const v1::ListApiKeysRequest* request,
                                        v1::ListApiKeysResponse* response) override;
  grpc::ServerUnaryReactor* DeleteApiKey(grpc::CallbackServerContext* call,
                                         const v1::DeleteApiKeyRequest* request,
                                         google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ResolveApiKey(grpc::CallbackServerContext* call,
                                          const v1::ResolveApiKeyRequest* request,
                                          v1::ApiKey* response) override;

 private:
  absl::StatusOr<v1::CreateApiKeyResponse> Create(const CallContext& context,
                                                  const v1::CreateApiKeyRequest& request);
  absl::StatusOr<v1::ListApiKeysResponse> List(const v1::ListApiKeysRequest& request);
  absl::StatusOr<google::protobuf::Empty> Delete(const CallContext& context,
                                                 const v1::DeleteApiKeyRequest& request);
  absl::StatusOr<v1::ApiKey> Resolve(const v1::ResolveApiKeyRequest& request);

  ApiKeyStore& store_;
  const Clock& clock_;
  ThreadPool& pool_;
  rpc::ServerMetrics& metrics_;
  AuditTrail& audit_;
};

}  // namespace mesh::auth
