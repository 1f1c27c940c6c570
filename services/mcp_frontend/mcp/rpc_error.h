// Every way the protocol refuses a message, by name: one list for the wire, the metrics and the
// tests.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mesh::mcp {

// A JSON-RPC error, with the HTTP status it travels under.
struct RpcError {
  int http_status = 200;
  int code = 0;
  std::string message = {};

  // `error.data`, one JSON value; empty where there is none.
  std::string data = {};

  // For metrics: a constant of lower case words.
  const char* label = "";
};

RpcError Unparsable(absl::string_view why);         // 400, -32700
RpcError InvalidRequest(absl::string_view why);     // 400, -32600
RpcError InvalidParams(absl::string_view why);      // 200, -32602
RpcError MethodNotFound(absl::string_view method);  // 200, -32601
RpcError InternalError(absl::string_view message);  // 200, -32603

RpcError ResourceNotFound(absl::string_view uri);  // 200, -32602, with the URI in its data

// The parameters `_meta` of 2026-07-28 lack what every request must have: 400, -32602.
RpcError MetaIncomplete(absl::string_view why);

// The version header of a request without `_meta` is not one of `supported`: 400, -32602.
RpcError VersionHeaderUnknown(absl::string_view version, const std::vector<std::string>& supported);

// A standard header is missing, malformed, or contradicts the body: 400, -32020.
RpcError HeaderMismatch(absl::string_view why);

// 400, -32022, with what is supported.
RpcError VersionUnsupported(absl::string_view requested, const std::vector<std::string>& supported);

// The client did not declare `capability`, without which the request cannot be served: 400, -32021.
RpcError CapabilityMissing(absl::string_view capability);

// The service behind is not there yet or at its limit: 503, -32603. `message` says when to return.
RpcError NotAvailable(absl::string_view message);

// An answer of the transport itself, for example 404: `code` is the HTTP status, which JSON-RPC
// leaves to applications.
RpcError HttpRefusal(int http_status, absl::string_view message);

}  // namespace mesh::mcp
