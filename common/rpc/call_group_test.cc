#include "common/rpc/call_group.h"

#include <memory>
#include <optional>

#include "absl/time/clock.h"
#include <gtest/gtest.h>

#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/rpc/channel.h"
#include "common/rpc/grpc_listener.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"

namespace mesh::rpc {
namespace {

using auth::v1::ApiKey;
using auth::v1::ApiKeyService;
using auth::v1::ResolveApiKeyRequest;

// Answers once its caller has gone.
class Waits final : public ApiKeyService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ResolveApiKey(grpc::CallbackServerContext*, const ResolveApiKeyRequest*,
                                          ApiKey*) override {
    class Reactor final : public grpc::ServerUnaryReactor {
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override { delete this; }
    };
    begun.Put(true);
    return new Reactor;
  }

  Mailbox<bool> begun;
};

class CallGroupTest : public testing::Test {
 protected:
  // Begins a call whose end goes to `ends_`.
  void Begin(CallGroup& group) {
    group.Call(CallContext{.deadline = absl::Now() + absl::Seconds(20)}, "service", *stub_->async(),
               &ApiKeyService::StubInterface::async_interface::ResolveApiKey,
               ResolveApiKeyRequest(),
               [this](const absl::StatusOr<ApiKey>& key) { ends_.Put(key.status()); });
  }

  Waits service_;
  std::unique_ptr<GrpcListener> listener_ = *GrpcListener::StartOnLoopback({&service_});
  std::unique_ptr<ApiKeyService::Stub> stub_ =
      ApiKeyService::NewStub(MakeLoopbackChannel(listener_->address()));
  Mailbox<absl::Status> ends_;
};

TEST_F(CallGroupTest, CancelsWhatIsUnderWayAndWaitsForTheCallbacks) {
  std::optional<CallGroup> group;
  group.emplace();
  Begin(*group);
  Begin(*group);
  service_.begun.WaitForCount(2);

  group.reset();

  ASSERT_EQ(ends_.size(), 2);  // Not later: what the callbacks use may go now.
  EXPECT_THAT(ends_.Take(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(CallGroupTest, RefusesCallsOnceItIsClosed) {
  CallGroup group;
  group.Close();

  Begin(group);

  ASSERT_EQ(ends_.size(), 1);
  EXPECT_THAT(ends_.Take(), HasReason("CANCELLED"));
  EXPECT_EQ(service_.begun.size(), 0);
}

}  // namespace
}  // namespace mesh::rpc
