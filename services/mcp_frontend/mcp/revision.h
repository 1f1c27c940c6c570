// How one era of the protocol talks. Each era is a file of its own that implements this.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/net/http.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::mcp {

class Lease;
class Push;
class Tenant;
struct Inputs;

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

// One request on its way, with all that it may need.
struct Incoming {
  const Message& message;
  const net::HttpHeaders& headers;
  CallContext context = {};
  std::shared_ptr<Tenant> tenant = {};
  std::shared_ptr<Answer> answer = {};
  // For answers that go on for long; may be nullptr.
  std::shared_ptr<Lease> lease = {};
  // The client's session; nullptr where it has none.
  std::shared_ptr<Push> push = {};
};

// Thread-safe.
class Revision {
 public:
  // Begins a request with what the client has answered so far.
  using Turn = absl::AnyInvocable<void(Inputs inputs, std::shared_ptr<Answer> answer)>;

  virtual ~Revision() = default;

  // For logs and metrics: `legacy` or `modern`.
  virtual const char* label() const = 0;

  // The whole result object.
  virtual absl::Cord Write(const Result& result) const = 0;

  // Whether a client that goes away has cancelled what it asked for.
  virtual bool LeavingCancels() const = 0;

  virtual RpcError ResourceNotFound(absl::string_view uri) const = 0;

  // What is wrong with a request before its method is looked at: `_meta`, version and headers.
  virtual std::optional<RpcError> Check(const Message& message,
                                        const net::HttpHeaders& headers) const = 0;

  // Answers a request that Check() had nothing against.
  virtual void Serve(const Incoming& incoming) const = 0;

  // Takes `turn`, and again where it ends in Answer::NeedInput() and the client has answered.
  // `subject` is what the request is about: state of one subject is worth nothing for another.
  virtual void Converse(const Incoming& incoming, absl::string_view subject, Turn turn) const = 0;
};

}  // namespace mesh::mcp
