// Downloads, with a test that plays Zoho on one side and the reader on the other.
#include "services/zoho_proxy/download.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/http_client.h"
#include "common/rpc/proto_time.h"
#include "services/zoho_proxy/token_cache.h"

namespace mesh::zoho_proxy {
namespace {

using tools::v1::DownloadRequest;
using tools::v1::DownloadResponse;

// Keeps what is sent, for the test to answer.
class HeldHttpClient final : public net::HttpClient {
 public:
  struct Call final : net::HttpCall {
    void Cancel() override {
      if (Done taken = std::exchange(done, nullptr)) std::move(taken)(CallerGone());
    }
    void Resume() override { ++resumed; }

    net::HttpRequest request;
    Done done;
    std::atomic<int> resumed = 0;
  };

  std::shared_ptr<net::HttpCall> Send(net::HttpRequest request, Done done) override {
    auto call = std::make_shared<Call>();
    call->request = std::move(request);
    call->done = std::move(done);
    calls.push_back(call);
    return call;
  }

  std::vector<std::shared_ptr<Call>> calls;
};

// Keeps what is written, for the test to take.
class HeldWriter final : public DownloadWriter {
 public:
  void Write(const DownloadResponse& message) override { messages.push_back(message); }
  void Finish(const absl::Status& status) override { ends.push_back(status); }

  std::deque<DownloadResponse> messages;
  std::vector<absl::Status> ends;
};

class DownloadTest : public ::testing::Test {
 protected:
  // An open call keeps itself.
  ~DownloadTest() override {
    for (const auto& call : http_.calls) call->Cancel();
  }

  void Start(const std::string& url = "https://download.zoho.eu/webdownload?event-id=1",
             int64_t offset = 0) {
    DownloadRequest request;
    request.set_account("acc_1");
    request.set_url(url);
    request.set_offset(offset);
    download_ = std::make_shared<Download>(upstream_, hosts_, CallContext{}, request, writer_);
    download_->Start();
  }

  HeldHttpClient::Call& call(size_t number = 0) { return *http_.calls.at(number); }

  net::BodySink& sink(size_t number = 0) { return *call(number).request.sink; }

  void Answer(size_t number, net::HttpResponse response) {
    std::exchange(call(number).done, nullptr)(std::move(response));
  }

  // The next message, which the reader has then read.
  DownloadResponse Read() {
    EXPECT_FALSE(writer_.messages.empty());
    DownloadResponse message = writer_.messages.front();
    writer_.messages.pop_front();
    download_->Written(true);
    return message;
  }

  FakeClock clock_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  TokenCache tokens_{[this](const CallContext&, const auth::v1::GetAccessTokenRequest& request,
                            TokenCache::Fetched done) {
                       auth::v1::AccessToken token;
                       token.set_generation(request.refused_generation() + 1);
                       token.set_access_token(absl::StrCat("token-", token.generation()));
                       token.set_meeting_url("https://meeting.zoho.eu");
                       *token.mutable_expire_time() =
                           rpc::TimestampOf(clock_.Now() + absl::Hours(1));
                       std::move(done)(std::move(token));
                     },
                     clock_};
  HeldHttpClient http_;
  Upstream upstream_{http_, tokens_, clock_, metrics_, {}};
  const ZohoHosts hosts_;
  HeldWriter writer_;
  std::shared_ptr<Download> download_;
};

const net::HttpResponse kFilm = {.status = 200,
                                 .headers = {{"Content-Type", "video/mp4"},
                                             {"Content-Length", "6"},
                                             {"Content-Disposition", "filename=\"a.mp4\""}}};

TEST_F(DownloadTest, HandsAFileOnWithItsHeadAndProgress) {
  Start();
  EXPECT_EQ(call().request.headers.Get("Authorization"), "Zoho-oauthtoken token-1");
  ASSERT_TRUE(sink().Begin(kFilm));
  EXPECT_TRUE(sink().Write("abc"));
  const DownloadResponse first = Read();
  EXPECT_TRUE(sink().Write("def"));
  const DownloadResponse second = Read();
  Answer(0, {.status = 200});

  EXPECT_EQ(first.file().content_type(), "video/mp4");
  EXPECT_EQ(first.file().name(), "a.mp4");
  EXPECT_EQ(first.file().size(), 6);
  EXPECT_EQ(first.data(), "abc");
  EXPECT_EQ(first.position(), 3);
  EXPECT_FALSE(second.has_file());
  EXPECT_EQ(second.data(), "def");
  EXPECT_EQ(second.position(), 6);
  ASSERT_EQ(writer_.ends.size(), 1u);
  EXPECT_THAT(writer_.ends[0], IsOk());
}

TEST_F(DownloadTest, ASlowReaderStopsTheTransferAndWakesIt) {
  Start();
  const std::string piece(64 << 10, 'x');
  ASSERT_TRUE(sink().Begin(kFilm));
  // One message with the reader, and two pieces that wait for it.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(sink().Write(piece)) << i;
  EXPECT_FALSE(sink().Write(piece));
  EXPECT_EQ(writer_.messages.size(), 1u);
  EXPECT_EQ(call().resumed, 0);

  EXPECT_EQ(Read().data().size(), piece.size());
  EXPECT_EQ(call().resumed, 1);
  EXPECT_TRUE(sink().Write(piece));
  EXPECT_EQ(Read().data().size(), 2 * piece.size());
  EXPECT_EQ(Read().position(), static_cast<int64_t>(4 * piece.size()));
  EXPECT_EQ(call().resumed, 1);
}

TEST_F(DownloadTest, TheEndWaitsForTheReader) {
  Start();
  ASSERT_TRUE(sink().Begin(kFilm));
  EXPECT_TRUE(sink().Write("abc"));
  EXPECT_TRUE(sink().Write("def"));
  Answer(0, {.status = 200});
  EXPECT_TRUE(writer_.ends.empty());
  EXPECT_EQ(Read().data(), "abc");
  EXPECT_TRUE(writer_.ends.empty());
  EXPECT_EQ(Read().data(), "def");
  EXPECT_EQ(writer_.ends.size(), 1u);
}

TEST_F(DownloadTest, AnEmptyFileIsAFile) {
  Start();
  ASSERT_TRUE(sink().Begin({.status = 200, .headers = {{"Content-Length", "0"}}}));
  Answer(0, {.status = 200});
  const DownloadResponse only = Read();
  EXPECT_EQ(only.file().size(), 0);
  EXPECT_EQ(only.data(), "");
  EXPECT_THAT(writer_.ends.at(0), IsOk());
}

TEST_F(DownloadTest, GoesOnWhereItBrokeOff) {
  Start("https://download.zoho.eu/f", /*offset=*/4);
  EXPECT_EQ(call().request.headers.Get("Range"), "bytes=4-");
  ASSERT_TRUE(sink().Begin({.status = 206, .headers = {{"Content-Range", "bytes 4-5/6"}}}));
  EXPECT_TRUE(sink().Write("ef"));
  const DownloadResponse rest = Read();
  EXPECT_EQ(rest.data(), "ef");
  EXPECT_EQ(rest.position(), 6);
  EXPECT_EQ(rest.file().size(), 6);
}

TEST_F(DownloadTest, LeavesOutWhatWasNotAskedForWhereZohoSendsAll) {
  Start("https://download.zoho.eu/f", /*offset=*/4);
  ASSERT_TRUE(sink().Begin(kFilm));
  EXPECT_TRUE(sink().Write("abc"));
  EXPECT_TRUE(writer_.messages.empty());
  EXPECT_TRUE(sink().Write("def"));
  EXPECT_EQ(Read().data(), "ef");
}

TEST_F(DownloadTest, FollowsARedirectWithoutShowingTheTokenToAnotherHost) {
  Start();
  EXPECT_FALSE(sink().Begin({.status = 302}));
  Answer(0, {.status = 302, .headers = {{"Location", "https://files-accl.zohopublic.eu/p?s=1"}}});
  ASSERT_EQ(http_.calls.size(), 2u);
  EXPECT_EQ(call(1).request.url, "https://files-accl.zohopublic.eu/p?s=1");
  EXPECT_FALSE(call(1).request.headers.Has("Authorization"));
  ASSERT_TRUE(sink(1).Begin(kFilm));
  EXPECT_TRUE(sink(1).Write("abcdef"));
  EXPECT_EQ(Read().data(), "abcdef");
  Answer(1, {.status = 200});
  EXPECT_THAT(writer_.ends.at(0), IsOk());
}

TEST_F(DownloadTest, ARedirectWithinAHostKeepsTheToken) {
  Start();
  Answer(0, {.status = 302, .headers = {{"Location", "/other?a=b"}}});
  EXPECT_EQ(call(1).request.url, "https://download.zoho.eu/other?a=b");
  EXPECT_TRUE(call(1).request.headers.Has("Authorization"));
}

TEST_F(DownloadTest, FollowsNoRedirectOutOfZoho) {
  for (const char* location :
       {"https://evil.example/a", "http://files.zoho.eu/a", "https://download.zoho.com/a",
        "http://169.254.169.254/latest", "//evil.example/a", "", "nonsense"}) {
    http_.calls.clear();
    writer_.ends.clear();
    Start();
    Answer(0, {.status = 302, .headers = {{"Location", location}}});
    EXPECT_EQ(http_.calls.size(), 1u) << location;
    ASSERT_EQ(writer_.ends.size(), 1u) << location;
    EXPECT_FALSE(writer_.ends[0].ok()) << location;
  }
}

TEST_F(DownloadTest, ACircleOfRedirectsEnds) {
  Start();
  for (size_t i = 0; i < http_.calls.size() && i < 20; ++i) {
    Answer(i, {.status = 302, .headers = {{"Location", "/again"}}});
  }
  EXPECT_EQ(http_.calls.size(), 6u);
  EXPECT_THAT(writer_.ends.at(0), HasReason("ZOHO_ERROR"));
}

TEST_F(DownloadTest, NothingIsSentToAHostThatIsNotZohos) {
  Start("https://evil.example/f");
  EXPECT_TRUE(http_.calls.empty());
  EXPECT_THAT(writer_.ends.at(0), HasReason("HOST_NOT_ALLOWED"));
}

TEST_F(DownloadTest, ARefusedTokenIsReplacedOnce) {
  Start();
  EXPECT_FALSE(sink().Begin({.status = 401}));
  Answer(0, {.status = 401, .body = R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})"});
  EXPECT_EQ(call(1).request.headers.Get("Authorization"), "Zoho-oauthtoken token-2");
}

TEST_F(DownloadTest, ErrorsOfZohoAreNamed) {
  const std::vector<std::pair<net::HttpResponse, std::string>> rows = {
      {{.status = 404, .body = R"({"error":{"message":"gone"}})"}, "ZOHO_OBJECT_NOT_FOUND"},
      {{.status = 403, .body = R"({"error":{"message":"no"}})"}, "ZOHO_PERMISSION_DENIED"},
      {{.status = 401, .body = R"({"error":{"message":"INVALID_OAUTHSCOPE"}})"}, "SCOPE_MISSING"},
      {{.status = 429}, "ZOHO_RATE_LIMITED"},
      {{.status = 416}, "FIELD_INVALID"},
      {{.status = 500}, "ZOHO_ERROR"},
      {{.status = 200,
        .headers = {{"Content-Type", "application/json"}},
        .body = R"({"error":{"errorCode":4000,"key":"INVALID_RECORDING_ID"}})"},
       "ZOHO_OBJECT_NOT_FOUND"}};
  for (const auto& [response, reason] : rows) {
    http_.calls.clear();
    writer_.ends.clear();
    Start();
    EXPECT_FALSE(sink().Begin(response));
    Answer(0, response);
    EXPECT_THAT(writer_.ends.at(0), HasReason(reason)) << reason;
  }
}

TEST_F(DownloadTest, AFileOfJsonIsAFileInMessagesOfBoundedSize) {
  const std::string json = absl::StrCat("[\"", std::string(300'000, 'a'), "\"]");
  Start();
  EXPECT_FALSE(sink().Begin({.status = 200, .headers = {{"Content-Type", "application/json"}}}));
  Answer(0, {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = json});
  std::string got;
  while (!writer_.messages.empty()) {
    const std::string data = Read().data();
    EXPECT_LE(data.size(), Download::kMaxWaiting);
    got += data;
  }
  EXPECT_TRUE(got == json);
  EXPECT_THAT(writer_.ends.at(0), IsOk());
}

TEST_F(DownloadTest, ABrokenTransferGivesWhatCameAndThenItsError) {
  Start();
  ASSERT_TRUE(sink().Begin(kFilm));
  EXPECT_TRUE(sink().Write("abc"));
  EXPECT_TRUE(sink().Write("d"));
  std::exchange(call().done, nullptr)(absl::UnavailableError("broke"));
  EXPECT_EQ(Read().data(), "abc");
  EXPECT_EQ(Read().position(), 4);
  EXPECT_THAT(writer_.ends.at(0), HasReason("ZOHO_UNREACHABLE"));
}

TEST_F(DownloadTest, AReaderThatGoesAwayClosesTheTransfer) {
  Start();
  ASSERT_TRUE(sink().Begin(kFilm));
  EXPECT_TRUE(sink().Write("abc"));
  download_->Cancel();
  EXPECT_TRUE(writer_.ends.empty());  // A message is still with gRPC.
  download_->Written(false);
  EXPECT_THAT(writer_.ends.at(0), HasReason("CANCELLED"));
  EXPECT_EQ(writer_.ends.size(), 1u);
}

TEST_F(DownloadTest, WhatIsMissingIsNamed) {
  DownloadRequest request;
  request.set_url("https://download.zoho.eu/f");
  download_ = std::make_shared<Download>(upstream_, hosts_, CallContext{}, request, writer_);
  download_->Start();
  EXPECT_THAT(writer_.ends.at(0), HasReason("FIELD_INVALID"));
  Start("https://download.zoho.eu/f", -1);
  EXPECT_THAT(writer_.ends.at(1), HasReason("FIELD_INVALID"));
  EXPECT_TRUE(http_.calls.empty());
}

// Reads on a thread of its own, as gRPC does.
class ThreadedWriter final : public DownloadWriter {
 public:
  void Write(const DownloadResponse& message) override { messages.Put(message); }
  void Finish(const absl::Status& status) override { ends.Put(status); }

  Mailbox<DownloadResponse> messages;
  Mailbox<absl::Status> ends;
};

TEST_F(DownloadTest, ReaderAndTransferMayRunAtOnce) {
  ThreadedWriter writer;
  DownloadRequest request;
  request.set_account("acc_1");
  request.set_url("https://download.zoho.eu/f");
  const auto download =
      std::make_shared<Download>(upstream_, hosts_, CallContext{}, request, writer);
  download->Start();
  constexpr int kPieces = 500;
  std::thread zoho([this] {
    const std::string piece(32 << 10, 'x');
    sink().Begin(kFilm);
    for (int i = 0; i < kPieces; ++i) {
      while (!sink().Write(piece)) std::this_thread::yield();
    }
    Answer(0, {.status = 200});
  });
  int64_t position = 0;
  while (position < int64_t{kPieces} * (32 << 10)) {
    position = writer.messages.Take().position();
    download->Written(true);
  }
  zoho.join();
  EXPECT_THAT(writer.ends.Take(), IsOk());
  EXPECT_EQ(writer.messages.size(), 0u);
}

}  // namespace
}  // namespace mesh::zoho_proxy
