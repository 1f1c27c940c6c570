// The HttpClient of the real world, on libcurl.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"

#include "common/net/http_client.h"

namespace mesh::net {

struct CurlHttpClientOptions {
  // Each with an event loop (curl's multi socket action on epoll) and a connection pool of its own.
  int threads = 1;

  absl::Duration connect_timeout = absl::Seconds(5);

  // Connections kept open for reuse, in each thread.
  size_t idle_connections = 256;

  // Of the header User-Agent.
  std::string user_agent = "zoho-mcp-mesh";
};

// Thread-safe. HTTP/2 where the server offers it over TLS, certificates always verified.
// Destruction cancels what is under way and joins.
class CurlHttpClient final : public HttpClient {
 public:
  explicit CurlHttpClient(CurlHttpClientOptions options = {});
  ~CurlHttpClient() override;

  std::shared_ptr<HttpCall> Send(HttpRequest request, Done done) override;

 private:
  class Loop;
  std::unique_ptr<std::unique_ptr<Loop>[]> loops_;
  CurlHttpClientOptions options_;
};

}  // namespace mesh::net
