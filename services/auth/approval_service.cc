#include "services/auth/approval_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/auth/field_rules.h"

namespace mesh::auth {
namespace {

using v1::Approval;

// A client that asks on and on fills no list that people have to read.
constexpr int64_t kMostPending = 100;

constexpr size_t kLongestTool = 128;
constexpr size_t kLongestArguments = 4096;

void Describe(const Approval& approval, AuditSubject& subject) {
  subject.account = approval.account();
  subject.mcp_server = approval.mcp_server();
  subject.details["approval"] = approval.id();
  subject.details["tool"] = approval.tool();
  subject.details["arguments"] = approval.arguments();
  subject.details["state"] = ApprovalStateName(approval.state());
}

absl::Status CheckSubject(const std::string& mcp_server, const std::string& tool,
                          const std::string& arguments_sha256) {
  if (mcp_server.empty()) return FieldInvalid("mcp_server", "is required");
  if (tool.empty() || tool.size() > kLongestTool) {
    return FieldInvalid("tool", absl::StrCat("must have 1 to ", kLongestTool, " characters"));
  }
  return CheckDigest("arguments_sha256", arguments_sha256);
}

}  // namespace

grpc::ServerUnaryReactor* ApprovalService::ClaimApproval(grpc::CallbackServerContext* call,
                                                         const v1::ClaimApprovalRequest* request,
                                                         Approval* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("ClaimApproval"), call, request, response,
      [this](const CallContext& c, const v1::ClaimApprovalRequest& r) { return Claim(c, r); });
}

grpc::ServerUnaryReactor* ApprovalService::AnswerApproval(grpc::CallbackServerContext* call,
                                                          const v1::AnswerApprovalRequest* request,
                                                          Approval* response) {
  return rpc::HandleOnPool(pool_, rpc_metrics_.Of("AnswerApproval"), call, request, response,
                           [this](const CallContext& c, const v1::AnswerApprovalRequest& r) {
                             return Audited(
                                 audit_, c,
                                 {.action = "approval.answer",
                                  .mcp_server = r.mcp_server(),
                                  .details = {{"approval", r.id()}, {"tool", r.tool()}}},
                                 [&] { return Answer(r); }, Describe);
                           });
}

grpc::ServerUnaryReactor* ApprovalService::DecideApproval(grpc::CallbackServerContext* call,
                                                          const v1::DecideApprovalRequest* request,
                                                          Approval* response) {
  return rpc::HandleOnPool(pool_, rpc_metrics_.Of("DecideApproval"), call, request, response,
                           [this](const CallContext& c, const v1::DecideApprovalRequest& r) {
                             return Audited(
                                 audit_, c,
                                 {.action = r.approved() ? "approval.approve" : "approval.deny",
                                  .details = {{"approval", r.id()}}},
                                 [&] { return Decide(c, r); }, Describe);
                           });
}

grpc::ServerUnaryReactor* ApprovalService::GetApproval(grpc::CallbackServerContext* call,
                                                       const v1::GetApprovalRequest* request,
                                                       Approval* response) {
  return rpc::HandleOnPool(pool_, rpc_metrics_.Of("GetApproval"), call, request, response,
                           [this](const CallContext&, const v1::GetApprovalRequest& r) {
                             return store_.Get(r.id(), clock_.Now());
                           });
}

grpc::ServerUnaryReactor* ApprovalService::ListApprovals(grpc::CallbackServerContext* call,
                                                         const v1::ListApprovalsRequest* request,
                                                         v1::ListApprovalsResponse* response) {
  return rpc::HandleOnPool(
      pool_, rpc_metrics_.Of("ListApprovals"), call, request, response,
      [this](const CallContext&, const v1::ListApprovalsRequest& r) { return List(r); });
}

absl::StatusOr<Approval> ApprovalService::Claim(const CallContext& context,
                                                const v1::ClaimApprovalRequest& request) {
  RETURN_IF_ERROR(CheckSubject(request.mcp_server(), request.tool(), request.arguments_sha256()));
  if (request.account().empty()) return FieldInvalid("account", "is required");
  if (request.arguments().size() > kLongestArguments) {
    return FieldInvalid("arguments",
                        absl::StrCat("must have at most ", kLongestArguments, " bytes"));
  }
  const absl::Time now = StoredTime(clock_.Now());
  Approval wanted;
  wanted.set_id(RandomId("apr_"));
  wanted.set_account(request.account());
  wanted.set_mcp_server(request.mcp_server());
  wanted.set_tool(request.tool());
  wanted.set_arguments_sha256(request.arguments_sha256());
  wanted.set_arguments(request.arguments());
  *wanted.mutable_create_time() = rpc::TimestampOf(now);
  *wanted.mutable_expire_time() = rpc::TimestampOf(now + lifetime_);
  const absl::Time began = absl::Now();
  absl::StatusOr<Approval> approval = store_.Claim(wanted, kMostPending, now);
  if (approval.ok() && approval->state() == Approval::USED) metrics_.approvals_used.Increment();
  // What is asked for again is no news.
  if (approval.ok() && approval->id() == wanted.id()) {
    metrics_.approvals_requested.Increment();
    AuditSubject subject{.action = "approval.request"};
    Describe(*approval, subject);
    audit_.Record(context, subject, absl::OkStatus(), absl::Now() - began);
  }
  return approval;
}

absl::StatusOr<Approval> ApprovalService::Answer(const v1::AnswerApprovalRequest& request) {
  RETURN_IF_ERROR(CheckSubject(request.mcp_server(), request.tool(), request.arguments_sha256()));
  Approval subject;
  subject.set_id(request.id());
  subject.set_mcp_server(request.mcp_server());
  subject.set_tool(request.tool());
  subject.set_arguments_sha256(request.arguments_sha256());
  absl::StatusOr<Approval> approval =
      store_.Answer(subject, request.approved(), StoredTime(clock_.Now()));
  if (approval.ok() && request.approved()) metrics_.approvals_used.Increment();
  if (approval.ok() && !request.approved()) metrics_.approvals_denied.Increment();
  return approval;
}

absl::StatusOr<Approval> ApprovalService::Decide(const CallContext& context,
                                                 const v1::DecideApprovalRequest& request) {
  const absl::Time now = StoredTime(clock_.Now());
  absl::StatusOr<Approval> approval =
      store_.Decide(request.id(), request.approved(), context.actor, now + lifetime_, now);
  if (approval.ok()) {
    (request.approved() ? metrics_.approvals_approved : metrics_.approvals_denied).Increment();
  }
  return approval;
}

absl::StatusOr<v1::ListApprovalsResponse> ApprovalService::List(
    const v1::ListApprovalsRequest& request) {
  if (!Approval::State_IsValid(request.state())) return FieldInvalid("state", "is not known");
  const std::string list = "approvals";
  ASSIGN_OR_RETURN(const PageRequest wanted,
                   ReadPageRequest(list, request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(Page<Approval> page, store_.List({.state = request.state(),
                                                     .account = request.account(),
                                                     .mcp_server = request.mcp_server()},
                                                    wanted, clock_.Now()));
  v1::ListApprovalsResponse response;
  for (Approval& approval : page.items) *response.add_approvals() = std::move(approval);
  if (page.next.has_value()) response.set_next_page_token(FormatPageToken(list, *page.next));
  return response;
}

}  // namespace mesh::auth
