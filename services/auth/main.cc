// auth-service: holds every durable fact of the mesh and lends Zoho's access tokens.
#include <memory>
#include <optional>

#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "common/base/thread_pool.h"
#include "common/net/curl_http_client.h"
#include "common/rpc/config.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/metrics.h"
#include "common/rpc/process.h"
#include "common/rpc/stop_signal.h"
#include "mesh/config/v1/config.pb.h"
#include "services/auth/account_connector.h"
#include "services/auth/account_registrar.h"
#include "services/auth/account_service.h"
#include "services/auth/api_key_service.h"
#include "services/auth/approval_service.h"
#include "services/auth/audit_log.h"
#include "services/auth/audit_service.h"
#include "services/auth/bootstrap_key.h"
#include "services/auth/change_feed.h"
#include "services/auth/change_service.h"
#include "services/auth/client_service.h"
#include "services/auth/commands.h"
#include "services/auth/connect_service.h"
#include "services/auth/mcp_server_service.h"
#include "services/auth/metrics.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/peers.h"
#include "services/auth/regions.h"
#include "services/auth/settings.h"
#include "services/auth/sweeper.h"
#include "services/auth/token_broker.h"
#include "services/auth/token_service.h"

namespace {

constexpr char kUsage[] =
    "Holds every durable fact of the mesh and lends Zoho's access tokens. Configuration: "
    "mesh.config.v1.AuthServiceConfig.";

}  // namespace

int main(int argc, char** argv) {
  using namespace mesh;  // NOLINT(google-build-using-namespace)
  rpc::StopSignal stop;
  auto config = rpc::LoadConfigOrExit<config::v1::AuthServiceConfig>(argc, argv, kUsage);
  rpc::OkOrExit(auth::ApplyStoreFlag(config));
  if (const std::optional<absl::Status> done = auth::RunCommand(config)) {
    rpc::OkOrExit(*done);
    return 0;
  }
  const auth::Settings settings = rpc::ValueOrExit(auth::ReadSettings(config));
  const Sealer sealer = rpc::ValueOrExit(auth::ReadSealKey(config));
  const auth::Regions regions = rpc::ValueOrExit(auth::Regions::Create(config.regions()));
  const auth::OauthClients clients =
      rpc::ValueOrExit(auth::OauthClients::Create(config.oauth_clients(), regions));

  const SystemClock clock;
  const auto registry = std::make_shared<prometheus::Registry>();
  rpc::ServerMetrics rpc_metrics(*registry);
  auth::AuthMetrics metrics(*registry);
  const std::unique_ptr<auth::SqliteLock> lock = rpc::ValueOrExit(auth::LockStore(config));
  const std::unique_ptr<auth::Store> store = rpc::ValueOrExit(auth::OpenStore(config));
  rpc::OkOrExit(
      auth::SetBootstrapKey(config.bootstrap_api_key_file(), clock.Now(), store->api_keys()));

  ThreadPool workers(static_cast<size_t>(settings.worker_threads), /*queue=*/4096);
  ThreadPool refreshers(/*threads=*/4, /*queue=*/16384);
  net::CurlHttpClient http(settings.http);
  auth::TokenBroker broker(store->tokens(), sealer, http, regions, clients, refreshers, clock,
                           metrics, settings.broker);
  auth::AccountConnector connector(http, regions, clients, clock, metrics);
  auth::AccountRegistrar registrar(*store, connector, broker, sealer, clock,
                                   settings.broker.budget);
  const auth::Sweeper sweeper(*store, clock, metrics, settings.retention, absl::Minutes(1));
  auth::AuditLog audit_log(store->audit(), clock, metrics, settings.audit);
  auth::ChangeFeed feed(store->changes(), metrics, [&](const auto& news) { broker.Apply(news); },
                        {});

  auth::AccountService accounts(*store, connector, registrar, regions, clients, clock, workers,
                                rpc_metrics, audit_log);
  auth::ConnectService connect(*store, connector, registrar, sealer, regions, clients, clock,
                               workers, rpc_metrics, audit_log);
  auth::AuditService audit(audit_log, store->audit(), clock, workers, rpc_metrics);
  auth::TokenService tokens(broker, settings.broker.refresh_early, rpc_metrics);
  auth::McpServerService mcp_servers(store->mcp_servers(), clock, workers, rpc_metrics, metrics,
                                     audit_log);
  auth::ApiKeyService api_keys(store->api_keys(), clock, workers, rpc_metrics, audit_log);
  auth::ClientService mcp_clients(store->clients(), workers, rpc_metrics);
  auth::ApprovalService approvals(store->approvals(), settings.approval_lifetime, clock, workers,
                                  rpc_metrics, metrics, audit_log);
  auth::ChangeService changes(feed);
  const auto listener = rpc::ValueOrExit(
      rpc::GrpcListener::Start(config.service(), auth::DefaultPeers(),
                               {&accounts, &connect, &tokens, &mcp_servers, &api_keys, &audit,
                                &mcp_clients, &approvals, &changes}));
  listener->OnShutdown([&feed] { feed.Close(); });
  return rpc::RunUntilStopped(config.service(), "auth-service", registry, {listener.get()}, stop);
}
