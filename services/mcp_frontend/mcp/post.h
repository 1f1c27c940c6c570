// A request whose sender is known, as every transport gets it.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

#include "common/base/call_context.h"
#include "common/net/http_server.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"
#include "services/mcp_frontend/mcp/listeners.h"
#include "services/mcp_frontend/mcp/revision.h"
#include "services/mcp_frontend/mcp/rpc_error.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {

// Learns what a POST turned out to be, for logs and metrics. Called before the answer.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void SawRequest(const Message& message, const Revision& revision) = 0;
  virtual void SawRefusal(const RpcError& error) = 0;
};

struct Post {
  std::shared_ptr<net::HttpExchange> exchange = {};
  std::shared_ptr<Tenant> tenant = {};
  std::shared_ptr<Observer> observer = {};
  CallContext context = {};
  // Whether a stream that this opens may go on; nullptr for always.
  std::shared_ptr<Lease> lease = {};
};

// A JSON body under the error's status.
net::ServerResponse HttpError(const RpcError& error, absl::string_view id = {});

// Answers a POST by HttpError(), and lets its observer know.
void Refuse(const Post& post, const RpcError& error, absl::string_view id = {});

// 405 with the methods that are served instead: `POST, OPTIONS`.
net::ServerResponse MethodNotAllowed(absl::string_view allow);

net::ServerResponse JsonResponse(int status, absl::Cord body, const net::HttpHeaders& headers);

// The head of a stream of events, with `first` as the beginning of its body.
net::ServerResponse EventResponse(absl::Cord first, const net::HttpHeaders& headers);

// A message as an event.
absl::Cord MessageEvent(absl::Cord message);

bool HasJsonContent(const net::HttpHeaders& headers);

// The context of one message: trace context in the message itself is nearer to it than the POST's.
CallContext ContextOf(const Post& post, const Message& message);

// Of `notifications/cancelled`: the id of the request that is meant, as JSON; empty where there is
// none.
std::string CancelledId(const Message& message);

}  // namespace mesh::mcp
