#include "edge/change_watch.h"

#include <algorithm>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status.h"

namespace mesh::edge {
namespace {

using auth::v1::Change;
using auth::v1::ChangeService;
using auth::v1::WatchRequest;
using auth::v1::WatchResponse;

constexpr char kService[] = "auth-service";

// Seconds from a change's commit until it is known here.
const prometheus::Histogram::BucketBoundaries kLagBuckets = {0.01, 0.025, 0.05, 0.1, 0.15,
                                                             0.2,  0.3,   0.5,  1,   5};

}  // namespace

bool MayHaveChanged(const WatchResponse& news, Change::Kind kind, absl::string_view id) {
  return news.reset() ||
         std::any_of(news.changes().begin(), news.changes().end(), [&](const Change& change) {
           return change.kind() == kind && change.id() == id;
         });
}

// Lives until OnDone() has been called.
class ChangeWatch::Stream final : public grpc::ClientReadReactor<WatchResponse> {
 public:
  Stream(ChangeWatch& watch, const WatchRequest& request) : watch_(watch), request_(request) {
    watch_.auth_.async()->Watch(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }

  // Under the watch's lock.
  bool done() const { return done_; }
  const grpc::Status& status() const { return status_; }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    watch_.Take(response_);
    StartRead(&response_);
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(watch_.mu_);
    status_ = status;
    done_ = true;
    // Under the lock: whoever sees `done_` may end this object.
    watch_.changed_.notify_all();
  }

  ChangeWatch& watch_;
  const WatchRequest request_;
  grpc::ClientContext context_;
  WatchResponse response_;
  bool done_ = false;
  grpc::Status status_;
};

ChangeWatch::ChangeWatch(ChangeService::StubInterface& auth, const Clock& clock,
                         prometheus::Registry& registry, OnNews on_news, const Options& options)
    : auth_(auth),
      clock_(clock),
      on_news_(std::move(on_news)),
      options_(options),
      lag_seconds_(prometheus::BuildHistogram()
                       .Name("mesh_edge_change_lag_seconds")
                       .Help("From a change in auth-service until this replica knows of it.")
                       .Register(registry)
                       .Add({}, kLagBuckets)),
      confirmed_time_(prometheus::BuildGauge()
                          .Name("mesh_edge_changes_confirmed_timestamp_seconds")
                          .Help("When auth-service last said that this replica knows all changes.")
                          .Register(registry)
                          .Add({})),
      thread_([this] { Run(); }) {}

ChangeWatch::~ChangeWatch() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ChangeWatch::Run() {
  while (true) {
    const absl::Status followed = FollowOne();
    std::unique_lock lock(mu_);
    if (stopping_) return;
    if (!followed.ok() && !std::exchange(failing_, true)) {
      LogWarning("changes cannot be followed", {{"error", followed}});
    }
    changed_.wait_for(lock, absl::ToChronoNanoseconds(options_.pause),
                      [this] { return stopping_; });
  }
}

absl::Status ChangeWatch::FollowOne() {
  WatchRequest request;
  uint64_t before = 0;
  {
    const std::lock_guard lock(mu_);
    if (stopping_) return CallerGone();
    if (known_.has_value()) request.set_after(*known_);
    before = messages_;
  }
  Stream stream(*this, request);
  std::unique_lock lock(mu_);
  uint64_t seen = before;
  bool silent = false;
  while (!stream.done()) {
    const bool moved = changed_.wait_for(lock, absl::ToChronoNanoseconds(options_.silence), [&] {
      return stream.done() || stopping_ || messages_ != seen;
    });
    if (stream.done()) break;
    if (moved && !stopping_) {
      seen = messages_;
      continue;
    }
    silent = !stopping_;
    stream.Cancel();
    changed_.wait(lock, [&] { return stream.done(); });
  }
  if (messages_ != before) return absl::OkStatus();
  if (silent || stream.status().ok()) return ServiceUnavailable(kService, "it says nothing");
  return rpc::FromGrpc(stream.status(), kService);
}

void ChangeWatch::Take(const WatchResponse& news) {
  on_news_(news);
  const absl::Time now = clock_.Now();
  for (const Change& change : news.changes()) {
    // Two clocks: what lies in the future has just happened.
    const absl::Duration lag = now - rpc::TimeOf(change.change_time());
    lag_seconds_.Observe(std::max(0.0, absl::ToDoubleSeconds(lag)));
  }
  confirmed_time_.Set(static_cast<double>(absl::ToUnixMillis(now)) / 1000);
  const std::lock_guard lock(mu_);
  if (std::exchange(failing_, false)) LogInfo("changes are followed again");
  known_ = news.sequence();
  ++messages_;
  changed_.notify_all();
}

}  // namespace mesh::edge
