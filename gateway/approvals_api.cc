#include "gateway/approvals_api.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using auth::v1::Approval;
using auth::v1::ApprovalService;
using Async = ApprovalService::StubInterface::async_interface;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

Json ToJson(const Approval& approval) {
  Json arguments = Json::parse(approval.arguments(), nullptr, /*allow_exceptions=*/false);
  if (arguments.is_discarded()) arguments = Json();
  return {
      {"id", approval.id()},
      {"state", absl::AsciiStrToLower(Approval::State_Name(approval.state()))},
      {"account", approval.account()},
      {"mcp_server", approval.mcp_server()},
      {"tool", approval.tool()},
      {"arguments", std::move(arguments)},
      {"created_at", TimeText(approval.create_time())},
      {"expires_at", TimeText(approval.expire_time())},
      {"decided_at", approval.has_decide_time() ? Json(TimeText(approval.decide_time())) : Json()},
      {"decided_by", approval.decided_by().empty() ? Json() : Json(approval.decided_by())},
      {"used_at", approval.has_use_time() ? Json(TimeText(approval.use_time())) : Json()}};
}

void AnswerWith(ApiCall& answered, const Approval& approval) {
  answered.Answer(200, ToJson(approval));
}

absl::StatusOr<auth::v1::ListApprovalsRequest> ReadList(const net::ServerRequest& http) {
  ASSIGN_OR_RETURN(
      const Parameters parameters,
      ReadParameters(http, {"state", "account", "mcp_server", "limit", "next_cursor"}));
  auth::v1::ListApprovalsRequest request;
  if (const std::string state = ValueOf(parameters, "state"); !state.empty()) {
    Approval::State value = Approval::STATE_UNSPECIFIED;
    if (state != absl::AsciiStrToLower(state) ||
        !Approval::State_Parse(absl::AsciiStrToUpper(state), &value) ||
        value == Approval::STATE_UNSPECIFIED) {
      return FieldInvalid("state", "must be pending, approved, denied, used or expired", "pending");
    }
    request.set_state(value);
  }
  request.set_account(ValueOf(parameters, "account"));
  request.set_mcp_server(ValueOf(parameters, "mcp_server"));
  request.set_page_token(ValueOf(parameters, "next_cursor"));
  ASSIGN_OR_RETURN(const int limit, ReadLimit(parameters));
  request.set_page_size(limit);
  return request;
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::ListApprovalsRequest> request = ReadList(call->request());
  if (!request.ok()) return call->Answer(request.status());
  CallAndAnswer(to.calls, kService, *to.approvals.async(), &Async::ListApprovals,
                *std::move(request), std::move(call),
                [](ApiCall& answered, const auth::v1::ListApprovalsResponse& response) {
                  Json results = Json::array();
                  for (const Approval& approval : response.approvals()) {
                    results.push_back(ToJson(approval));
                  }
                  answered.Answer(200, Page(std::move(results), response.next_page_token()));
                });
}

void Get(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::GetApprovalRequest request;
  request.set_id(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.approvals.async(), &Async::GetApproval, std::move(request),
                std::move(call), AnswerWith);
}

void Decide(const Backends& to, std::unique_ptr<ApiCall> call, bool approved) {
  auth::v1::DecideApprovalRequest request;
  request.set_id(call->path_value(0));
  request.set_approved(approved);
  CallAndAnswer(to.calls, kService, *to.approvals.async(), &Async::DecideApproval,
                std::move(request), std::move(call), AnswerWith);
}

}  // namespace

std::vector<ApiRoute> ApprovalRoutes() {
  const auto approve = [](const Backends& to, std::unique_ptr<ApiCall> call) {
    Decide(to, std::move(call), true);
  };
  const auto deny = [](const Backends& to, std::unique_ptr<ApiCall> call) {
    Decide(to, std::move(call), false);
  };
  return {
      {"GET", "/approval", ApiKey::OPERATOR, List},
      {"GET", "/approval/{id}", ApiKey::OPERATOR, Get},
      {"POST", "/approval/{id}/approve", ApiKey::OPERATOR, approve},
      {"POST", "/approval/{id}/deny", ApiKey::OPERATOR, deny},
  };
}

}  // namespace mesh::gateway
