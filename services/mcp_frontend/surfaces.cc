#include "services/mcp_frontend/surfaces.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/seal.h"
#include "common/base/status_macros.h"
#include "common/net/tls_files.h"
#include "common/net/url.h"
#include "common/rpc/config.h"
#include "gateway/http_errors.h"
#include "gateway/static_files.h"
#include "services/mcp_frontend/conformance/fixtures.h"

namespace mesh::frontend {
namespace {

using config::v1::McpFrontendConfig;

constexpr char kOff[] = "off";
constexpr char kDefaultListen[] = "127.0.0.1:0";

// An order above what people send; a tool call carries no files.
constexpr int64_t kDefaultMaxRequestBytes = 256 << 10;

// nullptr for plain text. `field` is that of the configuration.
absl::StatusOr<std::shared_ptr<net::TlsFiles>> OpenTls(const char* field, bool wanted,
                                                       const config::v1::ListenerTls& config) {
  if (!wanted) return nullptr;
  for (const auto& [name, path] : {std::pair("certificate_file", &config.certificate_file()),
                                   std::pair("key_file", &config.key_file())}) {
    if (path->empty()) return FieldInvalid(absl::StrCat(field, ".", name), "is required");
  }
  return net::TlsFiles::Open(
      {.certificate_file = config.certificate_file(),
       .key_file = config.key_file(),
       .interval = std::max(absl::Seconds(1),
                            rpc::DurationOr(config.has_reload_interval(), config.reload_interval(),
                                            absl::Seconds(10)))});
}

std::string WithoutSlash(absl::string_view url) { return std::string(absl::StripSuffix(url, "/")); }

std::string PublicUrl(const McpFrontendConfig& config, const HttpListener* mcp) {
  if (!config.public_url().empty()) return WithoutSlash(config.public_url());
  if (mcp == nullptr) return {};
  return absl::StrCat(config.has_mcp_tls() ? "https://" : "http://", mcp->address());
}

// nullopt where the configuration names no key.
absl::StatusOr<std::optional<Sealer>> SealerOf(const McpFrontendConfig& config) {
  if (config.seal_key_file().empty()) return std::nullopt;
  return Sealer::FromFile(config.seal_key_file());
}

// A mesh without its dashboard still serves clients and the management API.
gateway::StaticFiles Dashboard(const McpFrontendConfig& config) {
  if (config.management_listen() == kOff) return gateway::StaticFiles("");
  std::string why = "`dashboard_dir` is not set in the configuration of mcp-frontend-service.";
  if (!config.dashboard_dir().empty()) {
    absl::StatusOr<gateway::StaticFiles> files = gateway::StaticFiles::Load(config.dashboard_dir());
    if (files.ok()) return *std::move(files);
    why = absl::StrCat("It was not built: ", files.status().message());
  }
  LogWarning("no dashboard is served", {{"why", why}});
  return gateway::StaticFiles(std::move(why));
}

absl::StatusOr<std::unique_ptr<HttpListener>> Start(
    const char* name, const std::string& listen, std::shared_ptr<net::TlsFiles> tls,
    const McpFrontendConfig& config, edge::Readiness& readiness, net::HttpHandler handler,
    net::ServerResponse (*error_response)(int, absl::string_view),
    std::function<void()> before_shutdown) {
  if (listen == kOff) return nullptr;
  net::HttpServerOptions options{
      .listen = listen.empty() ? kDefaultListen : listen,
      .tls = std::move(tls),
      .threads = config.http_threads(),
      .max_body_bytes = static_cast<size_t>(
          config.max_request_bytes() > 0 ? config.max_request_bytes() : kDefaultMaxRequestBytes),
      // A URL here may be a secret, and every answer is what it says it is.
      .common_headers = {{"Referrer-Policy", "no-referrer"}, {"X-Content-Type-Options", "nosniff"}},
      .error_response = error_response};
  ASSIGN_OR_RETURN(std::unique_ptr<net::HttpServer> server,
                   net::HttpServer::Start(std::move(options), std::move(handler)));
  return std::make_unique<HttpListener>(name, std::move(server), readiness,
                                        std::move(before_shutdown));
}

}  // namespace

absl::Status ApplyConfig(const McpFrontendConfig& config) {
  if (!config.service().log_level().empty()) {
    RETURN_IF_ERROR(SetLogLevel(config.service().log_level()));
  }
  if (config.auth_service().empty()) {
    return FieldInvalid("auth_service", "is required", "auth_service: \"127.0.0.1:50051\"");
  }
  if (config.zoho_proxy_service().empty()) {
    return FieldInvalid("zoho_proxy_service", "is required",
                        "zoho_proxy_service: \"127.0.0.1:50052\"");
  }
  if (!config.public_url().empty() && !net::ParseUrl(config.public_url()).ok()) {
    return FieldInvalid("public_url", "must be an http or https URL",
                        "public_url: \"https://mcp.example.com\"");
  }
  if (!config.management_url().empty() && !net::ParseUrl(config.management_url()).ok()) {
    return FieldInvalid("management_url", "must be an http or https URL",
                        "management_url: \"https://mesh.example.com\"");
  }
  if (config.public_url().empty() && config.mcp_listen() == kOff &&
      config.management_listen() != kOff) {
    return FieldInvalid("public_url", "is required where mcp_listen is off",
                        "public_url: \"https://mcp.example.com\"");
  }
  return absl::OkStatus();
}

EndpointOptions EndpointOptionsOf(const McpFrontendConfig& config) {
  EndpointOptions options{
      .allowed_hosts = {config.allowed_hosts().begin(), config.allowed_hosts().end()},
      .allowed_origins = {config.allowed_origins().begin(), config.allowed_origins().end()},
      .call_timeout =
          rpc::DurationOr(config.has_call_timeout(), config.call_timeout(), absl::Seconds(55)),
      .public_url = WithoutSlash(config.public_url())};
  if (options.allowed_hosts.empty()) {
    options.allowed_hosts = {"localhost", "127.0.0.1", "[::1]"};
    if (const auto url = net::ParseUrl(config.public_url()); url.ok()) {
      options.allowed_hosts.push_back(url->host);
    }
  }
  return options;
}

absl::StatusOr<mcp::ProtocolOptions> ProtocolOptionsOf(const McpFrontendConfig& config) {
  mcp::ProtocolOptions options{.modern = {.strict_version_header = config.strict_version_header()}};
  ASSIGN_OR_RETURN(options.sealer, SealerOf(config));
  return options;
}

absl::Status AddFixtures(const McpFrontendConfig& config, mcp::Protocol& protocol,
                         EndpointOptions& options) {
  if (config.conformance_token_file().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Secret token, ReadSecretFile(config.conformance_token_file()));
  if (token.empty()) {
    return FieldInvalid("conformance_token_file", "must name a file that holds a token");
  }
  options.extra_token_sha256 = Sha256(token.Reveal());
  options.extra_tenant =
      std::make_shared<conformance::Fixtures>(protocol.timer(), protocol.listeners());
  LogWarning("conformance fixtures are served", {});
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HttpListener>> StartMcp(const McpFrontendConfig& config,
                                                       edge::Readiness& readiness,
                                                       net::HttpHandler handler,
                                                       std::function<void()> before_shutdown) {
  ASSIGN_OR_RETURN(auto tls, OpenTls("mcp_tls", config.has_mcp_tls(), config.mcp_tls()));
  return Start("mcp", config.mcp_listen(), std::move(tls), config, readiness, std::move(handler),
               Endpoint::ErrorResponse, std::move(before_shutdown));
}

absl::StatusOr<std::unique_ptr<HttpListener>> StartManagement(const McpFrontendConfig& config,
                                                              edge::Readiness& readiness,
                                                              net::HttpHandler handler) {
  ASSIGN_OR_RETURN(auto tls,
                   OpenTls("management_tls", config.has_management_tls(), config.management_tls()));
  return Start("management", config.management_listen(), std::move(tls), config, readiness,
               std::move(handler), gateway::ServerErrorResponse, nullptr);
}

absl::StatusOr<gateway::ManagementOptions> ManagementOptionsOf(const McpFrontendConfig& config,
                                                               const HttpListener* mcp) {
  ASSIGN_OR_RETURN(std::optional<Sealer> sealer, SealerOf(config));
  return gateway::ManagementOptions{
      .public_url = PublicUrl(config, mcp),
      .management_url = WithoutSlash(config.management_url()),
      .sealer = sealer.has_value() ? *std::move(sealer) : Sealer::WithNewKey(),
      .dashboard = Dashboard(config)};
}

}  // namespace mesh::frontend
