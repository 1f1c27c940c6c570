// zoho-proxy-service: the tool catalogue, and the one that calls Zoho.
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"

#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/seal.h"
#include "common/net/curl_http_client.h"
#include "common/rpc/call_group.h"
#include "common/rpc/channel.h"
#include "common/rpc/config.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/metrics.h"
#include "common/rpc/peer_policy.h"
#include "common/rpc/process.h"
#include "common/rpc/stop_signal.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"
#include "mesh/config/v1/config.pb.h"
#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/catalog_fingerprint.h"
#include "services/zoho_proxy/catalog_reloader.h"
#include "services/zoho_proxy/proxy_metrics.h"
#include "services/zoho_proxy/proxy_service.h"
#include "services/zoho_proxy/settings.h"
#include "services/zoho_proxy/token_cache.h"
#include "services/zoho_proxy/token_source.h"
#include "services/zoho_proxy/tool_service.h"
#include "services/zoho_proxy/upstream.h"
#include "services/zoho_proxy/zoho_hosts.h"

ABSL_FLAG(std::vector<std::string>, catalog, {},
          "Folders of OpenAPI documents, between commas, beside those of the configuration.");

int main(int argc, char** argv) {
  using namespace mesh;
  rpc::StopSignal stop;
  zoho_proxy::BlockHangup();
  auto config = rpc::LoadConfigOrExit<config::v1::ZohoProxyConfig>(
      argc, argv, "Serves the tools of Zoho Meeting over gRPC.");
  for (const std::string& folder : absl::GetFlag(FLAGS_catalog)) config.add_catalogs(folder);
  const auto settings = rpc::ValueOrExit(zoho_proxy::ReadSettings(config));

  const SystemClock clock;
  const auto registry = std::make_shared<prometheus::Registry>();
  zoho_proxy::ProxyMetrics metrics(*registry);
  rpc::ServerMetrics server_metrics(*registry);
  const Sealer sealer = rpc::ValueOrExit(Sealer::FromFile(config.seal_key_file()));
  const std::string fingerprint = zoho_proxy::CatalogFingerprint(settings.catalogs);
  zoho_proxy::CatalogHolder catalog(rpc::ValueOrExit(zoho_proxy::Catalog::Load(settings.catalogs)));
  const zoho_proxy::CatalogReloader reloader(settings.catalogs, fingerprint, catalog, metrics);

  rpc::CallGroup auth_calls;
  const auto tokens_stub = auth::v1::TokenService::NewStub(
      rpc::ValueOrExit(rpc::MakeChannel(config.auth_service(), config.service())));
  zoho_proxy::TokenCache tokens(zoho_proxy::TokensFrom(*tokens_stub, auth_calls), clock);
  net::CurlHttpClient http(settings.http);
  zoho_proxy::Upstream upstream(http, tokens, clock, metrics, settings.upstream);
  zoho_proxy::ToolServiceImpl service(catalog, upstream, sealer, clock, settings.call, metrics,
                                      server_metrics);
  const zoho_proxy::ZohoHosts hosts(settings.extra_hosts);
  zoho_proxy::ProxyServiceImpl proxy_service(upstream, hosts, clock, settings.call.call_timeout,
                                             server_metrics);
  const auto listener = rpc::ValueOrExit(rpc::GrpcListener::Start(
      config.service(), {rpc::Grant("mcp-frontend-service", {"mesh.tools.v1.ToolService"})},
      {&service, &proxy_service}));
  const int status = rpc::RunUntilStopped(config.service(), "zoho-proxy-service", registry,
                                          {listener.get()}, stop);
  auth_calls.Close();
  StopLog();
  return status;
}
