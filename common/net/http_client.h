// Calls an HTTP server without holding a thread while it waits.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/net/http.h"

namespace mesh::net {

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};
};

// Takes the body of an answer piece by piece, so that it is never whole in memory. Called on a
// thread of the client, one call at a time, all before the request's `done`; must not block.
class BodySink {
 public:
  virtual ~BodySink() = default;

  // The head of the answer, whose body is to come. False leaves the body to HttpResponse.body, as
  // without a sink.
  virtual bool Begin(const HttpResponse& head) = 0;

  // Takes the next bytes, all of them; or none and returns false, where it has no room. Then
  // nothing more is read from the server, and the same bytes come again after HttpCall::Resume().
  virtual bool Write(absl::string_view bytes) = 0;
};

struct HttpRequest {
  // Upper case, for example `GET`.
  std::string method = "GET";

  // Absolute, percent-encoded.
  std::string url = {};
  HttpHeaders headers = {};
  std::string body = {};

  // From the call to the last byte of the answer.
  absl::Duration timeout = absl::Seconds(30);

  // An answer with a longer body counts as no answer, unless `sink` takes it.
  size_t max_response_bytes = 8 << 20;

  // Where the body goes; none for HttpResponse.body.
  std::shared_ptr<BodySink> sink = {};
};

// A call under way. Dropping it leaves the call alone.
class HttpCall {
 public:
  virtual ~HttpCall() = default;

  // Closes the transfer; `done` then gets CANCELLED, unless it has been called already.
  // Any thread, any number of times, also after the call has ended.
  virtual void Cancel() = 0;

  // The sink has room again. Any thread, any number of times.
  virtual void Resume() {}
};

// Thread-safe.
class HttpClient {
 public:
  // Any answer, 404 and 429 included, is a value. Only a request that got no whole answer is an
  // error: DEADLINE_EXCEEDED past `timeout`, UNAVAILABLE where no connection could be made or it
  // broke, CANCELLED after Cancel(), RESOURCE_EXHAUSTED where the body is longer than
  // `max_response_bytes`, INVALID_ARGUMENT where the URL is none.
  using Done = absl::AnyInvocable<void(absl::StatusOr<HttpResponse>) &&>;

  virtual ~HttpClient() = default;

  // Sends `request`. `done` is called once, on a thread of the client or on this one, and must not
  // block. Redirects are not followed and proxies of the environment are not used. Nothing is sent
  // twice, but for a GET or HEAD that met a pooled connection as the server closed it.
  virtual std::shared_ptr<HttpCall> Send(HttpRequest request, Done done) = 0;
};

// Sends `request` and waits for the answer. For threads that may block.
absl::StatusOr<HttpResponse> SendAndWait(HttpClient& client, HttpRequest request);

}  // namespace mesh::net
