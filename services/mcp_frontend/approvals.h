// Lets a call of a tool pass once somebody has approved it: whoever sits before the client, where
// that can ask, or an operator of the mesh.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "common/base/call_context.h"
#include "common/rpc/call_group.h"
#include "mesh/auth/v1/approvals.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.pb.h"
#include "services/mcp_frontend/mcp/tenant.h"
#include "services/mcp_frontend/metrics.h"

namespace mesh::frontend {

// Thread-safe. Nothing passes while auth-service does not answer.
class Approvals {
 public:
  // With the id of the approval that has been used up for this one call, or why it may not be made:
  // FAILED_PRECONDITION (`APPROVAL_REQUIRED`, `APPROVAL_DENIED`, `APPROVAL_CLOSED`), and like
  // ClaimApproval and AnswerApproval of auth-service.
  using Decided = absl::AnyInvocable<void(absl::StatusOr<std::string> approval) &&>;

  // All must outlive it.
  Approvals(auth::v1::ApprovalService::StubInterface& auth, rpc::CallGroup& calls, Metrics& metrics)
      : auth_(auth), calls_(calls), metrics_(metrics) {}

  // Decides whether `call` may be made for `server`. Where the client is to be asked first it lets
  // `answer` ask, drops `decided`, and is called again with what the client said.
  void Decide(const auth::v1::McpServer& server, const tools::v1::Tool& tool,
              const CallContext& context, const mcp::ToolCall& call,
              const std::shared_ptr<mcp::Answer>& answer, Decided decided);

 private:
  auth::v1::ApprovalService::StubInterface& auth_;
  rpc::CallGroup& calls_;
  Metrics& metrics_;
};

}  // namespace mesh::frontend
