// The headers that repeat what a request's body says, so that a proxy need not parse it. Pure.
#pragma once

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/net/http.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"
#include "services/mcp_frontend/mcp/rpc_error.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {

// Whether every field of this name says `value`, after white space around it and
// `=?base64?…?=` are taken off. False where there is no such field.
bool StandardHeaderIs(const net::HttpHeaders& headers, absl::string_view name,
                      absl::string_view value);

// `Mcp-Method`, and `Mcp-Name` for the methods that have a name. Fails with HeaderMismatch().
std::optional<RpcError> CheckStandardHeaders(const Message& message,
                                             const net::HttpHeaders& headers);

// The same for the arguments of a tool call that headers repeat. One that is absent or null needs
// no header.
std::optional<RpcError> CheckParamHeaders(const std::vector<ParamHeader>& params,
                                          absl::string_view arguments_json,
                                          const net::HttpHeaders& headers);

}  // namespace mesh::mcp
