// The Streamable HTTP transport: one POST, one message or batch, one answer.
#pragma once

#include <memory>
#include <optional>

#include "absl/strings/string_view.h"

#include "common/base/call_context.h"
#include "common/net/http_server.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"
#include "services/mcp_frontend/mcp/legacy.h"
#include "services/mcp_frontend/mcp/modern.h"
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

// A POST whose sender is known.
struct Post {
  std::shared_ptr<net::HttpExchange> exchange = {};
  std::shared_ptr<Tenant> tenant = {};
  std::shared_ptr<Observer> observer = {};
  CallContext context = {};
};

// Thread-safe; must outlive the answers.
class StreamableHttp {
 public:
  StreamableHttp(const ServerInfo& info, const Modern::Options& options)
      : legacy_(info), modern_(info, options) {}

  // Answers by the status table: content type, JSON, shape, era, version, headers, method.
  void Handle(const Post& post) const;

 private:
  // By the body first: who sends `_meta` with a version is modern.
  const Revision& RevisionOf(const Message& message) const;
  void HandleOne(const Post& post, const Message& message) const;
  void HandleBatch(const Post& post, const Body& body) const;

  const Legacy legacy_;
  const Modern modern_;
};

// A JSON body under the error's status.
net::ServerResponse HttpError(const RpcError& error, absl::string_view id = {});

}  // namespace mesh::mcp
