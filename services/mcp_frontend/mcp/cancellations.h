// Requests under way, so that `notifications/cancelled` finds the one it means.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace mesh::mcp {

class Cancellable {
 public:
  virtual ~Cancellable() = default;
  virtual void Cancel() = 0;
};

// Thread-safe.
class Cancellations {
 public:
  // A key is a client and the id of its request.
  void Add(const std::string& key, const std::shared_ptr<Cancellable>& request);
  void Remove(const std::string& key, const Cancellable* request);

  // Cancels the request of that key. None where there are several: without sessions two clients
  // may look alike, and a call that goes on does less harm than a wrong one that is stopped.
  void Cancel(const std::string& key);

 private:
  struct Entry {
    const Cancellable* address = nullptr;
    std::weak_ptr<Cancellable> request = {};
  };

  std::mutex mu_;
  std::unordered_multimap<std::string, Entry> requests_;
};

}  // namespace mesh::mcp
