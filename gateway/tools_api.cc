#include "gateway/tools_api.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "edge/audit_recorder.h"
#include "edge/policy.h"
#include "edge/rate_limit.h"
#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::Account;
using auth::v1::AccountService;
using auth::v1::ApiKey;
using auth::v1::McpServerConfig;
using tools::v1::CallToolResponse;
using tools::v1::ToolService;
using Json = nlohmann::ordered_json;

absl::StatusOr<McpServerConfig> ReadFilter(const net::ServerRequest& request) {
  ASSIGN_OR_RETURN(const Parameters parameters, ReadParameters(request, {"methods", "tags"}));
  McpServerConfig config;
  for (const auto& [name, value] : parameters) {
    for (const absl::string_view word : absl::StrSplit(value, ',', absl::SkipWhitespace())) {
      if (name == "tags") {
        config.add_tags(std::string(word));
        continue;
      }
      if (!edge::IsMethodWord(word)) {
        return FieldInvalid("methods", absl::StrCat("must be of ", edge::MethodWords()),
                            "read,write");
      }
      config.add_methods(std::string(word));
    }
  }
  return config;
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<McpServerConfig> filter = ReadFilter(call->request());
  if (!filter.ok()) return call->Answer(filter.status());
  std::shared_ptr<const edge::Catalogue> catalogue = to.catalogue.Current();
  if (catalogue == nullptr) {
    return call->Answer(ServiceUnavailable("zoho-proxy-service", "its catalogue is not loaded"));
  }
  auth::v1::GetAccountRequest request;
  request.set_id(call->path_value(0));
  CallAndAnswer(to.calls, "auth-service", *to.accounts.async(),
                &AccountService::StubInterface::async_interface::GetAccount, std::move(request),
                std::move(call),
                [filter = *std::move(filter), catalogue = std::move(catalogue)](ApiCall& answered,
                                                                                const Account&) {
                  Json results = Json::array();
                  for (const tools::v1::Tool& tool : catalogue->tools()) {
                    if (edge::Allows(filter, tool)) results.push_back(ToJson(tool));
                  }
                  answered.Answer(200, Page(std::move(results), ""));
                });
}

void Call(const Backends& to, std::unique_ptr<ApiCall> call) {
  tools::v1::CallToolRequest request;
  request.set_account(call->path_value(0));
  request.set_tool(call->path_value(1));
  request.set_arguments_json(call->request().body);
  const CallContext context = call->context();
  to.calls.Call(
      context, "zoho-proxy-service", *to.tools.async(),
      &ToolService::StubInterface::async_interface::CallTool, std::move(request),
      [call = std::move(call), &recorder = to.recorder,
       began = absl::Now()](absl::StatusOr<CallToolResponse> response) {
        auth::v1::AuditEvent event = edge::ToolCallEvent(call->context(),
                                                         {.actor = call->context().actor,
                                                          .account = call->path_value(0),
                                                          .tool = call->path_value(1)},
                                                         call->request().body);
        event.set_outcome(OutcomeOf(response.status()));
        *event.mutable_duration() = rpc::ProtoDurationOf(absl::Now() - began);
        recorder.Record(std::move(event));
        if (!response.ok()) return call->Answer(response.status());
        net::ServerResponse http{.headers = {{"Content-Type", "application/json"}},
                                 .body = absl::Cord(std::move(*response->mutable_result_json()))};
        if (response->has_rate_limit()) {
          edge::AddRateLimitHeaders(edge::ReadRateLimit(response->rate_limit()), http.headers);
        }
        call->Answer(std::move(http));
      });
}

}  // namespace

std::vector<ApiRoute> ToolRoutes() {
  return {
      {"GET", "/integrated-account/{id}/tools", ApiKey::VIEWER, List},
      {"POST", "/integrated-account/{id}/tools/{name}/call", ApiKey::OPERATOR, Call},
  };
}

}  // namespace mesh::gateway
