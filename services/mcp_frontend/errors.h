// The border between absl::Status and MCP: what is a protocol error, what is the answer of a tool
// that failed, and what is no MCP at all. Pure.
#pragma once

#include <variant>

#include "absl/status/status.h"

#include "common/net/http.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/revision.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::frontend {

struct McpError {
  // A result is one with `isError`, for the model to read and act on.
  std::variant<mcp::RpcError, mcp::Result> body = {};

  // `ratelimit-*` and `retry-after`, where known.
  net::HttpHeaders headers = {};
};

// Never shows the message of an error that is a bug, nor an address behind this service.
McpError ToMcp(const absl::Status& status);

// Answers with it.
void AnswerWithError(const absl::Status& status, const mcp::Revision& revision,
                     mcp::Answer& answer);

}  // namespace mesh::frontend
