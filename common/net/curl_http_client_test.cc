#include "common/net/curl_http_client.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/http_server.h"
#include "common/net/raw_socket.h"

namespace mesh::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Answer = absl::StatusOr<HttpResponse>;
using Exchange = std::shared_ptr<HttpExchange>;

constexpr absl::Duration kShort = absl::Milliseconds(100);

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  auto server = HttpServer::Start(std::move(options), std::move(handler));
  EXPECT_THAT(server, IsOk());
  return *std::move(server);
}

std::string UrlOf(const std::string& address, absl::string_view path = "/") {
  return absl::StrCat("http://", address, path);
}

HttpClient::Done Into(Mailbox<Answer>& answers) {
  return [&answers](Answer answer) { answers.Put(std::move(answer)); };
}

// A server whose requests wait for the test.
struct Held {
  // Before the server, whose threads fill it.
  Mailbox<Exchange> exchanges;
  std::unique_ptr<HttpServer> server =
      Serve([this](Exchange exchange) { exchanges.Put(std::move(exchange)); });
  std::string url = UrlOf(server->address());
};

// A server of one connection, whose answer need not be one. Returns what the client makes of it.
Answer AnswerTo(absl::string_view bytes, HttpRequest request = {}) {
  RawListener listener;
  Mailbox<Answer> answers;
  CurlHttpClient client;
  request.url = UrlOf(listener.address());
  client.Send(std::move(request), Into(answers));
  RawSocket server = listener.Accept();
  server.ReadUntil("\r\n\r\n");
  server.Send(bytes);
  server.Close();
  return answers.Take();
}

// --- Requests
// -------------------------------------------------------------------------------------

class CurlHttpClientMethods : public ::testing::TestWithParam<const char*> {};

TEST_P(CurlHttpClientMethods, ArriveWithAndWithoutABody) {
  Held held;
  Mailbox<Answer> answers;
  CurlHttpClient client;
  const std::string method = GetParam();

  for (const std::string body : {"", "{\"a\":1}"}) {
    client.Send({.method = method,
                 .url = UrlOf(held.server->address(), "/a%20b?c=%2F&d"),
                 .headers = {{"Authorization", "Bearer x"}, {"X-Empty", ""}},
                 .body = body},
                Into(answers));
    const Exchange exchange = held.exchanges.Take();
    exchange->Respond({.status = 201});

    const ServerRequest& request = exchange->request();
    EXPECT_EQ(request.method, method);
    EXPECT_EQ(request.path, "/a%20b");
    EXPECT_EQ(request.query, "c=%2F&d");
    EXPECT_EQ(request.body, body);
    EXPECT_EQ(request.headers.Get("authorization"), "Bearer x");
    EXPECT_EQ(request.headers.Get("x-empty"), "");
    EXPECT_EQ(request.headers.Get("user-agent"), "zoho-mcp-mesh");
    EXPECT_FALSE(request.headers.Has("expect"));
    EXPECT_FALSE(request.headers.Has("content-type"));
    EXPECT_EQ(answers.Take()->status, 201);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, CurlHttpClientMethods,
                         ::testing::Values("GET", "POST", "PUT", "PATCH", "DELETE"),
                         [](const auto& info) { return std::string(info.param); });

TEST(CurlHttpClient, SendsALargeBodyWithoutWaitingToBeAsked) {
  const auto server = Serve(
      [](const Exchange& exchange) {
        exchange->Respond(
            {.headers = {{"x-expect", exchange->request().headers.Has("expect") ? "yes" : "no"}},
             .body = absl::Cord(exchange->request().body)});
      },
      {.max_body_bytes = 10 << 20});
  CurlHttpClient client;
  const std::string body(3 << 20, 'x');

  ASSERT_OK_AND_ASSIGN(
      const HttpResponse response,
      SendAndWait(client, {.method = "POST", .url = UrlOf(server->address()), .body = body}));

  EXPECT_EQ(response.headers.Get("x-expect"), "no");
  EXPECT_TRUE(response.body == body);
}

TEST(CurlHttpClient, RefusesWhatIsNoRequest) {
  CurlHttpClient client;

  for (const char* url :
       {"", "nonsense", "example.com", "/path", "ftp://127.0.0.1/", "file:///etc/passwd", "http://",
        "http://user:secret@127.0.0.1/", "http://127.0.0.1:99999/", "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y"}) {
    EXPECT_THAT(SendAndWait(client, {.url = url}), StatusIs(absl::StatusCode::kInvalidArgument))
        << url;
  }
  for (const HttpHeaders& headers : {HttpHeaders{{"A", "x\r\nB: y"}}, HttpHeaders{{"A\n", "x"}},
                                     HttpHeaders{{"A: b", "x"}}, HttpHeaders{{"", "x"}}}) {
    EXPECT_THAT(SendAndWait(client, {.url = "http://127.0.0.1:9/", .headers = headers}),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(SendAndWait(client, {.url = "http://127.0.0.1:9/", .timeout = absl::ZeroDuration()}),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

// --- Answers
// --------------------------------------------------------------------------------------

TEST(CurlHttpClient, TakesAnyAnswerForAnAnswer) {
  for (const int status : {200, 204, 302, 404, 429, 500, 503}) {
    const auto server = Serve([status](const Exchange& exchange) {
      exchange->Respond({.status = status,
                         .headers = {{"Retry-After", "30"}, {"Location", "http://127.0.0.1:9/"}},
                         .body = absl::Cord("why")});
    });
    CurlHttpClient client;

    ASSERT_OK_AND_ASSIGN(const HttpResponse response,
                         SendAndWait(client, {.url = UrlOf(server->address())}));

    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.headers.Get("RETRY-after"), "30");
    EXPECT_EQ(response.body, status == 204 ? "" : "why");
  }
}

TEST(CurlHttpClient, ReadsChunksAndRepeatedFields) {
  ASSERT_OK_AND_ASSIGN(const HttpResponse response,
                       AnswerTo("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
                                "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:b=2  \r\n"
                                "X-Empty:\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));

  EXPECT_EQ(response.body, "abcde");
  std::vector<std::string> cookies;
  for (const auto& [name, value] : response.headers) {
    if (absl::EqualsIgnoreCase(name, "set-cookie")) cookies.push_back(value);
  }
  EXPECT_THAT(cookies, ::testing::ElementsAre("a=1", "b=2"));
  EXPECT_EQ(response.headers.Get("x-empty"), "");
  EXPECT_FALSE(response.headers.Has("x-interim"));
}

TEST(CurlHttpClient, ReadsABodyThatEndsWithTheConnection) {
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, AnswerTo("HTTP/1.0 200 OK\r\n\r\nto the end"));

  EXPECT_EQ(response.body, "to the end");
}

TEST(CurlHttpClient, AnswersToHeadHaveNoBody) {
  const auto server =
      Serve([](const Exchange& exchange) { exchange->Respond({.body = absl::Cord("body")}); });
  CurlHttpClient client;

  ASSERT_OK_AND_ASSIGN(const HttpResponse response,
                       SendAndWait(client, {.method = "HEAD", .url = UrlOf(server->address())}));

  EXPECT_EQ(response.headers.Get("content-length"), "4");
  EXPECT_EQ(response.body, "");
}

TEST(CurlHttpClient, GivesUpOnABodyThatIsTooLong) {
  const HttpRequest request = {.max_response_bytes = 10};

  EXPECT_EQ(AnswerTo("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", request)->body,
            "0123456789");
  EXPECT_THAT(AnswerTo("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n0123456789a", request),
              HasReason("ANSWER_TOO_LONG"));
  EXPECT_THAT(AnswerTo("HTTP/1.1 200 OK\r\n\r\n0123456789a", request),
              HasReason("ANSWER_TOO_LONG"));
  EXPECT_THAT(AnswerTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "6\r\n012345\r\n5\r\n6789a\r\n0\r\n\r\n",
                       request),
              HasReason("ANSWER_TOO_LONG"));
  EXPECT_THAT(
      AnswerTo(absl::StrCat("HTTP/1.1 200 OK\r\nA: ", std::string(90'000, 'a'), "\r\n\r\n")),
      HasReason("ANSWER_TOO_LONG"));
}

TEST(CurlHttpClient, TakesAPartOfAnAnswerForNone) {
  EXPECT_THAT(AnswerTo(""), HasReason("NO_ANSWER"));
  EXPECT_THAT(AnswerTo("HTTP/1.1 200 OK\r\nContent-Le"), HasReason("NO_ANSWER"));
  EXPECT_THAT(AnswerTo("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"),
              HasReason("NO_ANSWER"));
  EXPECT_THAT(AnswerTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n"),
              HasReason("NO_ANSWER"));
  EXPECT_THAT(AnswerTo("220 smtp.example ESMTP\r\n"), HasReason("NO_ANSWER"));
}

TEST(CurlHttpClient, TakesAResetForNoAnswer) {
  RawListener listener;
  Mailbox<Answer> answers;
  CurlHttpClient client;
  client.Send({.url = UrlOf(listener.address(), "/secret")}, Into(answers));
  RawSocket server = listener.Accept();
  server.ReadUntil("\r\n\r\n");
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");

  server.Reset();

  const Answer answer = answers.Take();
  EXPECT_THAT(answer, HasReason("NO_ANSWER"));
  EXPECT_THAT(answer.status().message(),
              AllOf(HasSubstr(listener.address()), Not(HasSubstr("secret"))));
}

TEST(CurlHttpClient, SaysThatNobodyListens) {
  const std::string address = RawListener().address();  // Closed again.
  CurlHttpClient client;

  const Answer answer = SendAndWait(client, {.url = UrlOf(address)});

  EXPECT_THAT(answer, HasReason("NO_ANSWER"));
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable));
}

// --- Sinks
// ----------------------------------------------------------------------------------------

// Keeps one piece at a time, and has no room before the test has taken it.
class OnePieceSink final : public BodySink {
 public:
  explicit OnePieceSink(bool wants = true) : wants_(wants) {}

  bool Begin(const HttpResponse& head) override {
    heads_.Put(head);
    return wants_;
  }

  bool Write(absl::string_view bytes) override {
    const std::lock_guard lock(mu_);
    if (full_) {
      refused_ = true;
      refusals_.Put(true);
      return false;
    }
    full_ = true;
    pieces_.Put(std::string(bytes));
    return true;
  }

  // Takes the next piece and makes room.
  std::string Take(HttpCall& call) {
    std::string piece = pieces_.Take();
    bool resume = false;
    {
      const std::lock_guard lock(mu_);
      full_ = false;
      resume = std::exchange(refused_, false);
    }
    if (resume) call.Resume();
    return piece;
  }

  Mailbox<HttpResponse>& heads() { return heads_; }
  Mailbox<bool>& refusals() { return refusals_; }

 private:
  const bool wants_;
  std::mutex mu_;
  bool full_ = false;
  bool refused_ = false;
  Mailbox<HttpResponse> heads_;
  Mailbox<std::string> pieces_;
  Mailbox<bool> refusals_;
};

TEST(CurlHttpClient, ASinkTakesABodyOfAnySizePieceByPiece) {
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) absl::StrAppend(&body, i, " ");
  const auto server = Serve([&body](const Exchange& exchange) {
    exchange->Respond({.status = 206, .headers = {{"x", "y"}}, .body = absl::Cord(body)});
  });
  const auto sink = std::make_shared<OnePieceSink>();
  Mailbox<Answer> answers;
  CurlHttpClient client;
  const auto call = client.Send(
      {.url = UrlOf(server->address()), .max_response_bytes = 10, .sink = sink}, Into(answers));

  std::string got;
  size_t longest = 0;
  while (got.size() < body.size()) {
    const std::string piece = sink->Take(*call);
    longest = std::max(longest, piece.size());
    got += piece;
  }

  ASSERT_OK_AND_ASSIGN(const HttpResponse response, answers.Take());
  EXPECT_TRUE(got == body);
  EXPECT_LE(longest, 64u << 10);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(sink->heads().size(), 1u);
  const HttpResponse head = sink->heads().Take();
  EXPECT_EQ(head.status, 206);
  EXPECT_EQ(head.headers.Get("x"), "y");
}

TEST(CurlHttpClient, ASinkWithoutRoomStopsTheServer) {
  RawListener listener;
  const auto sink = std::make_shared<OnePieceSink>();
  Mailbox<Answer> answers;
  CurlHttpClient client;
  const auto call = client.Send({.url = UrlOf(listener.address()), .sink = sink}, Into(answers));
  RawSocket server = listener.Accept();
  server.ReadUntil("\r\n\r\n");
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
  sink->heads().WaitForCount(1);
  server.Send("def");
  sink->refusals().Take();
  EXPECT_EQ(answers.size(), 0u);

  std::string got = sink->Take(*call);
  while (got.size() < 6) got += sink->Take(*call);

  EXPECT_EQ(got, "abcdef");
  EXPECT_THAT(answers.Take(), IsOk());
}

TEST(CurlHttpClient, ASinkMayLeaveTheBodyToTheResponse) {
  const auto server = Serve([](const Exchange& exchange) {
    exchange->Respond({.status = 400, .body = absl::Cord("why")});
  });
  const auto sink = std::make_shared<OnePieceSink>(/*wants=*/false);
  CurlHttpClient client;
  ASSERT_OK_AND_ASSIGN(const HttpResponse response,
                       SendAndWait(client, {.url = UrlOf(server->address()), .sink = sink}));
  EXPECT_EQ(response.body, "why");
  EXPECT_THAT(
      SendAndWait(client, {.url = UrlOf(server->address()), .max_response_bytes = 2, .sink = sink}),
      HasReason("ANSWER_TOO_LONG"));
}

TEST(CurlHttpClient, ASinkHearsOfAnAnswerWithoutABody) {
  const auto server = Serve([](const Exchange& exchange) { exchange->Respond({.status = 204}); });
  const auto sink = std::make_shared<OnePieceSink>();
  CurlHttpClient client;
  ASSERT_THAT(SendAndWait(client, {.url = UrlOf(server->address()), .sink = sink}), IsOk());
  EXPECT_EQ(sink->heads().Take().status, 204);
}

TEST(CurlHttpClient, CancelsWhileTheSinkHasNoRoom) {
  RawListener listener;
  const auto sink = std::make_shared<OnePieceSink>();
  Mailbox<Answer> answers;
  CurlHttpClient client;
  const auto call = client.Send({.url = UrlOf(listener.address()), .sink = sink}, Into(answers));
  RawSocket server = listener.Accept();
  server.ReadUntil("\r\n\r\n");
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  sink->heads().WaitForCount(1);
  server.Send("def");
  sink->refusals().Take();

  call->Cancel();

  EXPECT_THAT(answers.Take(), StatusIs(absl::StatusCode::kCancelled));
  call->Resume();
}

// --- Time and cancellation
// ------------------------------------------------------------------------

TEST(CurlHttpClient, GivesUpAfterTheTimeout) {
  Held held;
  Mailbox<Answer> answers;
  CurlHttpClient client;
  Mailbox<bool> gone;

  client.Send({.url = held.url, .timeout = kShort}, Into(answers));
  const Exchange exchange = held.exchanges.Take();
  exchange->OnGone([&gone] { gone.Put(true); });

  EXPECT_THAT(answers.Take(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  gone.Take();
}

TEST(CurlHttpClient, TellsAConnectionThatTakesTooLongFromAnAnswerThatDoes) {
  // Nobody accepts, and the kernel's queue takes one or two connections.
  RawListener listener(0);
  Mailbox<Answer> answers;
  CurlHttpClient client({.connect_timeout = kShort});

  for (int i = 0; i < 8; ++i) client.Send({.url = UrlOf(listener.address())}, Into(answers));

  const Answer answer = answers.Take();
  EXPECT_THAT(answer, HasReason("NO_ANSWER"));
  EXPECT_THAT(answer.status().message(), HasSubstr("no connection in time"));
}

TEST(CurlHttpClient, ClosesTheTransferOnCancel) {
  Held held;
  Mailbox<Answer> answers;
  CurlHttpClient client;
  Mailbox<bool> gone;
  const auto call = client.Send({.url = held.url}, Into(answers));
  const Exchange exchange = held.exchanges.Take();
  exchange->OnGone([&gone] { gone.Put(true); });

  call->Cancel();
  call->Cancel();

  EXPECT_THAT(answers.Take(), StatusIs(absl::StatusCode::kCancelled));
  gone.Take();
  call->Cancel();
  EXPECT_EQ(answers.size(), 0u);
}

TEST(CurlHttpClient, CancelAfterTheAnswerDoesNothing) {
  const auto server = Serve([](const Exchange& exchange) { exchange->Respond({}); });
  Mailbox<Answer> answers;
  std::shared_ptr<HttpCall> call;
  {
    CurlHttpClient client;
    call = client.Send({.url = UrlOf(server->address())}, Into(answers));
    EXPECT_THAT(answers.Take(), IsOk());
    call->Cancel();
    EXPECT_THAT(SendAndWait(client, {.url = UrlOf(server->address())}), IsOk());
  }
  call->Cancel();  // Nor after the client's end.

  EXPECT_EQ(answers.size(), 0u);
}

TEST(CurlHttpClient, CancelsEverythingWhenItEnds) {
  Held held;
  Mailbox<Answer> answers;
  auto client = std::make_unique<CurlHttpClient>();
  for (int i = 0; i < 50; ++i) client->Send({.url = held.url}, Into(answers));
  held.exchanges.WaitForCount(10);

  client = nullptr;

  ASSERT_EQ(answers.size(), 50u);
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(answers.Take(), StatusIs(absl::StatusCode::kCancelled));
  }
}

TEST(CurlHttpClient, SendsFromACallback) {
  const auto server = Serve([](const Exchange& exchange) { exchange->Respond({}); });
  Mailbox<Answer> answers;
  CurlHttpClient client;

  client.Send({.url = UrlOf(server->address())}, [&](const Answer& first) {
    EXPECT_THAT(first, IsOk());
    client.Send({.url = UrlOf(server->address())}, Into(answers));
  });

  EXPECT_THAT(answers.Take(), IsOk());
}

// --- Connections
// ----------------------------------------------------------------------------------

TEST(CurlHttpClient, UsesAConnectionAgain) {
  std::unique_ptr<HttpServer> server;
  server = Serve([&server](const Exchange& exchange) {
    exchange->Respond({.body = absl::Cord(absl::StrCat(server->connections()))});
  });
  CurlHttpClient client;

  for (int i = 0; i < 10; ++i) {
    ASSERT_OK_AND_ASSIGN(const HttpResponse response,
                         SendAndWait(client, {.method = i % 2 == 0 ? "GET" : "POST",
                                              .url = UrlOf(server->address())}));
    EXPECT_EQ(response.body, "1");
  }
}

// The server takes the request off a pooled connection and closes without an answer: it may have
// acted.
int RequestsOnADyingConnection(const std::string& method) {
  RawListener listener;
  Mailbox<Answer> answers;
  CurlHttpClient client;
  client.Send({.url = UrlOf(listener.address())}, Into(answers));
  RawSocket server = listener.Accept();
  server.ReadUntil("\r\n\r\n");
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(answers.Take(), IsOk());

  client.Send({.method = method, .url = UrlOf(listener.address())}, Into(answers));
  server.ReadUntil("\r\n\r\n");
  server.Close();
  if (method == "GET") {
    RawSocket again = listener.Accept();
    again.ReadUntil("\r\n\r\n");
    again.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_THAT(answers.Take(), IsOk());
    return 2;
  }
  EXPECT_THAT(answers.Take(), HasReason("NO_ANSWER"));
  return 1;
}

TEST(CurlHttpClient, SendsAgainOnANewConnectionOnlyWhatChangesNothing) {
  EXPECT_EQ(RequestsOnADyingConnection("GET"), 2);
  EXPECT_EQ(RequestsOnADyingConnection("POST"), 1);
  EXPECT_EQ(RequestsOnADyingConnection("DELETE"), 1);
}

TEST(CurlHttpClient, HoldsThousandsOfCallsAtOnce) {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  constexpr size_t kCalls = 2000;
  Held held;
  Mailbox<Answer> answers;
  CurlHttpClient client({.threads = 2});

  for (size_t i = 0; i < kCalls; ++i) client.Send({.url = held.url}, Into(answers));
  held.exchanges.WaitForCount(kCalls);
  for (size_t i = 0; i < kCalls; ++i) {
    held.exchanges.Take()->Respond({.body = absl::Cord(std::string(8 << 10, 'x'))});
  }

  for (size_t i = 0; i < kCalls; ++i) {
    const Answer answer = answers.Take();
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->body.size(), 8u << 10);
  }
}

}  // namespace
}  // namespace mesh::net
