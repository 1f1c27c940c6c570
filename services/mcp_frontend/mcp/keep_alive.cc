#include "services/mcp_frontend/mcp/keep_alive.h"

#include <utility>

#include "absl/strings/cord.h"

#include "common/net/sse.h"

namespace mesh::mcp {

KeepAlive::KeepAlive(DelayQueue& timer, absl::Duration interval)
    : timer_(timer), interval_(interval) {
  timer_.Post(interval_, [this] { Tick(); });
}

void KeepAlive::Add(std::weak_ptr<net::HttpStream> stream) {
  const std::lock_guard lock(mu_);
  streams_.push_back(std::move(stream));
}

void KeepAlive::Tick() {
  const absl::Cord comment(net::kSseKeepAlive);
  std::vector<std::weak_ptr<net::HttpStream>> living;
  {
    const std::lock_guard lock(mu_);
    living.swap(streams_);
  }
  std::erase_if(living, [&comment](const std::weak_ptr<net::HttpStream>& weak) {
    const std::shared_ptr<net::HttpStream> stream = weak.lock();
    return stream == nullptr || !stream->Write(comment);
  });
  {
    const std::lock_guard lock(mu_);
    streams_.insert(streams_.end(), std::make_move_iterator(living.begin()),
                    std::make_move_iterator(living.end()));
  }
  timer_.Post(interval_, [this] { Tick(); });
}

}  // namespace mesh::mcp
