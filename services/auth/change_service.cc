#include "services/auth/change_service.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "common/base/errors.h"
#include "common/rpc/status.h"

namespace mesh::auth {
namespace {

// Ticks that pass without a message while there is no news.
constexpr int kQuietTicks = 1;

class Stream final : public grpc::ServerWriteReactor<v1::WatchResponse> {
 public:
  Stream(ChangeFeed& feed, std::optional<int64_t> after)
      : writer_(std::make_shared<Writer>(feed, *this, after)) {
    if (!feed.Follow(writer_)) writer_->Close();
  }

 private:
  // Outlives the stream where the feed holds on to it.
  class Writer final : public ChangeFollower {
   public:
    Writer(ChangeFeed& feed, Stream& stream, std::optional<int64_t> after)
        : feed_(feed), stream_(&stream), after_(after) {}

    void Tick() override {
      const std::lock_guard lock(mu_);
      if (stream_ == nullptr || ending_ || writing_) return;
      std::optional<v1::WatchResponse> news = feed_.Since(after_);
      if (!news.has_value()) return;
      const bool quiet = !news->reset() && news->changes_size() == 0;
      if (quiet && quiet_ticks_++ < kQuietTicks) return;
      quiet_ticks_ = 0;
      after_ = news->sequence();
      message_ = *std::move(news);
      writing_ = true;
      stream_->StartWrite(&message_);
    }

    void Close() override {
      const std::lock_guard lock(mu_);
      End();
    }

    void Written(bool ok) {
      const std::lock_guard lock(mu_);
      writing_ = false;
      if (!ok || ending_) {
        ending_ = false;
        End();
      }
    }

    void Gone() {
      const std::lock_guard lock(mu_);
      stream_ = nullptr;
    }

   private:
    // A message that is under way is waited for.
    void End() {
      if (stream_ == nullptr || ending_) return;
      ending_ = true;
      if (writing_) return;
      stream_->Finish(rpc::ToGrpc(ServiceUnavailable("auth-service", "it is ending")));
    }

    ChangeFeed& feed_;
    std::mutex mu_;
    // nullptr once it has gone.
    Stream* stream_;
    std::optional<int64_t> after_;
    v1::WatchResponse message_;
    bool writing_ = false;
    bool ending_ = false;
    int quiet_ticks_ = 0;
  };

  void OnWriteDone(bool ok) override { writer_->Written(ok); }
  void OnCancel() override { writer_->Close(); }
  void OnDone() override {
    writer_->Gone();
    delete this;
  }

  const std::shared_ptr<Writer> writer_;
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchResponse>* ChangeService::Watch(grpc::CallbackServerContext*,
                                                                  const v1::WatchRequest* request) {
  std::optional<int64_t> after;
  if (request->has_after()) after = request->after();
  return new Stream(feed_, after);
}

}  // namespace mesh::auth
