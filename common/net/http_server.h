// An HTTP/1.1 server for very many connections: no thread waits for a handler or for a slow client.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/net/http.h"

namespace mesh::net {

class TlsFiles;

struct ServerRequest {
  // Upper case, for example `GET`.
  std::string method = {};

  // As sent, percent-encoded, without the query: `/mcp/abc`.
  std::string path = {};

  // As sent, without the question mark; empty where there is none.
  std::string query = {};

  HttpHeaders headers = {};
  std::string body = {};

  // Numeric, without the port.
  std::string peer_address = {};
};

struct ServerResponse {
  int status = 200;

  // Content-Length, Date and Connection are the server's business.
  HttpHeaders headers = {};

  // A Cord, so that bytes made once can be part of any number of answers without a copy.
  absl::Cord body = {};
};

// The body of a streamed answer. Thread-safe. Dropping the last reference closes it.
class HttpStream {
 public:
  virtual ~HttpStream() = default;

  // Queues bytes as one chunk, in order. Returns false, and drops them, where the client has gone
  // or its unread bytes would exceed `HttpServerOptions::max_queued_bytes`, which also cuts it off.
  virtual bool Write(absl::Cord bytes) = 0;

  // Ends the answer after what is queued. More writes are dropped.
  virtual void Close() = 0;

  // Breaks the answer off: closes the connection without the end of the body, so that the client
  // can tell. Of what was written before, it gets what it has room for.
  virtual void Abort() = 0;

  // `callback` is called once, on an I/O thread, when the client goes away or is cut off before
  // Close(); at once where that has happened already.
  virtual void OnGone(absl::AnyInvocable<void() &&> callback) = 0;
};

// A request and its one answer, which may come from any thread, at any time. Thread-safe.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  virtual const ServerRequest& request() const = 0;

  // Answers. Must be called once, or Stream() instead; dropping the exchange unanswered answers
  // 500.
  virtual void Respond(ServerResponse response) = 0;

  // Answers with a body that is written bit by bit; `head.body` is its first part.
  virtual std::shared_ptr<HttpStream> Stream(ServerResponse head) = 0;

  // Resets the connection instead of answering.
  virtual void Abort() = 0;

  // `callback` is called once, on an I/O thread, when the client goes away before it is answered;
  // at once where that has happened already. Respond() is then still allowed, and of no effect.
  virtual void OnGone(absl::AnyInvocable<void() &&> callback) = 0;
};

struct HttpServerOptions {
  // `host:port`, IPv6 in brackets; port 0 takes any free one.
  std::string listen = "127.0.0.1:0";

  // Connections speak TLS with this certificate; nullptr for plain text. A handshake has to be over
  // within `header_timeout` of the connection.
  std::shared_ptr<TlsFiles> tls = {};

  // I/O threads, each with its own listener on the port; 0 for one a core.
  int threads = 0;

  // Beyond: 431, 413 (also for a chunked body), and the connection closes.
  size_t max_header_bytes = 16 << 10;
  size_t max_body_bytes = 256 << 10;

  // From the first byte of a request to the end of its head, and from there to the end of its body;
  // beyond: 408, and the connection closes.
  absl::Duration header_timeout = absl::Seconds(5);
  absl::Duration body_timeout = absl::Seconds(30);

  // How long a connection may lie idle. Longer than the usual proxy's, so that no request meets a
  // connection that is being closed.
  absl::Duration idle_timeout = absl::Seconds(130);

  // How long a client may take to read any of what is written to it.
  absl::Duration write_timeout = absl::Seconds(30);

  // Bytes that a stream may hold for a client that does not read.
  size_t max_queued_bytes = 1 << 20;

  // Further connections are closed at once.
  size_t max_connections = 16'000;

  // Sent with every answer, for example `Referrer-Policy: no-referrer`.
  HttpHeaders common_headers = {};

  // Body of the answers that the server gives by itself (400, 408, 413, 431, 500, 503), with its
  // content type; a one-line text where absent.
  std::function<ServerResponse(int status, absl::string_view message)> error_response = {};
};

// Called on an I/O thread for each request; must not block. It may answer at once or keep the
// exchange.
using HttpHandler = std::function<void(std::shared_ptr<HttpExchange>)>;

// Serves from the constructor's return to Shutdown(). Thread-safe.
class HttpServer {
 public:
  // Fails with UNAVAILABLE where the address cannot be bound, naming it and the reason, and with
  // INVALID_ARGUMENT where it is none.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpServerOptions options,
                                                           HttpHandler handler);

  // Shuts down without grace where Shutdown() was not called.
  virtual ~HttpServer() = default;

  // `host:port` as bound.
  virtual std::string address() const = 0;

  // Asks clients to go elsewhere: from here on each answer closes its connection.
  virtual void StopKeepingAlive() = 0;

  // Stops accepting, closes idle connections, lets what is under way finish until `deadline`, then
  // closes what is left and joins the I/O threads. Streams are under way as well: whoever has
  // opened one that does not end by itself must close it.
  virtual void Shutdown(absl::Time deadline) = 0;

  // Open connections, for metrics.
  virtual size_t connections() const = 0;
};

}  // namespace mesh::net
