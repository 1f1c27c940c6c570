// Whether an open stream may go on: as long as its token names an MCP server.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "common/base/secret.h"
#include "services/mcp_frontend/mcp/listeners.h"
#include "services/mcp_frontend/resolved_servers.h"

namespace mesh::frontend {

// Thread-safe.
class ServerLease final : public mcp::Lease {
 public:
  // `servers` must outlive it. `record` is what the token stands for now.
  ServerLease(ResolvedServers& servers, Secret token, ResolvedServers::Record record);

  void Check(Checked checked) override;

 private:
  // The part after the answer, which may come when this has gone.
  struct State {
    std::mutex mu;
    ResolvedServers::Record record;
  };

  ResolvedServers& servers_;
  const Secret token_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace mesh::frontend
