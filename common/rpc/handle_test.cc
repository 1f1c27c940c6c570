// The handlers and calls over a real connection on loopback.
#include "common/rpc/handle.h"

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "common/base/status_matchers.h"
#include "common/base/thread_pool.h"
#include "common/rpc/call.h"
#include "common/rpc/channel.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"

namespace mesh::rpc {
namespace {

using auth::v1::AccessToken;
using auth::v1::ApiKey;
using auth::v1::ApiKeyService;
using auth::v1::GetAccessTokenRequest;
using auth::v1::ResolveApiKeyRequest;
using auth::v1::TokenService;
using ::testing::HasSubstr;

// Answers later: keeps every reply until the test takes it.
class LaterService final : public TokenService::CallbackService {
 public:
  explicit LaterService(ServerMetrics& metrics) : metrics_(metrics) {}

  std::shared_ptr<Reply<AccessToken>> Next() {
    std::unique_lock lock(mu_);
    arrived_.wait(lock, [this] { return !replies_.empty(); });
    std::shared_ptr<Reply<AccessToken>> reply = std::move(replies_.back());
    replies_.pop_back();
    return reply;
  }

  void WaitForReplies(size_t count) {
    std::unique_lock lock(mu_);
    arrived_.wait(lock, [&] { return replies_.size() >= count; });
  }

  std::vector<std::shared_ptr<Reply<AccessToken>>> TakeAll() {
    const std::lock_guard lock(mu_);
    return std::move(replies_);
  }

 private:
  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* call,
                                           const GetAccessTokenRequest* request,
                                           AccessToken* response) override {
    return HandleLater(
        metrics_.Of("GetAccessToken"), call, request, response,
        [this](const GetAccessTokenRequest&, std::shared_ptr<Reply<AccessToken>> reply) {
          const std::lock_guard lock(mu_);
          replies_.push_back(std::move(reply));
          arrived_.notify_all();
        });
  }

  ServerMetrics& metrics_;
  std::mutex mu_;
  std::condition_variable arrived_;
  std::vector<std::shared_ptr<Reply<AccessToken>>> replies_;
};

// Answers on the pool, by what the test says.
class PoolService final : public ApiKeyService::CallbackService {
 public:
  using Handler =
      std::function<absl::StatusOr<ApiKey>(const CallContext&, const ResolveApiKeyRequest&)>;

  PoolService(ThreadPool& pool, ServerMetrics& metrics) : pool_(pool), metrics_(metrics) {}

  Handler handler;

 private:
  grpc::ServerUnaryReactor* ResolveApiKey(grpc::CallbackServerContext* call,
                                          const ResolveApiKeyRequest* request,
                                          ApiKey* response) override {
    return HandleOnPool(pool_, metrics_.Of("ResolveApiKey"), call, request, response, handler);
  }

  ThreadPool& pool_;
  ServerMetrics& metrics_;
};

class OverTheWire : public ::testing::Test {
 protected:
  OverTheWire() {
    auto listener = GrpcListener::StartOnLoopback({&later_, &pooled_});
    EXPECT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
    channel_ = MakeLoopbackChannel(listener_->address());
    tokens_ = TokenService::NewStub(channel_);
    keys_ = ApiKeyService::NewStub(channel_);
  }

  std::future<absl::StatusOr<AccessToken>> GetToken(const CallContext& context,
                                                    std::optional<PendingCall>* call = nullptr) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<AccessToken>>>();
    std::future<absl::StatusOr<AccessToken>> future = promise->get_future();
    PendingCall pending = Call(
        context, "auth-service", *tokens_->async(),
        &TokenService::StubInterface::async_interface::GetAccessToken, GetAccessTokenRequest(),
        [promise](absl::StatusOr<AccessToken> token) { promise->set_value(std::move(token)); });
    if (call != nullptr) call->emplace(std::move(pending));
    return future;
  }

  absl::StatusOr<ApiKey> ResolveKey(const CallContext& context) {
    std::promise<absl::StatusOr<ApiKey>> promise;
    Call(context, "auth-service", *keys_->async(),
         &ApiKeyService::StubInterface::async_interface::ResolveApiKey, ResolveApiKeyRequest(),
         [&](absl::StatusOr<ApiKey> key) { promise.set_value(std::move(key)); });
    return promise.get_future().get();
  }

  std::string MetricsText() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

  prometheus::Registry registry_;
  ServerMetrics metrics_{registry_};
  ThreadPool pool_{2, 2};
  LaterService later_{metrics_};
  PoolService pooled_{pool_, metrics_};
  std::unique_ptr<GrpcListener> listener_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<TokenService::Stub> tokens_;
  std::unique_ptr<ApiKeyService::Stub> keys_;
};

TEST_F(OverTheWire, APooledHandlerAnswersAndSeesItsCallersContext) {
  CallContext seen;
  pooled_.handler = [&](const CallContext& context, const ResolveApiKeyRequest&) {
    seen = context;
    ApiKey key;
    key.set_name("bootstrap");
    return key;
  };
  const absl::Time deadline = absl::Now() + absl::Seconds(20);

  ASSERT_OK_AND_ASSIGN(
      const ApiKey key,
      ResolveKey({.deadline = deadline, .request_id = "req_1", .traceparent = "00-aa-bb-01"}));

  EXPECT_EQ(key.name(), "bootstrap");
  EXPECT_EQ(seen.request_id, "req_1");
  EXPECT_EQ(seen.traceparent, "00-aa-bb-01");
  EXPECT_LT(absl::AbsDuration(seen.deadline - deadline), absl::Seconds(1));
}

TEST_F(OverTheWire, ACallWithoutARequestIdGetsOne) {
  std::string seen;
  pooled_.handler = [&](const CallContext& context, const ResolveApiKeyRequest&) {
    seen = context.request_id;
    return ApiKey();
  };
  ASSERT_THAT(ResolveKey({}), IsOk());
  EXPECT_THAT(seen, ::testing::StartsWith("req_"));
}

TEST_F(OverTheWire, AHandlersErrorArrivesWithItsReasonAndIsCounted) {
  pooled_.handler = [](const CallContext&, const ResolveApiKeyRequest&) { return ApiKeyInvalid(); };

  EXPECT_THAT(ResolveKey({}), HasReason("API_KEY_INVALID"));
  EXPECT_THAT(
      MetricsText(),
      HasSubstr(
          "mesh_rpc_server_calls_total{code=\"UNAUTHENTICATED\",method=\"ResolveApiKey\"} 1"));
}

TEST_F(OverTheWire, AFullPoolAnswersOverloadedAtOnce) {
  // The tasks outlive this body: they own what they touch.
  auto entered = std::make_shared<std::latch>(2);
  std::promise<void> open;
  const std::shared_future<void> opened = open.get_future().share();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool_.TryPost([entered, opened] {
      entered->count_down();
      opened.wait();
    }));
  }
  entered->wait();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pool_.TryPost([] {}));

  EXPECT_THAT(ResolveKey({}), HasReason("OVERLOADED"));
  open.set_value();
}

TEST_F(OverTheWire, AReplyMayComeFromAnyThread) {
  auto token = GetToken({});
  std::shared_ptr<Reply<AccessToken>> reply = later_.Next();
  std::thread([reply = std::move(reply)] {
    AccessToken answer;
    answer.set_generation(7);
    reply->Finish(answer);
    reply->Finish(CallerGone());  // Only the first counts.
  }).join();

  const absl::StatusOr<AccessToken> got = token.get();
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->generation(), 7);
}

TEST_F(OverTheWire, AReplyThatIsDroppedIsAnErrorAndNotAHang) {
  auto token = GetToken({});
  later_.Next().reset();
  EXPECT_THAT(token.get(), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(OverTheWire, AThousandCallsThatAreHeldNeedNoThread) {
  std::vector<std::future<absl::StatusOr<AccessToken>>> tokens;
  for (int i = 0; i < 1000; ++i) tokens.push_back(GetToken({}));
  later_.WaitForReplies(1000);

  for (const auto& reply : later_.TakeAll()) reply->Finish(AccessToken());

  for (auto& token : tokens) EXPECT_THAT(token.get(), IsOk());
}

TEST_F(OverTheWire, AHandlerLearnsThatItsCallerHasGone) {
  std::optional<PendingCall> call;
  auto token = GetToken({}, &call);
  std::shared_ptr<Reply<AccessToken>> reply = later_.Next();
  std::promise<void> gone;
  reply->OnCancel([&] { gone.set_value(); });

  call->Cancel();

  EXPECT_THAT(token.get(), HasReason("CANCELLED"));
  gone.get_future().wait();
  // Told after the fact, it calls at once.
  bool again = false;
  reply->OnCancel([&] { again = true; });
  EXPECT_TRUE(again);
}

TEST_F(OverTheWire, ACallEndsAtItsDeadline) {
  auto token = GetToken({.deadline = absl::Now() + absl::Milliseconds(50)});
  const std::shared_ptr<Reply<AccessToken>> reply = later_.Next();
  EXPECT_THAT(token.get(), HasReason("DEADLINE_EXCEEDED"));
}

TEST_F(OverTheWire, AStoppedServiceIsNamed) {
  listener_->Shutdown(absl::Now());
  EXPECT_THAT(GetToken({}).get(), HasReason("SERVICE_UNAVAILABLE"));
}

TEST_F(OverTheWire, TheSamePortCannotBeTakenTwice) {
  config::v1::ServiceConfig config;
  config.set_listen(listener_->address());
  EXPECT_THAT(GrpcListener::Start(config, {}, {}).status(), HasReason("ADDRESS_UNUSABLE"));
}

}  // namespace
}  // namespace mesh::rpc
