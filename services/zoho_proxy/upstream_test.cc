#include "services/zoho_proxy/upstream.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/fake_http_client.h"
#include "common/rpc/proto_time.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;
using Result = absl::StatusOr<UpstreamAnswer>;

// Counts how often a transfer is closed.
class CancelCounter final : public net::HttpClient {
 public:
  std::shared_ptr<net::HttpCall> Send(net::HttpRequest, Done done) override {
    struct Call final : net::HttpCall {
      void Cancel() override {
        ++*cancelled;
        if (done) std::exchange(done, nullptr)(absl::CancelledError("cancelled"));
      }
      std::atomic<int>* cancelled;
      Done done;
    };
    auto call = std::make_shared<Call>();
    call->cancelled = &cancelled;
    call->done = std::move(done);
    return call;
  }

  std::atomic<int> cancelled = 0;
};

class UpstreamTest : public ::testing::Test {
 protected:
  Upstream Make(net::HttpClient& http) {
    return Upstream(http, tokens_, clock_, metrics_, options_);
  }

  CallContext Context(absl::Duration left = absl::Seconds(10)) {
    return {.deadline = clock_.Now() + left, .request_id = "req_1"};
  }

  static absl::StatusOr<net::HttpRequest> Build(const Lease& lease) {
    net::HttpRequest request{.url = absl::StrCat("https://meeting.zoho.eu/", lease.generation)};
    request.headers.Add("Authorization", "Zoho-oauthtoken t");
    return request;
  }

  Upstream::Done Into(Mailbox<Result>& got) {
    return [&got](Result result) { got.Put(std::move(result)); };
  }

  FakeClock clock_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  std::atomic<int> fetches_ = 0;
  TokenCache tokens_{[this](const CallContext&, const auth::v1::GetAccessTokenRequest& request,
                            TokenCache::Fetched done) {
                       ++fetches_;
                       auth::v1::AccessToken token;
                       token.set_generation(request.refused_generation() + 1);
                       *token.mutable_expire_time() =
                           rpc::TimestampOf(clock_.Now() + absl::Hours(1));
                       std::move(done)(std::move(token));
                     },
                     clock_};
  UpstreamOptions options_ = {.max_response_bytes = 1000,
                              .gate = {.in_flight = 6, .account_in_flight = 3, .waiting = 2},
                              .breaker = {.failures = 3, .first_pause = absl::Seconds(5)}};
  net::FakeHttpClient http_;
  Mailbox<Result> got_;
};

TEST_F(UpstreamTest, AnyAnswerIsAValue) {
  http_.Answer(net::HttpResponse{.status = 503, .body = "no"});
  Make(http_).Send(Context(), "a", Build, Into(got_));
  const Result result = got_.Take();
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->response.status, 503);
  EXPECT_EQ(result->host, "meeting.zoho.eu");
}

TEST_F(UpstreamTest, ARefusedTokenIsReplacedAndTheCallTriedOnceMore) {
  constexpr char kRefusal[] = R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})";
  for (const int status : {400, 401, 200}) {
    const size_t before = http_.sent().size();
    http_.Answer(net::HttpResponse{.status = status, .body = kRefusal});
    http_.Answer(net::HttpResponse{.status = 200, .body = "{}"});
    Make(http_).Send(Context(), absl::StrCat("account-", status), Build, Into(got_));
    EXPECT_THAT(got_.Take(), IsOk());
    ASSERT_EQ(http_.sent().size(), before + 2);
    EXPECT_EQ(http_.sent().back().url, "https://meeting.zoho.eu/2");
  }
  EXPECT_EQ(fetches_, 6);
}

TEST_F(UpstreamTest, WhereNoTokenWasShownNoneIsRefused) {
  http_.Answer(net::HttpResponse{.status = 401});
  Make(http_).Send(
      Context(), "a",
      [](const Lease&) { return net::HttpRequest{.url = "https://files-accl.zohopublic.eu/f"}; },
      Into(got_));
  EXPECT_EQ(got_.Take()->response.status, 401);
  EXPECT_EQ(http_.sent().size(), 1u);
  EXPECT_EQ(fetches_, 1);
}

TEST_F(UpstreamTest, OfAFileThatIsTooLongNobodyIsToldToAskForFewerRows) {
  for (const auto& [url, told] :
       {std::pair("https://meeting.zoho.eu/", "fewer rows"),
        std::pair("https://download.zoho.eu/film", "the file is longer than the mesh reads")}) {
    http_.Answer(absl::ResourceExhaustedError("too long"));
    Make(http_).Send(
        Context(), "a", [url = url](const Lease&) { return net::HttpRequest{.url = url}; },
        Into(got_));
    const Result result = got_.Take();
    EXPECT_THAT(result, HasReason("ZOHO_ERROR"));
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(told));
  }
}

TEST_F(UpstreamTest, OtherRefusalsAreNotTriedAgain) {
  for (const char* body : {R"({"error":{"message":"INVALID_OAUTHSCOPE"}})",
                           R"({"error":{"errorCode":3001,"key":"UNAUTHORIZED_USER"}})"}) {
    http_.Answer(net::HttpResponse{.status = 401, .body = body});
    Make(http_).Send(Context(), "a", Build, Into(got_));
    EXPECT_EQ(got_.Take()->response.status, 401);
  }
  EXPECT_EQ(http_.sent().size(), 2u);
}

TEST_F(UpstreamTest, ARequestMayTakeWhatIsLeftOfTheCallersTime) {
  http_.Answer(net::HttpResponse{.status = 200});
  Make(http_).Send(Context(absl::Seconds(7)), "a", Build, Into(got_));
  ASSERT_THAT(got_.Take(), IsOk());
  EXPECT_EQ(http_.sent()[0].timeout, absl::Seconds(7));
  EXPECT_EQ(http_.sent()[0].max_response_bytes, 1000u);
}

TEST_F(UpstreamTest, NothingIsSentPastTheCallersTime) {
  Make(http_).Send(Context(absl::ZeroDuration()), "a", Build, Into(got_));
  EXPECT_THAT(got_.Take(), HasReason("ZOHO_TIMEOUT"));
  EXPECT_TRUE(http_.sent().empty());
}

TEST_F(UpstreamTest, NoAnswerIsNamed) {
  const std::vector<std::pair<absl::Status, std::string>> rows = {
      {absl::DeadlineExceededError("x"), "ZOHO_TIMEOUT"},
      {absl::UnavailableError("x"), "ZOHO_UNREACHABLE"},
      {absl::ResourceExhaustedError("x"), "ZOHO_ERROR"},
      {absl::CancelledError("x"), "CANCELLED"}};
  for (const auto& [status, reason] : rows) {
    http_.Answer(status);
    Make(http_).Send(Context(), "a", Build, Into(got_));
    EXPECT_THAT(got_.Take(), HasReason(reason));
  }
}

TEST_F(UpstreamTest, ABuildersErrorEndsTheCall) {
  Make(http_).Send(
      Context(), "a", [](const Lease&) { return ArgumentInvalid("id", "is wrong"); }, Into(got_));
  EXPECT_THAT(got_.Take(), HasReason("ARGUMENT_INVALID"));
}

TEST_F(UpstreamTest, ACancelClosesTheTransferAndAnswersOnce) {
  CancelCounter http;
  const std::shared_ptr<Upstream::Call> call = Make(http).Send(Context(), "a", Build, Into(got_));
  call->Cancel();
  call->Cancel();
  EXPECT_THAT(got_.Take(), HasReason("CANCELLED"));
  EXPECT_GE(http.cancelled, 1);
  EXPECT_EQ(got_.size(), 0u);
}

TEST_F(UpstreamTest, ACancelReachesTheSecondTry) {
  http_.Answer(net::HttpResponse{
      .status = 400, .body = R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})"});
  http_.Hold();
  const std::shared_ptr<Upstream::Call> call = Make(http_).Send(Context(), "a", Build, Into(got_));
  http_.Release();  // Answers the first try; the second finds the script at its end.
  EXPECT_THAT(got_.Take(), HasReason("ZOHO_UNREACHABLE"));
  call->Cancel();
  EXPECT_EQ(got_.size(), 0u);
}

TEST_F(UpstreamTest, AnAccountWhoseCallsHangLeavesTheOthersTheirShare) {
  Upstream upstream = Make(http_);
  Mailbox<Result> hanging;
  http_.Hold();
  // Three under way, one that waits, and one too many.
  for (int i = 0; i < 4; ++i) upstream.Send(Context(), "hangs", Build, Into(hanging));
  upstream.Send(Context(), "hangs", Build, Into(got_));
  EXPECT_THAT(got_.Take(), HasReason("ACCOUNT_BUSY"));
  EXPECT_EQ(http_.sent().size(), 3u);

  upstream.Send(Context(), "other", Build, Into(got_));
  EXPECT_EQ(http_.sent().size(), 4u);
  http_.AnswerAll([](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
    return net::HttpResponse{.status = 200};
  });
  http_.Release();

  EXPECT_THAT(got_.Take(), IsOk());
  for (int i = 0; i < 4; ++i) EXPECT_THAT(hanging.Take(), IsOk());
  EXPECT_EQ(http_.sent().size(), 5u);
}

TEST_F(UpstreamTest, ACallThatIsCancelledWhileItWaitsIsNeverSent) {
  Upstream upstream = Make(http_);
  Mailbox<Result> hanging;
  http_.Hold();
  for (int i = 0; i < 3; ++i) upstream.Send(Context(), "a", Build, Into(hanging));
  upstream.Send(Context(), "a", Build, Into(got_))->Cancel();
  EXPECT_THAT(got_.Take(), HasReason("CANCELLED"));
  http_.Release();
  for (int i = 0; i < 3; ++i) static_cast<void>(hanging.Take());
  EXPECT_EQ(http_.sent().size(), 3u);
}

TEST_F(UpstreamTest, ACallWhoseTimeIsOverAsItsTurnComesIsNotSent) {
  Upstream upstream = Make(http_);
  Mailbox<Result> hanging;
  http_.Hold();
  for (int i = 0; i < 3; ++i) upstream.Send(Context(), "a", Build, Into(hanging));
  upstream.Send(Context(absl::Seconds(1)), "a", Build, Into(got_));
  clock_.Advance(absl::Seconds(1));
  http_.Release();
  EXPECT_THAT(got_.Take(), HasReason("ZOHO_TIMEOUT"));
  for (int i = 0; i < 3; ++i) static_cast<void>(hanging.Take());
  EXPECT_EQ(http_.sent().size(), 3u);
}

TEST_F(UpstreamTest, ACancelledCallGivesItsPlaceBack) {
  Upstream upstream = Make(http_);
  http_.Hold();
  for (int i = 0; i < 9; ++i) {
    upstream.Send(Context(), "a", Build, Into(got_))->Cancel();
    EXPECT_THAT(got_.Take(), HasReason("CANCELLED"));
  }
}

TEST_F(UpstreamTest, AHostThatFailsIsLeftAloneForAWhile) {
  Upstream upstream = Make(http_);
  for (int i = 0; i < 3; ++i) {
    http_.Answer(absl::UnavailableError("refused"));
    upstream.Send(Context(), "a", Build, Into(got_));
    EXPECT_THAT(got_.Take(), HasReason("ZOHO_UNREACHABLE"));
  }

  upstream.Send(Context(), "b", Build, Into(got_));
  const Result refused = got_.Take();
  EXPECT_THAT(refused, HasReason("ZOHO_CIRCUIT_OPEN"));
  EXPECT_EQ(GetErrorDetail(refused.status())->retry_after, absl::Seconds(5));
  EXPECT_EQ(GetErrorDetail(refused.status())->metadata.at("until"), "2026-05-28T20:26:45Z");
  EXPECT_EQ(http_.sent().size(), 3u);

  clock_.Advance(absl::Seconds(5));
  http_.Answer(net::HttpResponse{.status = 200});
  http_.Answer(net::HttpResponse{.status = 200});
  for (int i = 0; i < 2; ++i) {
    upstream.Send(Context(), "b", Build, Into(got_));
    EXPECT_THAT(got_.Take(), IsOk());
  }
}

TEST_F(UpstreamTest, RefusalsAndFaultsOfOneRequestDoNotStopTheHost) {
  Upstream upstream = Make(http_);
  for (const int status : {429, 429, 429, 429, 400, 404, 500, 500, 500, 500}) {
    http_.Answer(net::HttpResponse{.status = status});
    upstream.Send(Context(), "a", Build, Into(got_));
    EXPECT_THAT(got_.Take(), IsOk()) << status;
  }
}

TEST_F(UpstreamTest, AnImpatientCallersTimeoutsSayNothingOfTheHost) {
  Upstream upstream = Make(http_);
  for (int i = 0; i < 9; ++i) {
    http_.Answer(absl::DeadlineExceededError("x"));
    upstream.Send(Context(absl::Seconds(1)), absl::StrCat(i), Build, Into(got_));
    EXPECT_THAT(got_.Take(), HasReason("ZOHO_TIMEOUT"));
  }
}

TEST_F(UpstreamTest, KeepsWhatZohoLastSaidOfAnAccountsLimits) {
  Upstream upstream = Make(http_);
  http_.Answer(
      net::HttpResponse{.status = 200, .headers = {{"RateLimit", "\"default\";r=7;t=30"}}});
  http_.Answer(net::HttpResponse{.status = 429, .headers = {{"Retry-After", "40"}}});
  for (const char* account : {"good", "limited"}) {
    upstream.Send(Context(), account, Build, Into(got_));
    EXPECT_THAT(got_.Take(), IsOk());
  }
  EXPECT_EQ(upstream.limits().Get("good")->facts.remaining, 7);
  EXPECT_EQ(upstream.limits().Get("limited")->limited_until, clock_.Now() + absl::Seconds(40));
}

TEST_F(UpstreamTest, CancelsRaceAnswersWithoutHarm) {
  for (int i = 0; i < 200; ++i) {
    http_.AnswerAll([](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
      return net::HttpResponse{.status = 200};
    });
    http_.Hold();
    const std::shared_ptr<Upstream::Call> call =
        Make(http_).Send(Context(), "a", Build, Into(got_));
    std::thread cancel([&call] { call->Cancel(); });
    http_.Release();
    cancel.join();
    static_cast<void>(got_.Take());  // Either of the two.
    ASSERT_EQ(got_.size(), 0u);
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
