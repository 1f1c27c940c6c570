// Where the answer to one request goes, whatever carries it.
#pragma once

#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/cord.h"

#include "common/net/http.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::mcp {

// Thread-safe. Exactly one of Result() and Error() must be called, once, from any thread.
class Answer {
 public:
  virtual ~Answer() = default;

  // `result` is the whole result object; `headers` go beside it where the transport has such.
  virtual void Result(absl::Cord result, const net::HttpHeaders& headers) = 0;
  virtual void Error(const RpcError& error, const net::HttpHeaders& headers) = 0;

  void Result(absl::Cord result) { Result(std::move(result), net::HttpHeaders()); }
  void Error(const RpcError& error) { Error(error, net::HttpHeaders()); }

  // `callback` is called once when the client has cancelled, if that can be told.
  virtual void OnCancel(absl::AnyInvocable<void() &&> callback) = 0;
};

}  // namespace mesh::mcp
