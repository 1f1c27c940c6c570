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
  // `protocol` must outlive it. `replica` is the name of this process among its like: session ids
  // carry it, sealed.
  HttpSse(Protocol& protocol, std::string replica)
      : protocol_(protocol), replica_(std::move(replica)) {}

  // Opens a stream. `messages_url` is where the client shall POST; the session's id is put behind
  // it.
  void Open(const Post& get, absl::string_view messages_url);

  // Takes a POST of the session `id`, as it stands in the query: 202, or 404 where there is no such
  // session, or it is another tenant's.
  void Receive(const Post& post, absl::string_view id);

  // Open sessions.
  size_t size() const;

 private:
  class Session;
  class SessionAnswer;
  struct SessionName {
    std::string replica = {};
    std::string number = {};
  };

  std::string SealId(const SessionName& name, absl::string_view tenant) const;
  // Both parts are empty where `id` is none of this tenant's.
  SessionName OpenId(absl::string_view id, absl::string_view tenant) const;
  std::shared_ptr<Session> Find(const std::string& number) const;
  void Forget(const std::string& number);
  void Take(const Post& post, const Message& message, const std::shared_ptr<Session>& session);

  Protocol& protocol_;
  const std::string replica_;
  mutable std::mutex mu_;
  std::unordered_map<std::string, std::weak_ptr<Session>> sessions_;
};

}  // namespace mesh::mcp
