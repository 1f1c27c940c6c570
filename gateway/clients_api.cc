#include "gateway/clients_api.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "edge/tool_list_digest.h"
#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using auth::v1::Client;
using auth::v1::ClientService;
using auth::v1::McpServer;
using auth::v1::McpServerService;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

Json OrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

// `current` is the digest of what the MCP server shows now.
Json ToJson(const Client& client, const std::string& current) {
  return {
      {"name", OrNull(client.name())},
      {"version", OrNull(client.version())},
      {"introduced", client.introduced()},
      {"era", client.era()},
      {"protocol_version", OrNull(client.revision())},
      {"user_agent", OrNull(client.user_agent())},
      {"tools_digest", OrNull(client.list_digest())},
      {"tools_listed_at", client.has_list_time() ? Json(TimeText(client.list_time())) : Json()},
      {"is_current", client.list_digest().empty() ? Json() : Json(client.list_digest() == current)},
      {"first_seen_at", TimeText(client.first_seen_time())},
      {"last_seen_at", TimeText(client.last_seen_time())}};
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  std::shared_ptr<const edge::Catalogue> catalogue = to.catalogue.Current();
  if (catalogue == nullptr) {
    return call->Answer(ServiceUnavailable("zoho-proxy-service", "its catalogue is not loaded"));
  }
  auth::v1::GetMcpServerRequest request;
  request.set_account(call->path_value(0));
  request.set_id(call->path_value(1));
  const CallContext context = call->context();
  to.calls.Call(context, kService, *to.mcp_servers.async(),
                &McpServerService::StubInterface::async_interface::GetMcpServer, std::move(request),
                [&to, call = std::move(call),
                 catalogue = std::move(catalogue)](absl::StatusOr<McpServer> server) mutable {
                  if (!server.ok()) return call->Answer(server.status());
                  auth::v1::ListClientsRequest clients;
                  clients.set_mcp_server(server->id());
                  CallAndAnswer(
                      to.calls, kService, *to.clients.async(),
                      &ClientService::StubInterface::async_interface::ListClients,
                      std::move(clients), std::move(call),
                      [current = edge::ToolListDigest(*catalogue, server->config())](
                          ApiCall& answered, const auth::v1::ListClientsResponse& response) {
                        Json results = Json::array();
                        for (const Client& client : response.clients()) {
                          results.push_back(ToJson(client, current));
                        }
                        Json page = Page(std::move(results), "");
                        page["tools_digest"] = current;
                        answered.Answer(200, page);
                      });
                });
}

}  // namespace

std::vector<ApiRoute> ClientRoutes() {
  return {{"GET", "/integrated-account/{id}/mcp/{mcp_id}/client", ApiKey::VIEWER, List}};
}

}  // namespace mesh::gateway
