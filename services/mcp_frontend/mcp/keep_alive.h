// Says something on idle event streams, so that no proxy on the way closes them.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "absl/time/time.h"

#include "common/base/delay_queue.h"
#include "common/net/http_server.h"

namespace mesh::mcp {

// Thread-safe.
class KeepAlive {
 public:
  // One comment each `interval`. `timer` must be stopped before this goes.
  KeepAlive(DelayQueue& timer, absl::Duration interval);

  // For as long as the stream lives.
  void Add(std::weak_ptr<net::HttpStream> stream);

 private:
  void Tick();

  DelayQueue& timer_;
  const absl::Duration interval_;
  std::mutex mu_;
  std::vector<std::weak_ptr<net::HttpStream>> streams_;
};

}  // namespace mesh::mcp
