// What stands behind the protocol for one caller: the tools it may use. Knows no wire format but
// through the Revision it is given.
#pragma once

#include <memory>
#include <string>

#include "common/base/call_context.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/revision.h"

namespace mesh::mcp {

struct ToolCall {
  std::string name = {};
  // One JSON object as the client sent it; empty for none.
  std::string arguments_json = {};
};

// Used by one request at a time.
class Tenant {
 public:
  virtual ~Tenant() = default;

  // Answers `tools/list`: all of them, on one page.
  virtual void ListTools(const Revision& revision, std::shared_ptr<Answer> answer) = 0;

  // Answers `tools/call`. Must not block.
  virtual void CallTool(const Revision& revision, const CallContext& context, ToolCall call,
                        std::shared_ptr<Answer> answer) = 0;
};

}  // namespace mesh::mcp
