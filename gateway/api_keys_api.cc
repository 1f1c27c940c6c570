#include "gateway/api_keys_api.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using auth::v1::ApiKeyService;
using Async = ApiKeyService::StubInterface::async_interface;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

void Create(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::CreateApiKeyRequest> request = ReadCreateApiKey(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  CallAndAnswer(to.calls, kService, *to.api_keys.async(), &Async::CreateApiKey, *std::move(request),
                std::move(call),
                [](ApiCall& answered, const auth::v1::CreateApiKeyResponse& created) {
                  Json json = ToJson(created.api_key());
                  json["key"] = created.key();  // Here and nowhere else.
                  answered.Answer(201, json);
                });
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<PageRequest> page = ReadPage(call->request());
  if (!page.ok()) return call->Answer(page.status());
  auth::v1::ListApiKeysRequest request;
  request.set_page_size(page->limit);
  request.set_page_token(page->cursor);
  CallAndAnswer(to.calls, kService, *to.api_keys.async(), &Async::ListApiKeys, std::move(request),
                std::move(call),
                [](ApiCall& answered, const auth::v1::ListApiKeysResponse& response) {
                  Json results = Json::array();
                  for (const ApiKey& key : response.api_keys()) results.push_back(ToJson(key));
                  answered.Answer(200, Page(std::move(results), response.next_page_token()));
                });
}

void Delete(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::DeleteApiKeyRequest request;
  request.set_id(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.api_keys.async(), &Async::DeleteApiKey, std::move(request),
                std::move(call), [](ApiCall& answered, const google::protobuf::Empty&) {
                  answered.Answer(net::ServerResponse{.status = 204});
                });
}

}  // namespace

std::vector<ApiRoute> ApiKeyRoutes() {
  return {
      {"POST", "/api-key", ApiKey::ADMIN, Create},
      {"GET", "/api-key", ApiKey::ADMIN, List},
      {"DELETE", "/api-key/{id}", ApiKey::ADMIN, Delete},
  };
}

}  // namespace mesh::gateway
