// Follows auth-service's changes, so that what is held here of its records can be dropped when it
// is no longer true.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "mesh/auth/v1/changes.grpc.pb.h"
#include "mesh/auth/v1/changes.pb.h"

namespace mesh::edge {

// Whether `news` says that something of this `kind` and `id` may have changed.
bool MayHaveChanged(const auth::v1::WatchResponse& news, auth::v1::Change::Kind kind,
                    absl::string_view id);

// Has a thread of its own, which opens a stream, and another one when it breaks or falls silent.
class ChangeWatch {
 public:
  struct Options {
    // A stream that says nothing for this long is given up: another replica may know more.
    absl::Duration silence = absl::Seconds(3);

    // Between two streams.
    absl::Duration pause = absl::Milliseconds(100);
  };

  // Called with every message, in order, on a thread of gRPC; must not block. Each one confirms
  // what is held, once what it names is dropped.
  using OnNews = std::function<void(const auth::v1::WatchResponse&)>;

  ChangeWatch(auth::v1::ChangeService::StubInterface& auth, const Clock& clock,
              prometheus::Registry& registry, OnNews on_news, const Options& options);
  ChangeWatch(auth::v1::ChangeService::StubInterface& auth, const Clock& clock,
              prometheus::Registry& registry, OnNews on_news)
      : ChangeWatch(auth, clock, registry, std::move(on_news), Options()) {}

  // Calls nobody afterwards.
  ~ChangeWatch();

  ChangeWatch(const ChangeWatch&) = delete;
  ChangeWatch& operator=(const ChangeWatch&) = delete;

 private:
  class Stream;

  void Run();
  // Until the stream ends. OK where it had said anything, else why it had not.
  absl::Status FollowOne();
  void Take(const auth::v1::WatchResponse& news);

  auth::v1::ChangeService::StubInterface& auth_;
  const Clock& clock_;
  const OnNews on_news_;
  const Options options_;
  prometheus::Histogram& lag_seconds_;
  prometheus::Gauge& confirmed_time_;

  std::mutex mu_;
  std::condition_variable changed_;
  bool stopping_ = false;
  // So that an outage is logged when it begins and when it ends.
  bool failing_ = false;
  // Messages so far.
  uint64_t messages_ = 0;
  // Sequence of the last one.
  std::optional<int64_t> known_;
  std::thread thread_;
};

}  // namespace mesh::edge
