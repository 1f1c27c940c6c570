// Calls that must not outlive whoever made them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <grpcpp/grpcpp.h>

#include "common/base/call_context.h"
#include "common/base/errors.h"
#include "common/rpc/call.h"

namespace mesh::rpc {

// Thread-safe. The group must outlive whoever calls through it.
class CallGroup {
 public:
  CallGroup() = default;
  ~CallGroup() { Close(); }

  CallGroup(const CallGroup&) = delete;
  CallGroup& operator=(const CallGroup&) = delete;

  // Cancels the calls under way and waits until their callbacks have returned: what those use may
  // then go. From here on calls end with CANCELLED at once. Not to be called by a callback.
  void Close();

  // rpc::Call() as part of the group.
  template <typename Async, typename Request, typename Response>
  PendingCall Call(
      const CallContext& from, absl::string_view service, std::type_identity_t<Async>& stub,
      void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                            std::function<void(grpc::Status)>),
      Request request,
      std::type_identity_t<absl::AnyInvocable<void(absl::StatusOr<Response>) &&>> done) {
    const std::optional<uint64_t> begun = Begin();
    if (!begun.has_value()) {
      std::move(done)(CallerGone());
      return PendingCall(std::make_shared<grpc::ClientContext>());
    }
    const uint64_t id = *begun;
    PendingCall call = rpc::Call<Async, Request, Response>(
        from, service, stub, method, std::move(request),
        [this, id, done = std::move(done)](absl::StatusOr<Response> result) mutable {
          {
            // What the callback holds goes before the group learns of the end.
            auto last = std::move(done);
            std::move(last)(std::move(result));
          }
          End(id);
        });
    Track(id, call);
    return call;
  }

 private:
  // nullopt once the group is closed.
  std::optional<uint64_t> Begin();
  void Track(uint64_t id, const PendingCall& call);
  void End(uint64_t id);

  std::mutex mu_;
  std::condition_variable idle_;
  uint64_t next_ = 0;
  bool closed_ = false;
  // Without a value between Begin() and Track().
  std::unordered_map<uint64_t, std::optional<PendingCall>> calls_;
};

}  // namespace mesh::rpc
