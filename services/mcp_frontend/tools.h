// The tools of the catalogue: what an MCP server lists, and calls.
#pragma once

#include <memory>
#include <string>

#include "common/base/delay_queue.h"
#include "common/rpc/call_group.h"
#include "edge/audit_recorder.h"
#include "edge/catalogue.h"
#include "mesh/auth/v1/audit.pb.h"
#include "mesh/auth/v1/mcp_servers.pb.h"
#include "mesh/tools/v1/tools.grpc.pb.h"
#include "services/mcp_frontend/approvals.h"
#include "services/mcp_frontend/mcp/tenant.h"
#include "services/mcp_frontend/metrics.h"
#include "services/mcp_frontend/tool_lists.h"

namespace mesh::frontend {

// Thread-safe.
class Tools {
 public:
  // All must outlive it.
  Tools(tools::v1::ToolService::StubInterface& tools, const edge::CatalogueWatch& catalogue,
        edge::AuditRecorder& recorder, Approvals& approvals, rpc::CallGroup& calls,
        DelayQueue& timer, Metrics& metrics)
      : tools_(tools),
        catalogue_(catalogue),
        recorder_(recorder),
        approvals_(approvals),
        calls_(calls),
        timer_(timer),
        metrics_(metrics) {}

  // Answers `tools/list` for `server`. Returns the digest of what was shown; empty where nothing
  // was.
  std::string List(const auth::v1::McpServer& server, const mcp::Revision& revision,
                   mcp::Answer& answer);

  // Answers `tools/call` for `server`, once it is approved where that is asked for, and tells a
  // client that wants to hear of progress how long it has been.
  void Call(const auth::v1::McpServer& server, const mcp::Revision& revision,
            const CallContext& context, const mcp::ToolCall& call,
            std::shared_ptr<mcp::Answer> answer);

 private:
  // A call that may be made, and what the audit log will say of it.
  struct Prepared {
    tools::v1::CallToolRequest request = {};
    mcp::ClientWishes client = {};
    auth::v1::AuditEvent event = {};
  };

  void Send(const mcp::Revision& revision, const CallContext& context, Prepared prepared,
            std::shared_ptr<mcp::Answer> answer);

  tools::v1::ToolService::StubInterface& tools_;
  const edge::CatalogueWatch& catalogue_;
  edge::AuditRecorder& recorder_;
  Approvals& approvals_;
  rpc::CallGroup& calls_;
  DelayQueue& timer_;
  Metrics& metrics_;
  ToolLists lists_;
};

// What is answered while there is no catalogue yet.
void AnswerCatalogueMissing(mcp::Answer& answer);

}  // namespace mesh::frontend
