#include "services/mcp_frontend/endpoint.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/traceparent.h"
#include "common/net/url.h"
#include "services/mcp_frontend/errors.h"
#include "services/mcp_frontend/mcp/rpc_error.h"
#include "services/mcp_frontend/server_lease.h"

namespace mesh::frontend {

using Route = EndpointRoute;

namespace {

struct SurfaceName {
  absl::string_view prefix;
  Route::Surface surface;
};

constexpr SurfaceName kSurfaces[] = {{"/mcp", Route::Surface::kMcp},
                                     {"/sse", Route::Surface::kSse},
                                     {"/messages", Route::Surface::kMessages}};

// nullopt for a path that leads nowhere. A slash at the end changes nothing: a redirect would lose
// the POST.
std::optional<Route> RouteOf(absl::string_view path) {
  for (const SurfaceName& name : kSurfaces) {
    absl::string_view rest = path;
    if (!absl::ConsumePrefix(&rest, name.prefix)) continue;
    if (rest.empty() || rest == "/") return Route{.surface = name.surface};
    if (!absl::ConsumePrefix(&rest, "/")) continue;
    absl::ConsumeSuffix(&rest, "/");
    // Nothing lies below a token.
    if (absl::StrContains(rest, "/")) return std::nullopt;
    return Route{.surface = name.surface, .token = rest};
  }
  return std::nullopt;
}

const char* Methods(Route::Surface surface) {
  return surface == Route::Surface::kSse ? "GET, POST, OPTIONS" : "POST, OPTIONS";
}

// Empty where there is none.
std::string SessionIdOf(const net::ServerRequest& request) {
  const auto query = net::ParseQuery(request.query);
  if (!query.ok()) return {};
  for (const auto& [name, value] : *query) {
    if (name == "session_id") return value;
  }
  return {};
}

// What a Host header says of whoever comes under `url`; empty where it is no URL.
std::string HostOf(const std::string& url) {
  const absl::StatusOr<net::Url> parsed = net::ParseUrl(url);
  if (!parsed.ok()) return {};
  const bool is_usual = parsed->port == (parsed->scheme == "https" ? 443 : 80);
  return is_usual ? parsed->host : absl::StrCat(parsed->host, ":", parsed->port);
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

Endpoint::Endpoint(EndpointOptions options, ResolvedServers& servers, edge::ApiKeys& api_keys,
                   Tenants& tenants, const mcp::StreamableHttp& streamable_http,
                   mcp::HttpSse& http_sse, edge::Readiness& readiness, Metrics& metrics)
    : options_(std::move(options)),
      public_host_(HostOf(options_.public_url)),
      hosts_(options_.allowed_hosts),
      cors_(options_.allowed_origins, hosts_),
      servers_(servers),
      api_keys_(api_keys),
      tenants_(tenants),
      streamable_http_(streamable_http),
      http_sse_(http_sse),
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
      .deadline = absl::Now() + options_.call_timeout,
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
  const std::optional<Route> route = RouteOf(request.path);
  if (!route.has_value()) {
    return caller.record->Respond(Refusal(McpTokenInvalid()));  // One answer for all there is not.
  }
  if (!origin_allowed) {
    return caller.record->Respond(ErrorResponse(403, "This Origin is not allowed."));
  }
  if (request.method == "OPTIONS") {
    net::HttpHeaders preflight = cors_.PreflightHeaders(request.headers);
    preflight.Add("Access-Control-Allow-Methods", Methods(route->surface));
    return caller.record->Respond({.status = 204, .headers = std::move(preflight)});
  }
  const bool of_sessions = route->surface == Route::Surface::kMcp &&
                           (request.method == "GET" || request.method == "DELETE") &&
                           IsExtra(route->token);
  if (request.method != "POST" && !of_sessions &&
      !(request.method == "GET" && route->surface == Route::Surface::kSse)) {
    return caller.record->Respond(mcp::MethodNotAllowed(Methods(route->surface)));
  }

  const absl::string_view bearer = edge::BearerToken(request.headers);
  const absl::string_view api_key = request.headers.Get("x-api-key").value_or("");
  caller.token = Secret(route->token.empty() ? bearer : route->token);
  // A bearer that is the MCP token cannot be the second factor as well.
  caller.api_key = Secret(api_key.empty() && !route->token.empty() ? bearer : api_key);
  caller.record->SetToken(caller.token.Reveal());
  caller.route = *route;
  Identify(std::move(caller));
}

void Endpoint::Deliver(Delivery delivery) {
  Caller caller{.record = std::make_shared<AccessRecord>(
                    std::move(delivery.exchange), delivery.context.request_id, net::HttpHeaders(),
                    metrics_, AccessRecord::From::kReplica),
                .route = {.surface = Route::Surface::kMessages},
                .context = std::move(delivery.context),
                .token = std::move(delivery.token),
                .api_key = std::move(delivery.api_key),
                .session = std::move(delivery.session)};
  // Of the call that the message asks for: the delivery is over long before.
  caller.context.deadline = absl::Now() + options_.call_timeout;
  caller.record->SetToken(caller.token.Reveal());
  Identify(std::move(caller));
}

bool Endpoint::IsExtra(absl::string_view token) const {
  return options_.extra_tenant != nullptr && Sha256(token) == options_.extra_token_sha256;
}

void Endpoint::Identify(Caller caller) {
  if (IsExtra(caller.token.Reveal())) {
    caller.record->SetServer(options_.extra_tenant->id());
    return Serve(std::move(caller), options_.extra_tenant, nullptr);
  }
  const Secret token = caller.token;
  servers_.Resolve(token.Reveal(), [this, caller = std::move(caller)](
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
  const Secret api_key = caller.api_key;
  api_keys_.Resolve(api_key.Reveal(),
                    [this, caller = std::move(caller), server = std::move(server)](
                        const absl::StatusOr<edge::ApiKeys::Record>& key) mutable {
                      if (!key.ok()) return caller.record->Respond(Refusal(key.status()));
                      Serve(std::move(caller), std::move(server));
                    });
}

void Endpoint::Serve(Caller caller, ResolvedServers::Record server) {
  auto lease =
      std::make_shared<ServerLease>(servers_, api_keys_, caller.token, caller.api_key, server);
  Sender sender = SenderOf(caller.record->request());
  Serve(std::move(caller), tenants_.Of(std::move(server), std::move(sender)), std::move(lease));
}

void Endpoint::Serve(Caller caller, std::shared_ptr<mcp::Tenant> tenant,
                     std::shared_ptr<mcp::Lease> lease) {
  const net::ServerRequest& request = caller.record->request();
  const mcp::Post post{.exchange = caller.record,
                       .tenant = std::move(tenant),
                       .observer = caller.record,
                       .context = std::move(caller.context),
                       .lease = std::move(lease)};
  const Route& route = caller.route;
  if (request.method == "GET" && route.surface == Route::Surface::kSse) {
    http_sse_.Open(post, MessagesUrl(request, route));
  } else if (request.method == "GET") {
    streamable_http_.Resume(post);
  } else if (request.method == "DELETE") {
    streamable_http_.EndSession(post);
  } else if (route.surface == Route::Surface::kMessages) {
    TakeMessage(caller, post);
  } else {
    streamable_http_.Handle(post);
  }
}

void Endpoint::TakeMessage(const Caller& caller, const mcp::Post& post) {
  if (caller.session.has_value()) return http_sse_.Receive(post, *caller.session);
  const net::ServerRequest& request = post.exchange->request();
  mcp::HttpSse::Place place = http_sse_.Find(SessionIdOf(request), post.tenant->id());
  if (place.replica.empty() || options_.replicas == nullptr) {
    return http_sse_.Receive(post, place.session);
  }
  v1::DeliverRequest message;
  message.set_session(std::move(place.session));
  message.set_token(std::string(caller.token.Reveal()));
  message.set_api_key(std::string(caller.api_key.Reveal()));
  message.set_content_type(std::string(request.headers.Get("content-type").value_or("")));
  message.set_message(request.body);
  options_.replicas->Deliver(post.context, place.replica, std::move(message),
                             [post](std::optional<net::ServerResponse> answer) {
                               if (!answer.has_value()) return mcp::HttpSse::RefuseUnknown(post);
                               post.exchange->Respond(*std::move(answer));
                             });
}

// Where a client of `GET /sse/{token}` shall POST: under the public URL where it came that way.
// Else a path, which is right whatever name it has for this server: never an address that only this
// side knows.
std::string Endpoint::MessagesUrl(const net::ServerRequest& request, const Route& route) const {
  const std::string path = absl::StrCat("/messages", route.token.empty() ? "" : "/", route.token);
  const bool came_that_way =
      !public_host_.empty() &&
      absl::EqualsIgnoreCase(public_host_, request.headers.Get("host").value_or(""));
  return came_that_way ? absl::StrCat(options_.public_url, path) : path;
}

}  // namespace mesh::frontend
