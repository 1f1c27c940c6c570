// Sessions of the legacy era over Streamable HTTP, for tenants that keep them: who has said
// `initialize`, and what a client whose stream broke off has missed.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

#include "common/net/http_server.h"

namespace mesh::mcp {

// The events that answer one request, whatever stream carries them at the time. Thread-safe.
class ResumableEvents {
 public:
  // `number` is the stream's own in its session.
  explicit ResumableEvents(uint64_t number) : number_(number) {}

  // Answers `exchange` with a stream: first an event that only has an id, to come back to, then
  // what was said after the event `after` and what is to come.
  std::shared_ptr<net::HttpStream> Attach(net::HttpExchange& exchange, uint64_t after);

  void Write(absl::Cord message);

  // Closes the stream there is. The client is told how soon to come back.
  void Detach();

  // No more will be said.
  void Finish();

 private:
  absl::Cord EventOf(size_t index) const;

  const uint64_t number_;
  std::mutex mu_;
  std::vector<absl::Cord> messages_;
  std::shared_ptr<net::HttpStream> stream_;
  bool finished_ = false;
};

// Thread-safe.
class HttpSessions {
 public:
  // The id of a new session of `tenant`. Of too many the oldest ends.
  std::string Begin(absl::string_view tenant);

  // Whether `id` is a session of `tenant` that has not ended.
  bool Has(absl::string_view id, absl::string_view tenant) const;

  // Returns false where there is no such session.
  bool End(absl::string_view id, absl::string_view tenant);

  // Events for a new request of the session; nullptr where there is none.
  std::shared_ptr<ResumableEvents> NewEvents(absl::string_view id, absl::string_view tenant);

  // The events that `last_event_id` is one of, and its place among them; nullptr where they are
  // not known.
  std::pair<std::shared_ptr<ResumableEvents>, uint64_t> FindEvents(absl::string_view id,
                                                                   absl::string_view tenant,
                                                                   absl::string_view last_event_id);

 private:
  struct Session {
    std::string tenant = {};
    uint64_t next_number = 1;
    // The newest ones, by number.
    std::list<std::pair<uint64_t, std::shared_ptr<ResumableEvents>>> events = {};
  };

  Session* Find(absl::string_view id, absl::string_view tenant) const;

  mutable std::mutex mu_;
  mutable std::unordered_map<std::string, Session> sessions_;
  std::list<std::string> oldest_first_;
};

}  // namespace mesh::mcp
