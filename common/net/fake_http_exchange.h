// An exchange without a socket: a test writes the request and reads the answer.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/cord.h"
#include "absl/time/time.h"

#include "common/net/http_server.h"

namespace mesh::net {

// Thread-safe.
class FakeHttpExchange final : public HttpExchange {
 public:
  explicit FakeHttpExchange(ServerRequest request) : request_(std::move(request)) {}

  const ServerRequest& request() const override { return request_; }
  void Respond(ServerResponse response) override;
  std::shared_ptr<HttpStream> Stream(ServerResponse head) override;
  // Ends the wait of Answer(), without one.
  void Abort() override;
  void OnGone(absl::AnyInvocable<void() &&> callback) override;

  // The answer, waiting for it; nullopt where none comes in `patience`. A stream is answered once
  // it is closed.
  std::optional<ServerResponse> Answer(absl::Duration patience = absl::Seconds(10));

  // What was written so far to a stream, its first part included; empty before there is one.
  std::string Streamed();

  // Waits until `text` is among it; false where `patience` ends first.
  bool AwaitStreamed(absl::string_view text, absl::Duration patience = absl::Seconds(10));

  // The client goes away.
  void Leave();

 private:
  class FakeStream;

  const ServerRequest request_;
  std::mutex mu_;
  std::condition_variable answered_;
  std::optional<ServerResponse> answer_;
  std::string streamed_;
  bool aborted_ = false;
  bool gone_ = false;
  absl::AnyInvocable<void() &&> on_gone_;
};

}  // namespace mesh::net
