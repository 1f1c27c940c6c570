#include "services/auth/api_key_service.h"

#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "services/auth/field_rules.h"

namespace mesh::auth {

grpc::ServerUnaryReactor* ApiKeyService::ResolveApiKey(grpc::CallbackServerContext* call,
                                                       const v1::ResolveApiKeyRequest* request,
                                                       v1::ApiKey* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ResolveApiKey"), call, request, response,
      [this](const CallContext&, const v1::ResolveApiKeyRequest& r) -> absl::StatusOr<v1::ApiKey> {
        RETURN_IF_ERROR(CheckDigest("key_sha256", r.key_sha256()));
        return store_.Resolve(r.key_sha256());
      });
}

}  // namespace mesh::auth
