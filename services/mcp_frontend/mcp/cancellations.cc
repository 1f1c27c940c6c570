#include "services/mcp_frontend/mcp/cancellations.h"

namespace mesh::mcp {

void Cancellations::Add(const std::string& key, const std::shared_ptr<Cancellable>& request) {
  const std::lock_guard lock(mu_);
  requests_.emplace(key, Entry{.address = request.get(), .request = request});
}

void Cancellations::Remove(const std::string& key, const Cancellable* request) {
  const std::lock_guard lock(mu_);
  const auto [begin, end] = requests_.equal_range(key);
  for (auto it = begin; it != end; ++it) {
    if (it->second.address != request) continue;
    requests_.erase(it);
    return;
  }
}

void Cancellations::Cancel(const std::string& key) {
  std::shared_ptr<Cancellable> request;
  {
    const std::lock_guard lock(mu_);
    if (requests_.count(key) != 1) return;
    request = requests_.find(key)->second.request.lock();
  }
  if (request != nullptr) request->Cancel();
}

}  // namespace mesh::mcp
