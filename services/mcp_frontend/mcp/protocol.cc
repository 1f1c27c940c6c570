#include "services/mcp_frontend/mcp/protocol.h"

#include <utility>

namespace mesh::mcp {

Protocol::Protocol(const ServerInfo& info, ProtocolOptions options)
    : sealer_(options.sealer.has_value() ? *std::move(options.sealer) : Sealer::WithNewKey()),
      keep_alive_(timer_, options.keep_alive),
      listeners_(timer_, options.recheck),
      replies_(timer_),
      legacy_(info),
      modern_(info, options.modern, RequestStates(sealer_), listeners_) {}

void Protocol::Close() {
  listeners_.Close();
  replies_.Close();
  timer_.Stop();
}

}  // namespace mesh::mcp
