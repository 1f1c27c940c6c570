// An HttpClient that answers from a script, for tests.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"

#include "common/net/http_client.h"

namespace mesh::net {

// Thread-safe. Answers on the calling thread, in the order of Answer(); a request past the script's
// end gets UNAVAILABLE.
class FakeHttpClient final : public HttpClient {
 public:
  // Queues one answer.
  void Answer(absl::StatusOr<HttpResponse> answer);

  // Answers every request that finds the queue empty by `answer`.
  void AnswerAll(std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)> answer);

  // Leaves calls unanswered from now on, until Release() or the call's Cancel().
  void Hold();

  // Answers what is held, by the script, and holds no more.
  void Release();

  // Every request so far.
  std::vector<HttpRequest> sent() const;

  std::shared_ptr<HttpCall> Send(HttpRequest request, Done done) override;

 private:
  struct Held;

  absl::StatusOr<HttpResponse> Next(const HttpRequest& request);

  mutable std::mutex mu_;
  std::deque<absl::StatusOr<HttpResponse>> answers_;
  std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)> answer_all_;
  std::vector<HttpRequest> sent_;
  std::vector<std::shared_ptr<Held>> held_;
  bool holding_ = false;
};

}  // namespace mesh::net
