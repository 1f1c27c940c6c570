#include "services/auth/store/approval_store.h"

#include "absl/strings/ascii.h"

#include "common/rpc/proto_time.h"

namespace mesh::auth {

std::string ApprovalStateName(v1::Approval::State state) {
  return absl::AsciiStrToLower(v1::Approval::State_Name(state));
}

bool IsFor(const v1::Approval& approval, const v1::Approval& subject) {
  return approval.mcp_server() == subject.mcp_server() && approval.tool() == subject.tool() &&
         approval.arguments_sha256() == subject.arguments_sha256();
}

void AnswerBeforeClient(bool approved, absl::Time now, v1::Approval& approval) {
  // An operator's yes stays theirs.
  if (!approved || approval.state() == v1::Approval::PENDING) {
    approval.set_decided_by(approval.mcp_server());
    *approval.mutable_decide_time() = rpc::TimestampOf(now);
  }
  approval.set_state(approved ? v1::Approval::USED : v1::Approval::DENIED);
  if (approved) *approval.mutable_use_time() = rpc::TimestampOf(now);
}

}  // namespace mesh::auth
