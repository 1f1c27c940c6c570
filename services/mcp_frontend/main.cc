// mcp-frontend-service: the MCP endpoint on a public listener, the management API on a private one.
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/rpc/call_group.h"
#include "common/rpc/channel.h"
#include "common/rpc/config.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/metrics.h"
#include "common/rpc/process.h"
#include "common/rpc/stop_signal.h"
#include "edge/api_keys.h"
#include "edge/audit_recorder.h"
#include "edge/catalogue.h"
#include "edge/change_watch.h"
#include "edge/readiness.h"
#include "gateway/management.h"
#include "services/mcp_frontend/approvals.h"
#include "services/mcp_frontend/clients.h"
#include "services/mcp_frontend/endpoint.h"
#include "services/mcp_frontend/mcp/http_sse.h"
#include "services/mcp_frontend/mcp/protocol.h"
#include "services/mcp_frontend/mcp/streamable_http.h"
#include "services/mcp_frontend/name_lists.h"
#include "services/mcp_frontend/replicas.h"
#include "services/mcp_frontend/server_info.h"
#include "services/mcp_frontend/session_server.h"
#include "services/mcp_frontend/surfaces.h"
#include "services/mcp_frontend/tenants.h"
#include "services/mcp_frontend/tools.h"

int main(int argc, char** argv) {
  using namespace mesh;  // NOLINT(google-build-using-namespace)
  rpc::StopSignal stop;  // Before any thread starts.
  const auto config = rpc::LoadConfigOrExit<config::v1::McpFrontendConfig>(
      argc, argv, "Serves MCP to clients, and the management API to operators.");
  if (const absl::Status wrong = frontend::ApplyConfig(config); !wrong.ok()) rpc::ExitWith(wrong);

  const SystemClock clock;
  const auto registry = std::make_shared<prometheus::Registry>();
  frontend::Metrics metrics(*registry);
  gateway::Metrics management_metrics(*registry);

  const auto auth_channel =
      rpc::ValueOrExit(rpc::MakeChannel(config.auth_service(), config.service()));
  const auto accounts = auth::v1::AccountService::NewStub(auth_channel);
  const auto connect = auth::v1::ConnectService::NewStub(auth_channel);
  const auto mcp_servers = auth::v1::McpServerService::NewStub(auth_channel);
  const auto api_key_service = auth::v1::ApiKeyService::NewStub(auth_channel);
  const auto client_service = auth::v1::ClientService::NewStub(auth_channel);
  const auto approval_service = auth::v1::ApprovalService::NewStub(auth_channel);
  const auto change_service = auth::v1::ChangeService::NewStub(auth_channel);
  const auto tool_service = tools::v1::ToolService::NewStub(
      rpc::ValueOrExit(rpc::MakeChannel(config.zoho_proxy_service(), config.service())));

  const auto audit = auth::v1::AuditService::NewStub(auth_channel);
  edge::AuditRecorder recorder(*audit, *registry);
  mcp::Protocol protocol(frontend::MeshServerInfo(),
                         rpc::ValueOrExit(frontend::ProtocolOptionsOf(config)));
  rpc::CallGroup calls;
  edge::CatalogueWatch catalogue(*tool_service, edge::CatalogueWatch::Options(), [&protocol] {
    protocol.listeners().Tell("", mcp::Change::Everything());
  });
  edge::Readiness readiness(*accounts, *tool_service, catalogue);
  edge::ApiKeys api_keys(clock, *api_key_service, calls);

  frontend::ResolvedServers servers(clock, *mcp_servers, calls);
  const edge::ChangeWatch changes(*change_service, clock, *registry, [&](const auto& news) {
    servers.Apply(news);
    api_keys.Apply(news);
    if (news.reset() || news.changes_size() > 0) protocol.listeners().Recheck();
  });
  const mcp::StreamableHttp streamable_http(protocol);
  mcp::HttpSse http_sse(protocol);
  frontend::EndpointOptions endpoint_options = frontend::EndpointOptionsOf(config);
  rpc::OkOrExit(frontend::AddFixtures(config, protocol, endpoint_options));

  frontend::Clients clients(*client_service, clock, calls, protocol.timer());
  frontend::Approvals approvals(*approval_service, calls, metrics);
  frontend::Tools tools(*tool_service, catalogue, recorder, approvals, calls, protocol.timer(),
                        metrics);
  frontend::NameLists names(clock, *tool_service, calls);
  frontend::Tenants tenants(tools, catalogue, *accounts, names, clients, calls);
  if (!config.replica_address().empty()) {
    endpoint_options.replicas = rpc::ValueOrExit(frontend::Replicas::Create(config, calls));
  }
  frontend::Endpoint endpoint(std::move(endpoint_options), servers, api_keys, tenants,
                              streamable_http, http_sse, readiness, metrics);
  rpc::ServerMetrics rpc_metrics(*registry);
  frontend::SessionServer session_server(endpoint, rpc_metrics);
  const auto replica_listener =
      rpc::ValueOrExit(frontend::ListenToReplicas(config, session_server));
  http_sse.NameReplica(frontend::ReplicaAddress(config, replica_listener.get()));
  const auto mcp_listener = rpc::ValueOrExit(frontend::StartMcp(
      config, readiness, [&endpoint](auto exchange) { endpoint.Handle(exchange); },
      [&protocol] { protocol.EndStreams(); }));

  gateway::Management management(
      {*accounts, *connect, *mcp_servers, *api_key_service, *audit, *client_service,
       *approval_service, *tool_service, catalogue, recorder, calls},
      clock, rpc::ValueOrExit(frontend::ManagementOptionsOf(config, mcp_listener.get())), api_keys,
      readiness, management_metrics);
  const auto management_listener = rpc::ValueOrExit(frontend::StartManagement(
      config, readiness, [&management](auto exchange) { management.Handle(exchange); }));

  std::vector<rpc::Listener*> listeners;
  if (mcp_listener != nullptr) listeners.push_back(mcp_listener.get());
  if (management_listener != nullptr) listeners.push_back(management_listener.get());
  // The last to go: answers to what the others hold may still come this way.
  if (replica_listener != nullptr) listeners.push_back(replica_listener.get());
  const int status =
      rpc::RunUntilStopped(config.service(), "mcp-frontend-service", registry, listeners, stop);
  protocol.Close();
  calls.Close();  // What is still under way uses all of the above.
  recorder.Close(absl::Now() + absl::Seconds(5));
  clients.Flush(absl::Now() + absl::Seconds(1));
  StopLog();
  return status;
}
