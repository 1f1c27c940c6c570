#include "common/net/http_client.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace mesh::net {

absl::StatusOr<HttpResponse> SendAndWait(HttpClient& client, HttpRequest request) {
  // Shared with the callback, which may still be leaving when the wait is over.
  struct Waiter {
    std::mutex mu;
    std::condition_variable ready;
    std::optional<absl::StatusOr<HttpResponse>> answer;
  };
  const auto waiter = std::make_shared<Waiter>();
  client.Send(std::move(request), [waiter](absl::StatusOr<HttpResponse> answer) {
    {
      const std::lock_guard lock(waiter->mu);
      waiter->answer = std::move(answer);
    }
    waiter->ready.notify_one();
  });
  std::unique_lock lock(waiter->mu);
  waiter->ready.wait(lock, [&] { return waiter->answer.has_value(); });
  return *std::move(waiter->answer);
}

}  // namespace mesh::net
