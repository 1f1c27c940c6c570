#include "gateway/usage_api.h"

#include <memory>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/log.h"
#include "common/rpc/proto_time.h"
#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using auth::v1::AuditService;
using auth::v1::ListUsageResponse;
using tools::v1::AccountLimits;
using tools::v1::ListAccountLimitsResponse;
using tools::v1::ToolService;
using Json = nlohmann::ordered_json;

// Accounts whose limits one answer tells.
constexpr int kMostLimits = 1000;

Json Rows(const ListUsageResponse& response) {
  Json rows = Json::array();
  for (const auth::v1::Usage& usage : response.usage()) {
    const double total = absl::ToDoubleMilliseconds(rpc::DurationOf(usage.total_duration()));
    rows.push_back({{"date", usage.date()},
                    {"account", usage.account()},
                    {"mcp_server", usage.mcp_server()},
                    {"tool", usage.tool()},
                    {"calls", usage.calls()},
                    {"errors", usage.errors()},
                    {"mean_duration_ms",
                     usage.calls() == 0 ? 0.0 : total / static_cast<double>(usage.calls())}});
  }
  return rows;
}

Json LimitsRow(const AccountLimits& limits) {
  const tools::v1::RateLimit& told = limits.rate_limit();
  return {{"account", limits.account()},
          {"limit", told.has_limit() ? Json(told.limit()) : Json()},
          {"remaining", told.has_remaining() ? Json(told.remaining()) : Json()},
          {"reset_seconds", told.has_reset() ? Json(told.reset().seconds()) : Json()},
          {"seen_at", TimeText(limits.seen_time())},
          {"limited_until",
           limits.has_limited_until() ? Json(TimeText(limits.limited_until())) : Json()}};
}

// Usage is whole without the limits, which only some replica of the proxy may have seen.
void AnswerWithLimits(const Backends& to, std::unique_ptr<ApiCall> call, const std::string& account,
                      Json body) {
  tools::v1::ListAccountLimitsRequest request;
  if (!account.empty()) request.add_accounts(account);
  request.set_page_size(kMostLimits);
  const CallContext context = call->context();
  to.calls.Call(context, "zoho-proxy-service", *to.tools.async(),
                &ToolService::StubInterface::async_interface::ListAccountLimits, std::move(request),
                [call = std::move(call),
                 body = std::move(body)](absl::StatusOr<ListAccountLimitsResponse> limits) mutable {
                  if (limits.ok()) {
                    Json rows = Json::array();
                    for (const AccountLimits& of_account : limits->limits()) {
                      rows.push_back(LimitsRow(of_account));
                    }
                    body["limits"] = std::move(rows);
                  } else {
                    LogWarning("limits are not known", {{"request_id", call->context().request_id},
                                                        {"error", limits.status()}});
                    body["limits"] = nullptr;
                  }
                  call->Answer(200, body);
                });
}

void Usage(const Backends& to, std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<Parameters> parameters =
      ReadParameters(call->request(), {"since", "until", "account", "mcp_server", "tool"});
  if (!parameters.ok()) return call->Answer(parameters.status());
  auth::v1::ListUsageRequest request;
  request.set_start_date(ValueOf(*parameters, "since"));
  request.set_end_date(ValueOf(*parameters, "until"));
  request.set_account(ValueOf(*parameters, "account"));
  request.set_mcp_server(ValueOf(*parameters, "mcp_server"));
  request.set_tool(ValueOf(*parameters, "tool"));
  const CallContext context = call->context();
  const std::string account = request.account();
  to.calls.Call(
      context, "auth-service", *to.audit.async(),
      &AuditService::StubInterface::async_interface::ListUsage, std::move(request),
      [to, account, call = std::move(call)](absl::StatusOr<ListUsageResponse> usage) mutable {
        if (!usage.ok()) return call->Answer(usage.status());
        AnswerWithLimits(to, std::move(call), account,
                         {{"results", Rows(*usage)}, {"truncated", usage->truncated()}});
      });
}

}  // namespace

std::vector<ApiRoute> UsageRoutes() { return {{"GET", "/usage", ApiKey::VIEWER, Usage}}; }

}  // namespace mesh::gateway
