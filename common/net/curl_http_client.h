// The HttpClient of the real world, on libcurl.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "common/net/http_client.h"

namespace mesh::net {

struct CurlHttpClientOptions {
  // Each with an event loop (curl's multi socket action on epoll) and a connection pool of its own.
  int threads = 1;

  absl::Duration connect_timeout = absl::Seconds(5);

  // Connections of a thread, busy and idle, beyond which no idle one is kept for reuse.
  size_t pooled_connections = 4096;

  // A connection that lay idle for longer is not used again. Shorter than the usual server's
  // patience, so that few requests meet a connection that is being closed.
  absl::Duration max_idle = absl::Seconds(50);

  // File in PEM with authorities to trust beside the system's, for a network whose gateway opens
  // TLS and signs anew. Empty: none.
  std::string ca_file = {};

  // Of the header User-Agent.
  std::string user_agent = "zoho-mcp-mesh";
};

// Thread-safe. HTTP/2 where the server offers it over TLS, certificates always verified.
// Destruction cancels what is under way and joins; it must not happen in a callback of a call.
class CurlHttpClient final : public HttpClient {
 public:
  explicit CurlHttpClient(const CurlHttpClientOptions& options = {});
  ~CurlHttpClient() override;

  std::shared_ptr<HttpCall> Send(HttpRequest request, Done done) override;

 private:
  class Loop;

  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace mesh::net
