#include "services/mcp_frontend/approvals.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/rpc/proto_time.h"
#include "edge/redaction.h"
#include "services/mcp_frontend/arguments_digest.h"

namespace mesh::frontend {
namespace {

using auth::v1::Approval;
using auth::v1::ApprovalService;
using Async = ApprovalService::StubInterface::async_interface;
using nlohmann::json;

constexpr char kService[] = "auth-service";

// Of the question, among those of one answer, and of its one field.
constexpr char kQuestion[] = "approval";
constexpr char kField[] = "approve";

// What whoever sits before the client has said. A client that gave no answer, or was told to leave
// the question alone, leaves it to an operator.
enum class Said { kYes, kNo, kNothing };

Said ReadAnswer(const std::string& responses_json) {
  const json responses = json::parse(responses_json, nullptr, /*allow_exceptions=*/false);
  if (!responses.is_object() || !responses.contains(kQuestion)) return Said::kNothing;
  const json& response = responses[kQuestion];
  const json action = response.is_object() ? response.value("action", json()) : json();
  if (action == "decline") return Said::kNo;
  if (action != "accept") return Said::kNothing;
  const json content = response.value("content", json());
  const json approve = content.is_object() ? content.value(kField, json()) : json();
  return approve == json(true) ? Said::kYes : Said::kNo;
}

// Whether the client shows forms to people.
bool CanBeAsked(const std::string& capabilities_json) {
  const json capabilities = json::parse(capabilities_json, nullptr, /*allow_exceptions=*/false);
  if (!capabilities.is_object() || !capabilities.contains("elicitation")) return false;
  const json& elicitation = capabilities["elicitation"];
  // One that names what it can do, and not this, only opens pages.
  return elicitation.is_object() && (!elicitation.contains("url") || elicitation.contains("form"));
}

mcp::InputNeeded Question(const tools::v1::Tool& tool, const Approval& approval) {
  const json params = {
      {"message", absl::StrCat("Shall \"", tool.title(), "\" be carried out in Zoho Meeting?\n\n",
                               tool.name(), " ", approval.arguments(),
                               tool.destructive() ? "\n\nIt cannot be undone." : "")},
      {"requestedSchema",
       {{"type", "object"},
        {"properties",
         {{kField,
           {{"type", "boolean"},
            {"title", "Approve"},
            {"description", "Whether this one call may be made, with these arguments."}}}}},
        {"required", json::array({kField})}}}};
  return {
      .requests = {{.key = kQuestion,
                    .method = "elicitation/create",
                    .params_json = params.dump(-1, ' ', false, json::error_handler_t::replace)}},
      .state = approval.id(),
      .optional = true};
}

}  // namespace

void Approvals::Decide(const auth::v1::McpServer& server, const tools::v1::Tool& tool,
                       const CallContext& context, const mcp::ToolCall& call,
                       const std::shared_ptr<mcp::Answer>& answer, Decided decided) {
  const std::optional<std::string> digest = ArgumentsDigest(call.arguments_json);
  if (!digest.has_value()) {
    metrics_.ApprovalAsked("invalid");
    return std::move(decided)(ArgumentInvalid(
        "arguments", "must be one JSON object, not nested deeply, with no name twice in it"));
  }
  // What is done here is done by the MCP server's user.
  CallContext caller = context;
  caller.actor = server.id();

  const Said said = ReadAnswer(call.inputs.responses_json);
  if (!call.inputs.state.empty() && said != Said::kNothing) {
    auth::v1::AnswerApprovalRequest request;
    request.set_id(call.inputs.state);
    request.set_mcp_server(server.id());
    request.set_tool(tool.name());
    request.set_arguments_sha256(*digest);
    request.set_approved(said == Said::kYes);
    rpc::PendingCall pending =
        calls_.Call(caller, kService, *auth_.async(), &Async::AnswerApproval, std::move(request),
                    [&metrics = metrics_, name = tool.name(),
                     decided = std::move(decided)](absl::StatusOr<Approval> approval) mutable {
                      if (!approval.ok()) {
                        metrics.ApprovalAsked("failed");
                        return std::move(decided)(approval.status());
                      }
                      if (approval->state() != Approval::USED) {
                        metrics.ApprovalAsked("denied");
                        return std::move(decided)(ApprovalDenied(name, approval->id()));
                      }
                      metrics.ApprovalAsked("granted");
                      std::move(decided)(approval->id());
                    });
    return answer->OnCancel([pending]() mutable { pending.Cancel(); });
  }

  // Who was asked and said nothing is not asked again.
  const bool ask = call.inputs.state.empty() && CanBeAsked(call.client.capabilities_json);
  auth::v1::ClaimApprovalRequest request;
  request.set_account(server.account());
  request.set_mcp_server(server.id());
  request.set_tool(tool.name());
  request.set_arguments_sha256(*digest);
  request.set_arguments(
      edge::RedactArguments(call.arguments_json.empty() ? "{}" : call.arguments_json));
  if (!call.inputs.state.empty() && absl::Now() >= context.deadline) {
    // Whoever waited for the client until now has no time left to look again.
    metrics_.ApprovalAsked("pending");
    return std::move(decided)(ApprovalRequired(tool.name(), call.inputs.state, std::nullopt));
  }
  rpc::PendingCall pending =
      calls_.Call(caller, kService, *auth_.async(), &Async::ClaimApproval, std::move(request),
                  [&metrics = metrics_, ask, tool, answer,
                   decided = std::move(decided)](absl::StatusOr<Approval> approval) mutable {
                    if (!approval.ok()) {
                      metrics.ApprovalAsked("failed");
                      return std::move(decided)(approval.status());
                    }
                    switch (approval->state()) {
                      case Approval::USED:
                        metrics.ApprovalAsked("granted");
                        return std::move(decided)(approval->id());
                      case Approval::DENIED:
                        metrics.ApprovalAsked("denied");
                        return std::move(decided)(ApprovalDenied(tool.name(), approval->id()));
                      case Approval::PENDING:
                        if (ask) {
                          metrics.ApprovalAsked("asked");
                          return answer->NeedInput(Question(tool, *approval));
                        }
                        metrics.ApprovalAsked("pending");
                        return std::move(decided)(ApprovalRequired(
                            tool.name(), approval->id(), rpc::TimeOf(approval->expire_time())));
                      default:
                        metrics.ApprovalAsked("failed");
                        return std::move(decided)(Internal("an approval of no known state"));
                    }
                  });
  answer->OnCancel([pending]() mutable { pending.Cancel(); });
}

}  // namespace mesh::frontend
