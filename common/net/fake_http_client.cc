#include "common/net/fake_http_client.h"

#include <optional>
#include <utility>

#include "common/base/errors.h"

namespace mesh::net {

// Answered once, by Release() or by Cancel(), whichever takes `done` first.
struct FakeHttpClient::Held final : HttpCall {
  void Cancel() override {
    if (std::optional<Done> done = Take()) std::move (*done)(CallerGone());
  }

  std::optional<Done> Take() {
    const std::lock_guard lock(mu);
    return std::exchange(done, std::nullopt);
  }

  HttpRequest request;
  std::mutex mu;
  std::optional<Done> done;
};

void FakeHttpClient::Answer(absl::StatusOr<HttpResponse> answer) {
  const std::lock_guard lock(mu_);
  answers_.push_back(std::move(answer));
}

void FakeHttpClient::AnswerAll(
    std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)> answer) {
  const std::lock_guard lock(mu_);
  answer_all_ = std::move(answer);
}

void FakeHttpClient::Hold() {
  const std::lock_guard lock(mu_);
  holding_ = true;
}

void FakeHttpClient::Release() {
  std::vector<std::shared_ptr<Held>> held;
  {
    const std::lock_guard lock(mu_);
    holding_ = false;
    held.swap(held_);
  }
  for (const std::shared_ptr<Held>& call : held) {
    if (std::optional<Done> done = call->Take()) std::move (*done)(Next(call->request));
  }
}

std::vector<HttpRequest> FakeHttpClient::sent() const {
  const std::lock_guard lock(mu_);
  return sent_;
}

std::shared_ptr<HttpCall> FakeHttpClient::Send(HttpRequest request, Done done) {
  auto call = std::make_shared<Held>();
  call->request = request;
  {
    const std::lock_guard lock(mu_);
    sent_.push_back(std::move(request));
    if (holding_) {
      call->done = std::move(done);
      held_.push_back(call);
      return call;
    }
  }
  std::move(done)(Next(call->request));
  return call;
}

absl::StatusOr<HttpResponse> FakeHttpClient::Next(const HttpRequest& request) {
  std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)> answer_all;
  {
    const std::lock_guard lock(mu_);
    if (!answers_.empty()) {
      absl::StatusOr<HttpResponse> answer = std::move(answers_.front());
      answers_.pop_front();
      return answer;
    }
    answer_all = answer_all_;
  }
  if (answer_all) return answer_all(request);
  return NoAnswer(request.url, "the script of the fake is at its end");
}

}  // namespace mesh::net
