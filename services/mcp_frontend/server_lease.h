// Whether an open stream may go on: as long as its token names an MCP server, and its API key is
// one where that asks for a second factor.
#pragma once

#include <memory>
#include <mutex>

#include "common/base/secret.h"
#include "edge/api_keys.h"
#include "services/mcp_frontend/mcp/listeners.h"
#include "services/mcp_frontend/resolved_servers.h"

namespace mesh::frontend {

// Thread-safe.
class ServerLease final : public mcp::Lease {
 public:
  // `servers` and `api_keys` must outlive it. `record` is what the token stands for when the stream
  // opens; `api_key` is empty where none came.
  ServerLease(ResolvedServers& servers, edge::ApiKeys& api_keys, Secret token, Secret api_key,
              ResolvedServers::Record record);

  void Check(Checked checked) override;

 private:
  // The part after the answer, which may come when this has gone.
  struct State {
    // Takes what the token stands for now.
    Standing Take(ResolvedServers::Record now);

    edge::ApiKeys& api_keys;
    const Secret api_key;
    std::mutex mu;
    ResolvedServers::Record record;
  };

  ResolvedServers& servers_;
  const Secret token_;
  const std::shared_ptr<State> state_;
};

}  // namespace mesh::frontend
