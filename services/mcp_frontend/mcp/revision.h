// How one era of the protocol talks. Each era is a file of its own that implements this.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/net/http.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::mcp {

class Tenant;

// Who answers.
struct ServerInfo {
  std::string name = {};
  std::string title = {};
  std::string version = {};
  // For the model: how the tools belong together.
  std::string instructions = {};
};

// A result before an era has written it.
struct Result {
  // Its members without the braces around them: `"tools":[]`.
  absl::Cord members = {};
  // Members of its `_meta`, likewise; empty for none.
  std::string meta = {};
  // For how long a client may keep it, where it is one that may be kept.
  std::optional<absl::Duration> keep = {};
};

// Thread-safe.
class Revision {
 public:
  virtual ~Revision() = default;

  // For logs and metrics: `legacy` or `modern`.
  virtual const char* label() const = 0;

  // The whole result object.
  virtual absl::Cord Write(const Result& result) const = 0;

  // Whether a client that goes away has cancelled what it asked for.
  virtual bool LeavingCancels() const = 0;

  // What is wrong with a request before its method is looked at: `_meta`, version and headers.
  virtual std::optional<RpcError> Check(const Message& message,
                                        const net::HttpHeaders& headers) const = 0;

  // Answers a request that Check() had nothing against.
  virtual void Serve(const Message& message, const CallContext& context, Tenant& tenant,
                     std::shared_ptr<Answer> answer) const = 0;
};

}  // namespace mesh::mcp
