// Requests that the server has sent to clients, and who waits for what they answer.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/delay_queue.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"

namespace mesh::mcp {

// Thread-safe.
class PendingReplies {
 public:
  // `timer` must be stopped before this goes.
  explicit PendingReplies(DelayQueue& timer) : timer_(timer) {}

  // Returns the id for a new request, as JSON: nobody can guess it. `replied` is called once: by
  // Take(), or with an error at `deadline` or by Close().
  std::string Expect(absl::string_view tenant, absl::Time deadline, Answer::Replied replied);

  // Hands a client's response on. Ignored where nobody waits for it, or waits for another tenant's.
  void Take(absl::string_view tenant, const Message& response);

  // Nobody waits any more, now and later.
  void Close();

 private:
  struct Waiting {
    std::string tenant = {};
    Answer::Replied replied = {};
  };

  void End(const std::string& id, Reply reply);

  DelayQueue& timer_;
  std::mutex mu_;
  std::unordered_map<std::string, Waiting> waiting_;
  bool closed_ = false;
};

}  // namespace mesh::mcp
