// The one way a service calls another: without holding a thread, with what is left of the caller's
// time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <grpcpp/grpcpp.h>

#include "common/base/call_context.h"
#include "common/rpc/context.h"
#include "common/rpc/status.h"

namespace mesh::rpc {

// A call under way. Dropping it leaves the call alone.
class PendingCall {
 public:
  explicit PendingCall(std::shared_ptr<grpc::ClientContext> context)
      : context_(std::move(context)) {}

  // The call then ends with CANCELLED, unless it has ended already. Thread-safe.
  void Cancel() { context_->TryCancel(); }

 private:
  std::shared_ptr<grpc::ClientContext> context_;
};

// Calls `method` of `service`, whose name goes into errors about the connection:
//
//   Call(context, "auth-service", *tokens.async(),
//   &TokenService::StubInterface::async_interface::GetAccessToken,
//        request, [](absl::StatusOr<AccessToken> token) { … });
//
// `done` is called once, on a thread of gRPC, and must not block.
template <typename Async, typename Request, typename Response>
PendingCall Call(const CallContext& from, absl::string_view service,
                 std::type_identity_t<Async>& stub,
                 void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                       std::function<void(grpc::Status)>),
                 Request request,
                 std::type_identity_t<absl::AnyInvocable<void(absl::StatusOr<Response>) &&>> done) {
  struct State {
    std::string service;
    Request request;
    Response response = {};
    absl::AnyInvocable<void(absl::StatusOr<Response>) &&> done;
    // Must live until the call has ended.
    std::shared_ptr<grpc::ClientContext> context;
  };
  auto context = std::make_shared<grpc::ClientContext>();
  Attach(from, *context);
  auto state = std::make_shared<State>(State{.service = std::string(service),
                                             .request = std::move(request),
                                             .done = std::move(done),
                                             .context = context});
  (stub.*method)(context.get(), &state->request, &state->response, [state](grpc::Status status) {
    // Whoever learns of the end may let go of the channel, which the context keeps. It must not go
    // here, on a thread of gRPC's callback queue: the queue would end with it, and never join us.
    state->context.reset();
    if (status.ok()) {
      std::move(state->done)(std::move(state->response));
    } else {
      std::move(state->done)(FromGrpc(status, state->service));
    }
  });
  return PendingCall(std::move(context));
}

}  // namespace mesh::rpc
