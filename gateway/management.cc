#include "gateway/management.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

#include "common/base/errors.h"
#include "common/base/traceparent.h"
#include "edge/request.h"
#include "gateway/accounts_api.h"
#include "gateway/api_keys_api.h"
#include "gateway/approvals_api.h"
#include "gateway/audit_api.h"
#include "gateway/clients_api.h"
#include "gateway/connect_api.h"
#include "gateway/http_errors.h"
#include "gateway/mcp_servers_api.h"
#include "gateway/tools_api.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;

// Connecting an account asks Zoho twice.
constexpr absl::Duration kPatience = absl::Seconds(55);

std::vector<ApiRoute> Routes(const std::string& public_url, const std::string& management_url) {
  std::vector<ApiRoute> routes;
  for (const std::vector<ApiRoute>& more :
       {AccountRoutes(), ApiKeyRoutes(), ApprovalRoutes(), AuditRoutes(), ClientRoutes(),
        ConnectRoutes(management_url), McpServerRoutes(public_url), ToolRoutes()}) {
    routes.insert(routes.end(), more.begin(), more.end());
  }
  return routes;
}

std::vector<Pattern> Patterns(const std::vector<ApiRoute>& routes) {
  std::vector<Pattern> patterns;
  patterns.reserve(routes.size());
  for (const ApiRoute& route : routes) patterns.push_back({route.method, route.path});
  return patterns;
}

}  // namespace

Management::Management(const Backends& backends, const std::string& public_url,
                       const std::string& management_url, edge::ApiKeys& api_keys,
                       edge::Readiness& readiness, Metrics& metrics)
    : backends_(backends),
      routes_(Routes(public_url, management_url)),
      router_(Patterns(routes_)),
      api_keys_(api_keys),
      readiness_(readiness),
      metrics_(metrics) {}

void Management::Handle(const std::shared_ptr<net::HttpExchange>& exchange) {
  if (readiness_.Handle(exchange)) return;

  const net::ServerRequest& request = exchange->request();
  auto call = std::make_unique<ApiCall>(
      exchange,
      CallContext{.deadline = absl::Now() + kPatience,
                  .request_id = edge::RequestId(request.headers),
                  .traceparent = ValidTraceparent(request.headers.Get("traceparent").value_or(""))},
      metrics_);
  Match match = router_.Find(request.method, request.path);
  if (!match.found()) {
    if (match.allowed.empty()) {
      return call->Answer(HttpRefusal(404, "NOT_FOUND", "There is nothing here."));
    }
    net::ServerResponse refused =
        HttpRefusal(405, "METHOD_NOT_ALLOWED",
                    absl::StrCat("This path takes ", absl::StrJoin(match.allowed, ", "), "."));
    refused.headers.Add("Allow", absl::StrJoin(match.allowed, ", "));
    return call->Answer(std::move(refused));
  }
  const ApiRoute& route = routes_[match.index];
  call->SetRoute(absl::StrCat(route.method, " ", route.path), std::move(match.values));

  if (route.role == kNoKey) return route.handler(backends_, std::move(call));

  const absl::string_view bearer = edge::BearerToken(request.headers);
  const std::string key(bearer.empty() ? request.headers.Get("x-api-key").value_or("") : bearer);
  api_keys_.Resolve(key, [this, call = std::move(call),
                          &route](absl::StatusOr<edge::ApiKeys::Record> resolved) mutable {
    if (!resolved.ok()) return call->Answer(resolved.status());
    call->SetKey((*resolved)->id());
    if ((*resolved)->role() < route.role) {
      return call->Answer(RoleInsufficient(absl::AsciiStrToLower(ApiKey::Role_Name(route.role))));
    }
    route.handler(backends_, std::move(call));
  });
}

}  // namespace mesh::gateway
