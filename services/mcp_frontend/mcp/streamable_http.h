// The Streamable HTTP transport: one POST, one message or batch, one answer. The answer is JSON,
// or a stream of events where the server has something to say before it.
#pragma once

#include "services/mcp_frontend/mcp/post.h"
#include "services/mcp_frontend/mcp/protocol.h"

namespace mesh::mcp {

// Thread-safe; must outlive the answers.
class StreamableHttp {
 public:
  // `protocol` must outlive it.
  explicit StreamableHttp(Protocol& protocol) : protocol_(protocol) {}

  // Answers by the status table: content type, JSON, shape, era, version, headers, method.
  void Handle(const Post& post) const;

  // A GET and a DELETE: those of a tenant that keeps sessions go on with a stream that broke off,
  // and end a session. 405 for any other.
  void Resume(const Post& get) const;
  void EndSession(const Post& request) const;

 private:
  // By the body first: who sends `_meta` with a version is modern.
  const Revision& RevisionOf(const Message& message) const;
  void HandleOne(const Post& post, const Message& message) const;
  void HandleBatch(const Post& post, const Body& body) const;
  void Take(const Post& post, const Message& message) const;
  bool IsWelcome(const Post& post, const Message& message) const;
  static void RefuseMethod(const Post& request);

  Protocol& protocol_;
};

}  // namespace mesh::mcp
