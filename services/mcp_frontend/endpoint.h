// The public listener's one handler: it finds out who calls, and hands what is said to the
// protocol.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/secret.h"
#include "common/net/http_server.h"
#include "edge/api_keys.h"
#include "edge/readiness.h"
#include "edge/request.h"
#include "services/mcp_frontend/access_record.h"
#include "services/mcp_frontend/cors.h"
#include "services/mcp_frontend/mcp/http_sse.h"
#include "services/mcp_frontend/mcp/streamable_http.h"
#include "services/mcp_frontend/mcp/tenant.h"
#include "services/mcp_frontend/metrics.h"
#include "services/mcp_frontend/replicas.h"
#include "services/mcp_frontend/resolved_servers.h"
#include "services/mcp_frontend/tenants.h"

namespace mesh::frontend {

struct EndpointOptions {
  std::vector<std::string> allowed_hosts = {};
  std::vector<std::string> allowed_origins = {};

  // Longest time a tool call may take.
  absl::Duration call_timeout = absl::Seconds(55);

  // Base URL under which clients come, without a slash at its end; empty where it is not known.
  std::string public_url = {};

  // SHA-256 of a token, and who is served under it though no MCP server has it; empty and nullptr
  // for nobody.
  std::string extra_token_sha256 = {};
  std::shared_ptr<mcp::Tenant> extra_tenant = {};

  // Where sessions are that this replica does not hold; nullptr where it is the only one.
  std::shared_ptr<Replicas> replicas = {};
};

// A message that came to another replica, for a session of this one.
struct Delivery {
  // With the message; its answer is the other replica's to write.
  std::shared_ptr<net::HttpExchange> exchange = {};
  // The caller's request id and trace.
  CallContext context = {};
  std::string session = {};
  Secret token = {};
  Secret api_key = {};
};

// What a path leads to.
struct EndpointRoute {
  enum class Surface { kMcp, kSse, kMessages };
  Surface surface = Surface::kMcp;
  // Within the path; empty where it comes as bearer.
  absl::string_view token = {};
};

// Serves Streamable HTTP on `/mcp/{token}`; the older HTTP+SSE on `/sse/{token}` (GET) and
// `/messages/{token}`, and on `/sse` what `/mcp` serves as well, for clients that try that first;
// each also without the token in its path, as bearer; `/healthz` and `/readyz`; everything else is
// a JSON 404. Thread-safe; never blocks.
class Endpoint {
 public:
  Endpoint(EndpointOptions options, ResolvedServers& servers, edge::ApiKeys& api_keys,
           Tenants& tenants, const mcp::StreamableHttp& streamable_http, mcp::HttpSse& http_sse,
           edge::Readiness& readiness, Metrics& metrics);

  void Handle(const std::shared_ptr<net::HttpExchange>& exchange);

  // Takes a message as Handle() would have, had the client come here.
  void Deliver(Delivery delivery);

  // What the server itself answers, in the form of all other errors here.
  static net::ServerResponse ErrorResponse(int status, absl::string_view message);

 private:
  // A request and who sends it, as far as that is known.
  struct Caller {
    // Keeps the request, and with it what `route` looks into.
    std::shared_ptr<AccessRecord> record = {};
    EndpointRoute route = {};
    CallContext context = {};
    Secret token = {};
    // For MCP servers that ask for a second factor.
    Secret api_key = {};
    // Of a delivery.
    std::optional<std::string> session = {};
  };

  bool IsExtra(absl::string_view token) const;
  void Identify(Caller caller);
  void CheckSecondFactor(Caller caller, ResolvedServers::Record server);
  void Serve(Caller caller, ResolvedServers::Record server);
  void Serve(Caller caller, std::shared_ptr<mcp::Tenant> tenant, std::shared_ptr<mcp::Lease> lease);
  void TakeMessage(const Caller& caller, const mcp::Post& post);
  std::string MessagesUrl(const net::ServerRequest& request, const EndpointRoute& route) const;

  const EndpointOptions options_;
  const std::string public_host_;
  const edge::AllowedHosts hosts_;
  const Cors cors_;
  ResolvedServers& servers_;
  edge::ApiKeys& api_keys_;
  Tenants& tenants_;
  const mcp::StreamableHttp& streamable_http_;
  mcp::HttpSse& http_sse_;
  edge::Readiness& readiness_;
  Metrics& metrics_;
};

}  // namespace mesh::frontend
