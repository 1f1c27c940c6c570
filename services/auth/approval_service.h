// The gRPC service of approvals.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/approvals.grpc.pb.h"
#include "services/auth/audit_trail.h"
#include "services/auth/metrics.h"
#include "services/auth/store/approval_store.h"

namespace mesh::auth {

// Thread-safe.
class ApprovalService final : public v1::ApprovalService::CallbackService {
 public:
  // `lifetime` is how long an approval waits for a decision, and then for its call.
  ApprovalService(ApprovalStore& store, absl::Duration lifetime, const Clock& clock,
                  ThreadPool& pool, rpc::ServerMetrics& rpc_metrics, AuthMetrics& metrics,
                  AuditTrail& audit)
      : store_(store),
        lifetime_(lifetime),
        clock_(clock),
        pool_(pool),
        rpc_metrics_(rpc_metrics),
        metrics_(metrics),
        audit_(audit) {}

  grpc::ServerUnaryReactor* ClaimApproval(grpc::CallbackServerContext* call,
                                          const v1::ClaimApprovalRequest* request,
                                          v1::Approval* response) override;
  grpc::ServerUnaryReactor* AnswerApproval(grpc::CallbackServerContext* call,
                                           const v1::AnswerApprovalRequest* request,
                                           v1::Approval* response) override;
  grpc::ServerUnaryReactor* DecideApproval(grpc::CallbackServerContext* call,
                                           const v1::DecideApprovalRequest* request,
                                           v1::Approval* response) override;
  grpc::ServerUnaryReactor* GetApproval(grpc::CallbackServerContext* call,
                                        const v1::GetApprovalRequest* request,
                                        v1::Approval* response) override;
  grpc::ServerUnaryReactor* ListApprovals(grpc::CallbackServerContext* call,
                                          const v1::ListApprovalsRequest* request,
                                          v1::ListApprovalsResponse* response) override;

 private:
  absl::StatusOr<v1::Approval> Claim(const CallContext& context,
                                     const v1::ClaimApprovalRequest& request);
  absl::StatusOr<v1::Approval> Answer(const v1::AnswerApprovalRequest& request);
  absl::StatusOr<v1::Approval> Decide(const CallContext& context,
                                      const v1::DecideApprovalRequest& request);
  absl::StatusOr<v1::ListApprovalsResponse> List(const v1::ListApprovalsRequest& request);

  ApprovalStore& store_;
  const absl::Duration lifetime_;
  const Clock& clock_;
  ThreadPool& pool_;
  rpc::ServerMetrics& rpc_metrics_;
  AuthMetrics& metrics_;
  AuditTrail& audit_;
};

}  // namespace mesh::auth
