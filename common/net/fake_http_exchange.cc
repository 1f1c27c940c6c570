#include "common/net/fake_http_exchange.h"

#include "absl/strings/match.h"

namespace mesh::net {

class FakeHttpExchange::FakeStream final : public HttpStream {
 public:
  FakeStream(FakeHttpExchange& exchange, ServerResponse head)
      : exchange_(exchange), answer_(std::move(head)) {
    const std::lock_guard lock(exchange_.mu_);
    exchange_.streamed_ = std::string(answer_.body);
  }
  ~FakeStream() override { Close(); }

  bool Write(absl::Cord bytes) override {
    const std::lock_guard lock(exchange_.mu_);
    if (closed_ || exchange_.gone_) return false;
    exchange_.streamed_ += std::string(bytes);
    exchange_.answered_.notify_all();
    answer_.body.Append(std::move(bytes));
    return true;
  }

  void Close() override {
    {
      const std::lock_guard lock(exchange_.mu_);
      if (closed_) return;
      closed_ = true;
    }
    exchange_.Respond(answer_);
  }

  void Abort() override {
    {
      const std::lock_guard lock(exchange_.mu_);
      closed_ = true;
    }
    exchange_.Abort();
  }

  void OnGone(absl::AnyInvocable<void() &&> callback) override {
    exchange_.OnGone(std::move(callback));
  }

 private:
  FakeHttpExchange& exchange_;
  ServerResponse answer_;
  bool closed_ = false;
};

void FakeHttpExchange::Respond(ServerResponse response) {
  const std::lock_guard lock(mu_);
  if (!answer_.has_value()) answer_ = std::move(response);
  answered_.notify_all();
}

std::shared_ptr<HttpStream> FakeHttpExchange::Stream(ServerResponse head) {
  return std::make_shared<FakeStream>(*this, std::move(head));
}

void FakeHttpExchange::Abort() {
  const std::lock_guard lock(mu_);
  aborted_ = true;
  answered_.notify_all();
}

void FakeHttpExchange::OnGone(absl::AnyInvocable<void() &&> callback) {
  {
    const std::lock_guard lock(mu_);
    if (!gone_) {
      on_gone_ = std::move(callback);
      return;
    }
  }
  std::move(callback)();
}

std::optional<ServerResponse> FakeHttpExchange::Answer(absl::Duration patience) {
  std::unique_lock lock(mu_);
  answered_.wait_for(lock, absl::ToChronoNanoseconds(patience),
                     [this] { return answer_.has_value() || aborted_; });
  return answer_;
}

std::string FakeHttpExchange::Streamed() {
  const std::lock_guard lock(mu_);
  return streamed_;
}

bool FakeHttpExchange::AwaitStreamed(absl::string_view text, absl::Duration patience) {
  std::unique_lock lock(mu_);
  return answered_.wait_for(lock, absl::ToChronoNanoseconds(patience),
                            [&] { return absl::StrContains(streamed_, text); });
}

void FakeHttpExchange::Leave() {
  absl::AnyInvocable<void() &&> callback;
  {
    const std::lock_guard lock(mu_);
    gone_ = true;
    callback = std::move(on_gone_);
  }
  if (callback) std::move(callback)();
}

}  // namespace mesh::net
