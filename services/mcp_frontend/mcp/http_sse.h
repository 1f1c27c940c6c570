// The transport of 2024-11-05, HTTP+SSE: a GET opens a stream, POSTs beside it carry the client's
// messages, and everything the server says comes on the stream.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/string_view.h"

#include "services/mcp_frontend/mcp/post.h"
#include "services/mcp_frontend/mcp/protocol.h"

namespace mesh::mcp {

// Thread-safe; must outlive the answers.
class HttpSse {
 public:
  // `protocol` must outlive it.
  explicit HttpSse(Protocol& protocol) : protocol_(protocol) {}

  // From here on sessions' ids tell, sealed, that they are held by the replica `address`: this one,
  // as the others know it. To be called before the first Open(), if at all.
  void NameReplica(std::string address) { replica_ = std::move(address); }

  // Opens a stream. `messages_url` is where the client shall POST; the session's id is put behind
  // it.
  void Open(const Post& get, absl::string_view messages_url);

  // Where a session is held.
  struct Place {
    // Empty for this replica.
    std::string replica = {};
    // What Receive() there knows it by.
    std::string session = {};
  };

  // Reads a session's id as the client of `tenant` has it. What is none, or another tenant's, leads
  // to a session that is unknown here.
  Place Find(absl::string_view id, absl::string_view tenant) const;

  // Takes a POST for a session that this replica holds: 202, or 404 where there is no such session,
  // or it is another tenant's.
  void Receive(const Post& post, const std::string& session);

  // Answers as Receive() does where there is no such session.
  static void RefuseUnknown(const Post& post);

  // Open sessions.
  size_t size() const;

 private:
  class Session;
  class SessionAnswer;

  // nullptr where `id` is none of this tenant's.
  std::shared_ptr<Session> SessionOf(const std::string& id, absl::string_view tenant) const;
  void Forget(const std::string& id);
  void Take(const Post& post, const Message& message, const std::shared_ptr<Session>& session);

  Protocol& protocol_;
  std::string replica_;
  mutable std::mutex mu_;
  std::unordered_map<std::string, std::weak_ptr<Session>> sessions_;
};

}  // namespace mesh::mcp
