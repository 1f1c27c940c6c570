// What the eras do alike with the methods they share.
#pragma once

#include <memory>

#include "common/base/call_context.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"
#include "services/mcp_frontend/mcp/revision.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {

void ServeListTools(const Revision& revision, const Message& message, Tenant& tenant,
                    std::shared_ptr<Answer> answer);

// Accepts arguments that are absent, null, an object, or an object inside a string, as clients send
// all four.
void ServeCallTool(const Revision& revision, const Message& message, const CallContext& context,
                   Tenant& tenant, std::shared_ptr<Answer> answer);

}  // namespace mesh::mcp
