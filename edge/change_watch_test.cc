#include "edge/change_watch.h"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "common/rpc/channel.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/proto_time.h"

namespace mesh::edge {
namespace {

using auth::v1::Change;
using auth::v1::WatchRequest;
using auth::v1::WatchResponse;

// Sends what it is given, each message to one stream, which it then ends or holds. Thread-safe.
class FakeChangeService final : public auth::v1::ChangeService::CallbackService {
 public:
  explicit FakeChangeService(bool hold) : hold_(hold) {}

  Mailbox<WatchRequest>& requests() { return requests_; }

  void Send(WatchResponse response) {
    const std::lock_guard lock(mu_);
    responses_.push_back(std::move(response));
    if (newest_ != nullptr) newest_->GoOn();
  }

  grpc::ServerWriteReactor<WatchResponse>* Watch(grpc::CallbackServerContext*,
                                                 const WatchRequest* request) override {
    auto* const stream = new Stream(*this);
    {
      const std::lock_guard lock(mu_);
      newest_ = stream;
      stream->GoOn();
    }
    requests_.Put(*request);
    return stream;
  }

 private:
  class Stream final : public grpc::ServerWriteReactor<WatchResponse> {
   public:
    explicit Stream(FakeChangeService& service) : service_(service) {}

    // Sends the next message or ends, where it is time to. Under the service's lock.
    void GoOn() {
      if (writing_ || ended_) return;
      if (cancelled_ || (sent_ && !service_.hold_)) {
        ended_ = true;
        Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "ending"));
      } else if (!service_.responses_.empty()) {
        message_ = std::move(service_.responses_.front());
        service_.responses_.pop_front();
        writing_ = true;
        StartWrite(&message_);
      }
    }

   private:
    void OnWriteDone(bool ok) override {
      const std::lock_guard lock(service_.mu_);
      writing_ = false;
      sent_ = ok;
      cancelled_ = cancelled_ || !ok;
      GoOn();
    }
    void OnCancel() override {
      const std::lock_guard lock(service_.mu_);
      cancelled_ = true;
      GoOn();
    }
    void OnDone() override {
      {
        const std::lock_guard lock(service_.mu_);
        if (service_.newest_ == this) service_.newest_ = nullptr;
      }
      delete this;
    }

    FakeChangeService& service_;
    WatchResponse message_;
    bool writing_ = false;
    bool sent_ = false;
    bool cancelled_ = false;
    bool ended_ = false;
  };

  const bool hold_;
  Mailbox<WatchRequest> requests_;
  std::mutex mu_;
  std::deque<WatchResponse> responses_;
  Stream* newest_ = nullptr;
};

WatchResponse News(int64_t sequence, bool reset = false) {
  WatchResponse news;
  news.set_sequence(sequence);
  news.set_reset(reset);
  return news;
}

class ChangeWatchTest : public testing::Test {
 protected:
  void Start(bool hold, ChangeWatch::Options options = {.silence = absl::Seconds(30),
                                                        .pause = absl::Milliseconds(1)}) {
    service_.emplace(hold);
    listener_ = *rpc::GrpcListener::StartOnLoopback({&*service_});
    stub_ = auth::v1::ChangeService::NewStub(rpc::MakeLoopbackChannel(listener_->address()));
    watch_.emplace(
        *stub_, clock_, registry_, [this](const WatchResponse& news) { news_.Put(news); }, options);
  }

  FakeClock clock_;
  prometheus::Registry registry_;
  std::optional<FakeChangeService> service_;
  std::unique_ptr<rpc::GrpcListener> listener_;
  std::unique_ptr<auth::v1::ChangeService::StubInterface> stub_;
  Mailbox<WatchResponse> news_;
  std::optional<ChangeWatch> watch_;
};

TEST_F(ChangeWatchTest, GoesOnWhereItWasWhenAStreamBreaks) {
  Start(/*hold=*/false);
  EXPECT_FALSE(service_->requests().Take().has_after());
  service_->Send(News(7, /*reset=*/true));
  EXPECT_TRUE(news_.Take().reset());

  EXPECT_EQ(service_->requests().Take().after(), 7);
  service_->Send(News(9));
  EXPECT_EQ(news_.Take().sequence(), 9);

  EXPECT_EQ(service_->requests().Take().after(), 9);
}

TEST_F(ChangeWatchTest, GivesUpAStreamThatFallsSilent) {
  Start(/*hold=*/true, {.silence = absl::Milliseconds(20), .pause = absl::Milliseconds(1)});
  service_->requests().Take();
  service_->Send(News(3, /*reset=*/true));

  // Others may have fallen silent before the message came.
  WatchRequest request;
  do {
    request = service_->requests().Take();
  } while (!request.has_after());
  EXPECT_EQ(request.after(), 3);
}

TEST_F(ChangeWatchTest, EndsAStreamThatLives) {
  Start(/*hold=*/true);
  service_->Send(News(1, /*reset=*/true));
  news_.Take();

  watch_.reset();

  EXPECT_EQ(news_.size(), 0u);
}

TEST_F(ChangeWatchTest, MeasuresHowLateAChangeArrives) {
  Start(/*hold=*/true);
  WatchResponse news = News(2);
  Change& change = *news.add_changes();
  *change.mutable_change_time() = rpc::TimestampOf(clock_.Now() - absl::Milliseconds(120));
  // By a clock that is ahead of this one.
  *news.add_changes()->mutable_change_time() = rpc::TimestampOf(clock_.Now() + absl::Seconds(1));
  service_->Send(std::move(news));
  news_.Take();
  watch_.reset();

  for (const prometheus::MetricFamily& family : registry_.Collect()) {
    if (family.name != "mesh_edge_change_lag_seconds") continue;
    const auto& histogram = family.metric.at(0).histogram;
    EXPECT_EQ(histogram.sample_count, 2u);
    EXPECT_NEAR(histogram.sample_sum, 0.12, 0.001);
    return;
  }
  ADD_FAILURE() << "no metric";
}

TEST(MayHaveChanged, IsWhatIsNamedOrAnything) {
  WatchResponse news;
  Change& change = *news.add_changes();
  change.set_kind(Change::MCP_SERVER);
  change.set_id("mcp_1");

  EXPECT_TRUE(MayHaveChanged(news, Change::MCP_SERVER, "mcp_1"));
  EXPECT_FALSE(MayHaveChanged(news, Change::MCP_SERVER, "mcp_2"));
  EXPECT_FALSE(MayHaveChanged(news, Change::ACCOUNT, "mcp_1"));
  news.set_reset(true);
  EXPECT_TRUE(MayHaveChanged(news, Change::ACCOUNT, "acc_1"));
}

}  // namespace
}  // namespace mesh::edge
