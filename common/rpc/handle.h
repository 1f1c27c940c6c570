// The two ways a gRPC method is answered: by a blocking function on a pool, or later, by anybody.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include <grpcpp/grpcpp.h>

#include "common/base/call_context.h"
#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/thread_pool.h"
#include "common/rpc/cancellation.h"
#include "common/rpc/context.h"
#include "common/rpc/metrics.h"
#include "common/rpc/status.h"

namespace mesh::rpc {

// Counts a finished call and logs what nobody else would: errors that are bugs.
void RecordCall(MethodMetrics& metrics, const CallContext& context, absl::Time arrived,
                const absl::Status& status);

// Runs `handler(const CallContext&, const Request&) -> absl::StatusOr<Response>` on `pool`, where
// it may block, for one `tenant` (ThreadPool::TryPost). A full pool answers OVERLOADED at once.
//
//   grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* call, const
//   GetAccountRequest* request,
//                                        Account* response) override {
//     return rpc::HandleOnPool(pool_, metrics_.Of("GetAccount"), call, request, response,
//                              [this](const CallContext& c, const GetAccountRequest& r) { return
//                              Get(c, r); });
//   }
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* HandleOnPool(ThreadPool& pool, MethodMetrics& metrics,
                                       grpc::CallbackServerContext* call, const Request* request,
                                       Response* response, Handler handler,
                                       absl::string_view tenant = {}) {
  grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
  const absl::Time arrived = absl::Now();
  const auto finish = [&metrics, call, arrived, reactor](const absl::Status& status) {
    RecordCall(metrics, ContextOf(*call), arrived, status);
    reactor->Finish(ToGrpc(status));
  };
  const bool taken = pool.TryPost(
      [call, request, response, finish, handler = std::move(handler)]() mutable {
        // Whoever has stopped waiting gets no work done for them.
        if (call->IsCancelled()) return finish(CallerGone());
        absl::StatusOr<Response> result = handler(ContextOf(*call), *request);
        if (result.ok()) *response = *std::move(result);
        finish(result.status());
      },
      tenant);
  if (!taken) finish(Overloaded());
  return reactor;
}

// An answer that is still owed. Thread-safe; the first Finish() counts, dropping it unanswered
// answers INTERNAL.
template <typename Response>
class Reply {
 public:
  Reply(grpc::CallbackServerContext* call, Response* response, MethodMetrics& metrics)
      : context_(ContextOf(*call)),
        arrived_(absl::Now()),
        metrics_(metrics),
        response_(response),
        cancellation_(std::make_shared<Cancellation>()),
        reactor_(new Reactor(cancellation_)) {}

  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  ~Reply() { Finish(Internal("a call was dropped without an answer")); }

  const CallContext& context() const { return context_; }

  void Finish(absl::StatusOr<Response> result) {
    Reactor* reactor = reactor_.exchange(nullptr);
    if (reactor == nullptr) return;
    if (result.ok()) *response_ = *std::move(result);
    RecordCall(metrics_, context_, arrived_, result.status());
    reactor->Finish(ToGrpc(result.status()));
  }

  // `callback` is called once, on a thread of gRPC, when the caller goes away or its deadline
  // passes before the answer; at once where that has happened already. It must not block.
  void OnCancel(absl::AnyInvocable<void() &&> callback) {
    cancellation_->Notify(std::move(callback));
  }

  // For HandleLater(), before the reply is given away.
  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

 private:
  class Reactor final : public grpc::ServerUnaryReactor {
   public:
    explicit Reactor(std::shared_ptr<Cancellation> cancellation)
        : cancellation_(std::move(cancellation)) {}

   private:
    void OnCancel() override { cancellation_->Set(); }
    void OnDone() override { delete this; }

    const std::shared_ptr<Cancellation> cancellation_;
  };

  const CallContext context_;
  const absl::Time arrived_;
  MethodMetrics& metrics_;
  // gRPC's, valid until the reactor is finished.
  Response* const response_;
  const std::shared_ptr<Cancellation> cancellation_;
  std::atomic<Reactor*> reactor_;
};

// Calls `handler(const Request&, std::shared_ptr<Reply<Response>>)` on gRPC's thread, where it must
// not block; the answer may come from any thread, at any time. `*request` is valid until the
// answer.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* HandleLater(MethodMetrics& metrics, grpc::CallbackServerContext* call,
                                      const Request* request, Response* response, Handler handler) {
  auto reply = std::make_shared<Reply<Response>>(call, response, metrics);
  grpc::ServerUnaryReactor* reactor = reply->reactor();
  handler(*request, std::move(reply));
  return reactor;
}

}  // namespace mesh::rpc
