// The transport of 2024-11-05, HTTP+SSE: a GET opens a stream, POSTs beside it carry the client's
// messages, and everything the server says comes on the stream.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/strings/string_view.h"

#include "services/mcp_frontend/mcp/post.h"
#include "services/mcp_frontend/mcp/protocol.h"

namespace mesh::mcp {

// Thread-safe; must outlive the answers.
class HttpSse {
 public:
  // `protocol` must outlive it.
  explicit HttpSse(Protocol& protocol) : protocol_(protocol) {}

  // Opens a stream. `messages_url` is where the client shall POST; the session's id is put behind
  // it.
  void Open(const Post& get, absl::string_view messages_url);

  // Takes a POST of the session `id`, as it stands in the query: 202, or 404 where there is no such
  // session, or it is another tenant's.
  void Receive(const Post& post, const std::string& id);

  // Open sessions.
  size_t size() const;

 private:
  class Session;
  class SessionAnswer;

  // nullptr where `id` is none of this tenant's.
  std::shared_ptr<Session> Find(const std::string& id, absl::string_view tenant) const;
  void Forget(const std::string& id);
  void Take(const Post& post, const Message& message, const std::shared_ptr<Session>& session);

  Protocol& protocol_;
  mutable std::mutex mu_;
  std::unordered_map<std::string, std::weak_ptr<Session>> sessions_;
};

}  // namespace mesh::mcp
