#include "services/mcp_frontend/endpoint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

#include "common/base/errors.h"
#include "common/base/traceparent.h"
#include "services/mcp_frontend/errors.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::frontend {
namespace {

constexpr absl::string_view kAllow = "POST, OPTIONS";

// The token in `/mcp/{token}`, empty for `/mcp`, nullopt for any other path. A slash at the end
// changes nothing: a redirect would lose the POST.
std::optional<absl::string_view> TokenOfPath(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/mcp")) return std::nullopt;
  if (path.empty() || path == "/") return "";
  if (!absl::ConsumePrefix(&path, "/")) return std::nullopt;
  absl::ConsumeSuffix(&path, "/");
  // Nothing lies below a token.
  if (absl::StrContains(path, "/")) return std::nullopt;
  return path;
}

// An error from before the protocol has the word. Nobody is told to log in: a client would start to
// look for an OAuth server.
net::ServerResponse Refusal(const absl::Status& status) {
  const McpError error = ToMcp(status);
  const auto* refused = std::get_if<mcp::RpcError>(&error.body);
  // What would be the answer of a tool is none here: no tool was called.
  net::ServerResponse response = mcp::HttpError(
      refused != nullptr
          ? *refused
          : mcp::NotAvailable("It cannot be told now who calls. Try again shortly."));
  for (const auto& [name, value] : error.headers) response.headers.Add(name, value);
  if (response.status == 503 && !response.headers.Has("retry-after")) {
    response.headers.Add("retry-after", "1");
  }
  return response;
}

}  // namespace

Endpoint::Endpoint(const EndpointOptions& options, ResolvedServers& servers,
                   edge::ApiKeys& api_keys, Tools& tools, const mcp::StreamableHttp& protocol,
                   edge::Readiness& readiness, Metrics& metrics)
    : hosts_(options.allowed_hosts),
      cors_(options.allowed_origins, hosts_),
      call_timeout_(options.call_timeout),
      servers_(servers),
      api_keys_(api_keys),
      tools_(tools),
      protocol_(protocol),
      readiness_(readiness),
      metrics_(metrics) {}

net::ServerResponse Endpoint::ErrorResponse(int status, absl::string_view message) {
  return mcp::HttpError(mcp::HttpRefusal(status, message));
}

void Endpoint::Handle(const std::shared_ptr<net::HttpExchange>& exchange) {
  // A probe knows no host name of ours.
  if (readiness_.Handle(exchange)) return;

  const net::ServerRequest& request = exchange->request();
  const bool host_allowed = hosts_.Allows(request.headers);
  const bool origin_allowed = host_allowed && cors_.Allows(request.headers);
  Caller caller;
  caller.context = {
      .deadline = absl::Now() + call_timeout_,
      .request_id = edge::RequestId(request.headers),
      .traceparent = ValidTraceparent(request.headers.Get("traceparent").value_or(""))};
  net::HttpHeaders headers{{"X-Request-Id", caller.context.request_id},
                           {"Cache-Control", "no-store"}};
  if (origin_allowed) {
    for (const auto& [name, value] : cors_.AnswerHeaders(request.headers)) headers.Add(name, value);
  }
  caller.record = std::make_shared<AccessRecord>(exchange, caller.context.request_id,
                                                 std::move(headers), metrics_);

  if (!host_allowed) {
    return caller.record->Respond(ErrorResponse(403, "This Host is not served here."));
  }
  const std::optional<absl::string_view> path_token = TokenOfPath(request.path);
  if (!path_token.has_value()) {
    return caller.record->Respond(Refusal(McpTokenInvalid()));  // One answer for all there is not.
  }
  if (!origin_allowed) {
    return caller.record->Respond(ErrorResponse(403, "This Origin is not allowed."));
  }
  if (request.method == "OPTIONS") {
    return caller.record->Respond(
        {.status = 204, .headers = cors_.PreflightHeaders(request.headers)});
  }
  if (request.method != "POST") {
    net::ServerResponse refused = ErrorResponse(405, "Send MCP messages by POST.");
    refused.headers.Add("Allow", kAllow);
    return caller.record->Respond(std::move(refused));
  }

  const absl::string_view bearer = edge::BearerToken(request.headers);
  const absl::string_view api_key = request.headers.Get("x-api-key").value_or("");
  caller.token = std::string(path_token->empty() ? bearer : *path_token);
  // A bearer that is the MCP token cannot be the second factor as well.
  caller.api_key = std::string(api_key.empty() && !path_token->empty() ? bearer : api_key);
  caller.record->SetToken(caller.token);
  Identify(std::move(caller));
}

void Endpoint::Identify(Caller caller) {
  const std::string token = std::exchange(caller.token, {});
  servers_.Resolve(token, [this, caller = std::move(caller)](
                              absl::StatusOr<ResolvedServers::Record> server) mutable {
    if (!server.ok()) return caller.record->Respond(Refusal(server.status()));
    caller.record->SetServer((*server)->id());
    if ((*server)->config().require_api_token_auth()) {
      CheckSecondFactor(std::move(caller), *std::move(server));
    } else {
      Serve(std::move(caller), *std::move(server));
    }
  });
}

void Endpoint::CheckSecondFactor(Caller caller, ResolvedServers::Record server) {
  const std::string api_key = std::exchange(caller.api_key, {});
  api_keys_.Resolve(api_key, [this, caller = std::move(caller), server = std::move(server)](
                                 const absl::StatusOr<edge::ApiKeys::Record>& key) mutable {
    if (!key.ok()) return caller.record->Respond(Refusal(key.status()));
    Serve(std::move(caller), std::move(server));
  });
}

void Endpoint::Serve(Caller caller, ResolvedServers::Record server) {
  protocol_.Handle({.exchange = caller.record,
                    .tenant = tools_.TenantOf(std::move(server)),
                    .observer = caller.record,
                    .context = std::move(caller.context)});
}

}  // namespace mesh::frontend
