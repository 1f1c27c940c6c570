#include "services/auth/api_key_service.h"

#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/auth/field_rules.h"

namespace mesh::auth {
namespace {

constexpr char kList[] = "api_keys";

// How exact a key's last use is kept: a write for each request would be one too many.
constexpr absl::Duration kUseInterval = absl::Minutes(1);

}  // namespace

grpc::ServerUnaryReactor* ApiKeyService::CreateApiKey(grpc::CallbackServerContext* call,
                                                      const v1::CreateApiKeyRequest* request,
                                                      v1::CreateApiKeyResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("CreateApiKey"), call, request, response,
      [this](const CallContext& c, const v1::CreateApiKeyRequest& r) {
        return Audited(
            audit_, c, {.action = "api_key.create"}, [&] { return Create(c, r); },
            [](const v1::CreateApiKeyResponse& response, AuditSubject& subject) {
              subject.details = {{"key", response.api_key().id()},
                                 {"name", response.api_key().name()},
                                 {"role", v1::ApiKey::Role_Name(response.api_key().role())}};
            });
      });
}

grpc::ServerUnaryReactor* ApiKeyService::ListApiKeys(grpc::CallbackServerContext* call,
                                                     const v1::ListApiKeysRequest* request,
                                                     v1::ListApiKeysResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ListApiKeys"), call, request, response,
      [this](const CallContext&, const v1::ListApiKeysRequest& r) { return List(r); });
}

grpc::ServerUnaryReactor* ApiKeyService::DeleteApiKey(grpc::CallbackServerContext* call,
                                                      const v1::DeleteApiKeyRequest* request,
                                                      google::protobuf::Empty* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("DeleteApiKey"), call, request, response,
      [this](const CallContext& c, const v1::DeleteApiKeyRequest& r) {
        return Audited(audit_, c, {.action = "api_key.revoke", .details = {{"key", r.id()}}},
                       [&] { return Delete(c, r); });
      });
}

grpc::ServerUnaryReactor* ApiKeyService::ResolveApiKey(grpc::CallbackServerContext* call,
                                                       const v1::ResolveApiKeyRequest* request,
                                                       v1::ApiKey* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ResolveApiKey"), call, request, response,
      [this](const CallContext&, const v1::ResolveApiKeyRequest& r) { return Resolve(r); });
}

absl::StatusOr<v1::CreateApiKeyResponse> ApiKeyService::Create(
    const CallContext& context, const v1::CreateApiKeyRequest& request) {
  const absl::Time now = StoredTime(clock_.Now());
  RETURN_IF_ERROR(CheckName("name", request.name()));
  if (!v1::ApiKey::Role_IsValid(request.role()) || request.role() == v1::ApiKey::ROLE_UNSPECIFIED) {
    return FieldInvalid("role", "must be admin, operator or viewer", "viewer");
  }
  v1::CreateApiKeyResponse response;
  v1::ApiKey& key = *response.mutable_api_key();
  if (request.has_expire_time()) {
    ASSIGN_OR_RETURN(const absl::Time expire_time, CheckExpireTime(request.expire_time(), now));
    *key.mutable_expire_time() = rpc::TimestampOf(expire_time);
  }
  key.set_id(RandomId("key_"));
  key.set_name(request.name());
  key.set_role(request.role());
  *key.mutable_create_time() = rpc::TimestampOf(now);
  const Secret secret = RandomToken();
  RETURN_IF_ERROR(store_.Insert(key, Sha256(secret.Reveal())));
  response.set_key(std::string(secret.Reveal()));
  LogInfo("API key created", {{"request_id", context.request_id},
                              {"actor", context.actor},
                              {"key", key.id()},
                              {"role", v1::ApiKey::Role_Name(key.role())}});
  return response;
}

absl::StatusOr<v1::ListApiKeysResponse> ApiKeyService::List(const v1::ListApiKeysRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest wanted,
                   ReadPageRequest(kList, request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(Page<v1::ApiKey> page, store_.List(wanted, clock_.Now()));
  v1::ListApiKeysResponse response;
  for (v1::ApiKey& key : page.items) *response.add_api_keys() = std::move(key);
  if (page.next.has_value()) response.set_next_page_token(FormatPageToken(kList, *page.next));
  return response;
}

absl::StatusOr<google::protobuf::Empty> ApiKeyService::Delete(
    const CallContext& context, const v1::DeleteApiKeyRequest& request) {
  ASSIGN_OR_RETURN(const v1::ApiKey key, store_.Delete(request.id()));
  LogInfo("API key revoked", {{"request_id", context.request_id},
                              {"actor", context.actor},
                              {"key", key.id()},
                              {"name", key.name()}});
  return google::protobuf::Empty();
}

absl::StatusOr<v1::ApiKey> ApiKeyService::Resolve(const v1::ResolveApiKeyRequest& request) {
  RETURN_IF_ERROR(CheckDigest("key_sha256", request.key_sha256()));
  const absl::Time now = StoredTime(clock_.Now());
  ASSIGN_OR_RETURN(v1::ApiKey key, store_.Resolve(request.key_sha256(), now));
  if (!key.has_last_use_time() || rpc::TimeOf(key.last_use_time()) + kUseInterval <= now) {
    // A database that only reads keeps nobody out.
    if (absl::Status noted = store_.Touch(key.id(), now); noted.ok()) {
      *key.mutable_last_use_time() = rpc::TimestampOf(now);
    } else {
      LogWarning("use of an API key not noted", {{"key", key.id()}, {"error", noted}});
    }
  }
  return key;
}

}  // namespace mesh::auth
