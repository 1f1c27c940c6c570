// The public listener's one handler: it finds out who calls, and hands what is said to the
// protocol.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/net/http_server.h"
#include "edge/api_keys.h"
#include "edge/readiness.h"
#include "edge/request.h"
#include "services/mcp_frontend/access_record.h"
#include "services/mcp_frontend/cors.h"
#include "services/mcp_frontend/mcp/streamable_http.h"
#include "services/mcp_frontend/metrics.h"
#include "services/mcp_frontend/resolved_servers.h"
#include "services/mcp_frontend/tools.h"

namespace mesh::frontend {

struct EndpointOptions {
  std::vector<std::string> allowed_hosts = {};
  std::vector<std::string> allowed_origins = {};

  // Longest time a tool call may take.
  absl::Duration call_timeout = absl::Seconds(55);
};

// Serves POST on `/mcp/{token}`, and on `/mcp` with the token as bearer; `/healthz` and `/readyz`;
// everything else is a JSON 404. Thread-safe; never blocks.
class Endpoint {
 public:
  Endpoint(const EndpointOptions& options, ResolvedServers& servers, edge::ApiKeys& api_keys,
           Tools& tools, const mcp::StreamableHttp& protocol, edge::Readiness& readiness,
           Metrics& metrics);

  void Handle(const std::shared_ptr<net::HttpExchange>& exchange);

  // What the server itself answers, in the form of all other errors here.
  static net::ServerResponse ErrorResponse(int status, absl::string_view message);

 private:
  // A request and who sends it, as far as that is known.
  struct Caller {
    std::shared_ptr<AccessRecord> record = {};
    CallContext context = {};
    std::string token = {};
    // For MCP servers that ask for a second factor.
    std::string api_key = {};
  };

  void Identify(Caller caller);
  void CheckSecondFactor(Caller caller, ResolvedServers::Record server);
  void Serve(Caller caller, ResolvedServers::Record server);

  const edge::AllowedHosts hosts_;
  const Cors cors_;
  const absl::Duration call_timeout_;
  ResolvedServers& servers_;
  edge::ApiKeys& api_keys_;
  Tools& tools_;
  const mcp::StreamableHttp& protocol_;
  edge::Readiness& readiness_;
  Metrics& metrics_;
};

}  // namespace mesh::frontend
