#include "gateway/management.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
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
#include "gateway/credentials.h"
#include "gateway/http_errors.h"
#include "gateway/mcp_servers_api.h"
#include "gateway/session_api.h"
#include "gateway/tools_api.h"
#include "gateway/usage_api.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;

// Connecting an account asks Zoho twice.
constexpr absl::Duration kPatience = absl::Seconds(55);

std::vector<ApiRoute> Routes(const ManagementOptions& options, const Sessions& sessions,
                             LoginLimit& logins, edge::ApiKeys& api_keys) {
  std::vector<ApiRoute> routes;
  for (const std::vector<ApiRoute>& more :
       {AccountRoutes(), ApiKeyRoutes(), ApprovalRoutes(), AuditRoutes(), ClientRoutes(),
        ConnectRoutes(options.management_url), McpServerRoutes(options.public_url),
        SessionRoutes(sessions, logins, api_keys), ToolRoutes(), UsageRoutes()}) {
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

Management::Management(const Backends& backends, const Clock& clock, ManagementOptions options,
                       edge::ApiKeys& api_keys, edge::Readiness& readiness, Metrics& metrics)
    : backends_(backends),
      sessions_(clock, options.sealer, absl::StartsWith(options.management_url, "https:")),
      logins_(clock),
      dashboard_(std::move(options.dashboard)),
      routes_(Routes(options, sessions_, logins_, api_keys)),
      router_(Patterns(routes_)),
      api_keys_(api_keys),
      readiness_(readiness),
      metrics_(metrics) {}

void Management::Handle(const std::shared_ptr<net::HttpExchange>& exchange) {
  if (readiness_.Handle(exchange) || dashboard_.Handle(exchange)) return;

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

  const absl::StatusOr<Credentials> credentials = CredentialsOf(request, sessions_);
  if (!credentials.ok()) return call->Answer(credentials.status());
  api_keys_.Resolve(credentials->api_key.Reveal(),
                    [this, call = std::move(call),
                     &route](absl::StatusOr<edge::ApiKeys::Record> resolved) mutable {
                      if (!resolved.ok()) return call->Answer(resolved.status());
                      call->SetKey((*resolved)->id());
                      if ((*resolved)->role() < route.role) {
                        return call->Answer(
                            RoleInsufficient(absl::AsciiStrToLower(ApiKey::Role_Name(route.role))));
                      }
                      route.handler(backends_, std::move(call));
                    });
}

}  // namespace mesh::gateway
