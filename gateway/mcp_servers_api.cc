#include "gateway/mcp_servers_api.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using auth::v1::McpServer;
using auth::v1::McpServerService;
using Async = McpServerService::StubInterface::async_interface;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

// With its new token and the URL that holds it, which nobody sees again.
Json WithToken(const McpServer& mcp_server, const std::string& token,
               const std::string& public_url) {
  const Json server = ToJson(mcp_server);
  Json json;
  for (const auto& [name, value] : server.items()) {
    if (name == "created_at") {
      json["token"] = token;
      json["url"] = absl::StrCat(public_url, "/mcp/", token);
    }
    json[name] = value;
  }
  return json;
}

void Create(const Backends& to, const std::string& public_url, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::CreateMcpServerRequest> request =
      ReadCreateMcpServer(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  request->set_account(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.mcp_servers.async(), &Async::CreateMcpServer,
                *std::move(request), std::move(call),
                [public_url](ApiCall& answered, const auth::v1::CreateMcpServerResponse& created) {
                  answered.Answer(201,
                                  WithToken(created.mcp_server(), created.token(), public_url));
                });
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<PageRequest> page = ReadPage(call->request());
  if (!page.ok()) return call->Answer(page.status());
  auth::v1::ListMcpServersRequest request;
  request.set_account(call->path_value(0));
  request.set_page_size(page->limit);
  request.set_page_token(page->cursor);
  CallAndAnswer(to.calls, kService, *to.mcp_servers.async(), &Async::ListMcpServers,
                std::move(request), std::move(call),
                [](ApiCall& answered, const auth::v1::ListMcpServersResponse& response) {
                  Json results = Json::array();
                  for (const McpServer& server : response.mcp_servers()) {
                    results.push_back(ToJson(server));
                  }
                  answered.Answer(200, Page(std::move(results), response.next_page_token()));
                });
}

void Get(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::GetMcpServerRequest request;
  request.set_account(call->path_value(0));
  request.set_id(call->path_value(1));
  CallAndAnswer(
      to.calls, kService, *to.mcp_servers.async(), &Async::GetMcpServer, std::move(request),
      std::move(call),
      [](ApiCall& answered, const McpServer& server) { answered.Answer(200, ToJson(server)); });
}

void Update(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::UpdateMcpServerRequest> request =
      ReadUpdateMcpServer(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  request->set_account(call->path_value(0));
  request->set_id(call->path_value(1));
  CallAndAnswer(
      to.calls, kService, *to.mcp_servers.async(), &Async::UpdateMcpServer, *std::move(request),
      std::move(call),
      [](ApiCall& answered, const McpServer& server) { answered.Answer(200, ToJson(server)); });
}

void Rotate(const Backends& to, const std::string& public_url, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::RotateMcpServerTokenRequest> request = ReadRotate(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  request->set_account(call->path_value(0));
  request->set_id(call->path_value(1));
  CallAndAnswer(
      to.calls, kService, *to.mcp_servers.async(), &Async::RotateMcpServerToken,
      *std::move(request), std::move(call),
      [public_url](ApiCall& answered, const auth::v1::RotateMcpServerTokenResponse& rotated) {
        Json json = WithToken(rotated.mcp_server(), rotated.token(), public_url);
        json["previous_expires_at"] = TimeText(rotated.previous_expire_time());
        answered.Answer(200, json);
      });
}

void Delete(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::DeleteMcpServerRequest request;
  request.set_account(call->path_value(0));
  request.set_id(call->path_value(1));
  CallAndAnswer(to.calls, kService, *to.mcp_servers.async(), &Async::DeleteMcpServer,
                std::move(request), std::move(call),
                [](ApiCall& answered, const google::protobuf::Empty&) {
                  answered.Answer(net::ServerResponse{.status = 204});
                });
}

}  // namespace

std::vector<ApiRoute> McpServerRoutes(const std::string& public_url) {
  const auto create = [public_url](const Backends& to, std::unique_ptr<ApiCall> call) {
    Create(to, public_url, std::move(call));
  };
  const auto rotate = [public_url](const Backends& to, std::unique_ptr<ApiCall> call) {
    Rotate(to, public_url, std::move(call));
  };
  return {
      {"POST", "/integrated-account/{id}/mcp", ApiKey::OPERATOR, create},
      {"GET", "/integrated-account/{id}/mcp", ApiKey::VIEWER, List},
      {"GET", "/integrated-account/{id}/mcp/{mcp_id}", ApiKey::VIEWER, Get},
      {"PATCH", "/integrated-account/{id}/mcp/{mcp_id}", ApiKey::OPERATOR, Update},
      {"POST", "/integrated-account/{id}/mcp/{mcp_id}/rotate", ApiKey::OPERATOR, rotate},
      {"DELETE", "/integrated-account/{id}/mcp/{mcp_id}", ApiKey::OPERATOR, Delete},
  };
}

}  // namespace mesh::gateway
