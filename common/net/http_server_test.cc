#include "common/net/http_server.h"

#include <atomic>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/raw_socket.h"

namespace mesh::net {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using Exchange = std::shared_ptr<HttpExchange>;

constexpr absl::string_view kGet = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";

// Short enough to wait for, long enough to send a line.
constexpr absl::Duration kShort = absl::Milliseconds(100);

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  if (options.threads == 0) options.threads = 2;
  auto server = HttpServer::Start(std::move(options), std::move(handler));
  EXPECT_THAT(server, IsOk());
  return *std::move(server);
}

// Answers with what came in.
void Echo(const Exchange& exchange) {
  const ServerRequest& request = exchange->request();
  exchange->Respond({.headers = {{"Content-Type", "text/plain"}},
                     .body = absl::Cord(absl::StrCat(request.method, " ", request.path, " ?",
                                                     request.query, " ", request.body))});
}

ServerResponse Text(absl::string_view text) { return {.body = absl::Cord(text)}; }

// A server whose requests wait for the test.
struct Held {
  explicit Held(HttpServerOptions options = {})
      : server(Serve([this](Exchange exchange) { exchanges.Put(std::move(exchange)); },
                     std::move(options))) {}

  RawSocket Connect(int receive_buffer_bytes = 0) {
    return RawSocket(server->address(), receive_buffer_bytes);
  }

  // Before the server, whose threads fill it.
  Mailbox<Exchange> exchanges;
  std::unique_ptr<HttpServer> server;
};

// A callback that puts something into `mailbox`.
absl::AnyInvocable<void() &&> Notify(Mailbox<bool>& mailbox) {
  return [&mailbox] { mailbox.Put(true); };
}

void AllowManyFiles() {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

// --- Requests and answers
// -------------------------------------------------------------------------

TEST(HttpServer, AnswersARequest) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  client.Send(kGet);

  EXPECT_THAT(client.ReadResponse(),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\nDate: "), HasSubstr(" GMT\r\n"),
                    HasSubstr("Content-Type: text/plain\r\n"), HasSubstr("Content-Length: 12\r\n"),
                    Not(HasSubstr("Connection:")), EndsWith("\r\n\r\nGET /a ?b=c ")));
}

TEST(HttpServer, TellsTheHandlerWhatWasSent) {
  Held held;
  RawSocket client = held.Connect();

  client.Send(
      "PATCH /a%2Fb?x=1&y=%20?z HTTP/1.1\r\nhost: x\r\nX-One:  1 \r\nx-one: 2\r\n"
      "Content-Length: 4\r\n\r\nbody");
  const Exchange exchange = held.exchanges.Take();

  const ServerRequest& request = exchange->request();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.path, "/a%2Fb");
  EXPECT_EQ(request.query, "x=1&y=%20?z");
  EXPECT_EQ(request.headers.Get("X-ONE"), "1");
  EXPECT_EQ(request.headers.size(), 4u);
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.peer_address, "127.0.0.1");
  exchange->Respond({});
}

TEST(HttpServer, TakesAnAbsoluteTarget) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  client.Send(
      "GET http://host:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET HTTP://host?b HTTP/1.1\r\nHost: x\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_THAT(client.ReadResponse(), EndsWith("\r\n\r\nGET /a ?b "));
  EXPECT_THAT(client.ReadResponse(), EndsWith("\r\n\r\nGET / ?b "));
  EXPECT_THAT(client.ReadResponse(), EndsWith("\r\n\r\nOPTIONS * ? "));
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  client.Send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Content-Length: 10\r\n"));

  client.Send(kGet);
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, SendsNoBodyWhereTheStatusForbidsOne) {
  const auto server = Serve([](const Exchange& exchange) {
    exchange->Respond({.status = 204, .body = absl::Cord("smuggled")});
  });
  RawSocket client(server->address());

  client.Send(kGet);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(client.ReadToEnd(), AllOf(Not(HasSubstr("smuggled")), Not(HasSubstr("Length"))));
}

TEST(HttpServer, ClosesAfterTheAnswerWhereTheClientAsks) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  client.Send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(client.ReadToEnd(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("GET /a ? ")));
}

TEST(HttpServer, SpeaksHttp10) {
  const auto server = Serve(Echo);
  RawSocket kept(server->address());
  kept.Send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(kept.ReadResponse(), HasSubstr("Connection: keep-alive\r\n"));
  kept.Send("GET /b HTTP/1.0\r\n\r\n");

  EXPECT_THAT(kept.ReadToEnd(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("GET /b ? ")));
}

TEST(HttpServer, SendsCommonHeadersWithEveryAnswer) {
  const auto server = Serve(
      [](const Exchange& exchange) {
        exchange->Respond({.headers = {{"x-own", "own"}}});
      },
      {.common_headers = {{"Referrer-Policy", "no-referrer"}, {"X-Own", "common"}}});
  RawSocket client(server->address());

  client.Send(kGet);
  EXPECT_THAT(client.ReadResponse(), AllOf(HasSubstr("Referrer-Policy: no-referrer\r\n"),
                                           HasSubstr("x-own: own\r\n"), Not(HasSubstr("common"))));

  client.Send("nonsense\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), HasSubstr("Referrer-Policy: no-referrer\r\n"));
}

TEST(HttpServer, SharesOneBodyAmongAnswers) {
  const std::string text(40 << 10, 'x');
  const absl::Cord body(text);
  const auto server =
      Serve([&body](const Exchange& exchange) { exchange->Respond({.body = body}); });
  RawSocket client(server->address());

  for (int i = 0; i < 20; ++i) client.Send(kGet);

  for (int i = 0; i < 20; ++i) EXPECT_THAT(client.ReadResponse(), EndsWith("\r\n\r\n" + text));
}

TEST(HttpServer, WritesABodyOfVeryManyPieces) {
  std::string text;
  absl::Cord body;
  for (int i = 0; i < 300; ++i) {
    const std::string piece(5000 + i, static_cast<char>('a' + i % 26));
    text += piece;
    body.Append(piece);
  }
  const auto server =
      Serve([&body](const Exchange& exchange) { exchange->Respond({.body = body}); });
  RawSocket client(server->address(), 4 << 10);

  client.Send(kGet);

  const std::string response = client.ReadResponse();
  EXPECT_EQ(response.substr(response.size() - text.size()), text);
}

TEST(HttpServer, TakesAnswersFromOtherThreads) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  client.Send(kGet);

  for (const char* text : {"first", "second"}) {
    const Exchange exchange = held.exchanges.Take();
    std::thread([&] { exchange->Respond(Text(text)); }).join();
    EXPECT_THAT(client.ReadResponse(), EndsWith(text));
  }
}

TEST(HttpServer, AnswersForAHandlerThatForgets) {
  const auto server = Serve([](const Exchange&) {});
  RawSocket client(server->address());

  client.Send(kGet);
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));

  client.Send(kGet);
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
}

TEST(HttpServer, AnswersWhenAnotherThreadDropsTheExchange) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  held.exchanges.WaitForCount(1);

  std::thread([&] { held.exchanges.Take(); }).join();

  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 500 "));
}

// --- How a request arrives
// ------------------------------------------------------------------------

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());
  std::string requests;
  for (int i = 0; i < 500; ++i) {
    absl::StrAppend(&requests, "POST /", i, " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
  }

  std::thread sender([&] { client.Send(requests); });

  for (int i = 0; i < 500; ++i) {
    EXPECT_THAT(client.ReadResponse(), EndsWith(absl::StrCat("POST /", i, " ? ok")));
  }
  sender.join();
}

TEST(HttpServer, StartsAPipelinedRequestOnlyAfterTheAnswerBeforeIt) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(absl::StrCat(kGet, kGet));

  const Exchange first = held.exchanges.Take();
  EXPECT_EQ(held.exchanges.size(), 0u);
  first->Respond(Text("first"));
  held.exchanges.Take()->Respond(Text("second"));

  EXPECT_THAT(client.ReadResponse(), EndsWith("first"));
  EXPECT_THAT(client.ReadResponse(), EndsWith("second"));
}

TEST(HttpServer, ReadsARequestByteByByte) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  for (const char c :
       absl::string_view("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                         "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
                         "\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")) {
    client.Send(absl::string_view(&c, 1));
  }

  EXPECT_THAT(client.ReadResponse(), EndsWith("POST /a ? abc"));
  EXPECT_THAT(client.ReadResponse(), EndsWith("POST /b ? abcde"));
}

TEST(HttpServer, KeepsTrailersOutOfTheHeaders) {
  Held held;
  RawSocket client = held.Connect();

  client.Send(
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nAuthorization: Bearer forged\r\n\r\n");
  const Exchange exchange = held.exchanges.Take();

  EXPECT_EQ(exchange->request().body, "abc");
  EXPECT_FALSE(exchange->request().headers.Has("authorization"));
  exchange->Respond({});
}

TEST(HttpServer, AsksForABodyThatWaitsForIt) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  client.Send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("body");

  EXPECT_THAT(client.ReadResponse(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("POST /a ? body")));
}

TEST(HttpServer, AsksForNoBodyThatIsThereAlready) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  client.Send(
      "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");

  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, AnswersAClientThatHasEndedItsHalf) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(absl::StrCat(kGet, kGet));
  client.CloseSend();

  held.exchanges.Take()->Respond(Text("first"));
  held.exchanges.Take()->Respond(Text("second"));

  EXPECT_THAT(client.ReadToEnd(), AllOf(HasSubstr("first"), EndsWith("second")));
}

// --- What is refused
// ------------------------------------------------------------------------------

struct Bad {
  const char* name;
  int status;
  std::string request;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class HttpServerRefuses : public ::testing::TestWithParam<Bad> {};

TEST_P(HttpServerRefuses, AndCloses) {
  const auto server = Serve(Echo, {.max_header_bytes = 1 << 10, .max_body_bytes = 100});
  RawSocket client(server->address());

  client.Send(GetParam().request);
  client.Send(kGet);  // Is never read as a request, whatever came before.

  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, StartsWith(absl::StrCat("HTTP/1.1 ", GetParam().status, " ")));
  EXPECT_THAT(answer, AllOf(HasSubstr("Connection: close\r\n"), Not(HasSubstr("GET /a"))));
}

std::string Head(absl::string_view fields) {
  return absl::StrCat("POST / HTTP/1.1\r\nHost: x\r\n", fields, "\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Requests, HttpServerRefuses,
    ::testing::Values(
        Bad{"LongHead", 431, Head(absl::StrCat("A: ", std::string(2000, 'a'), "\r\n"))},
        Bad{"EndlessLine", 431, std::string(2000, 'a')}, Bad{"ManyFields", 431, Head([] {
                                                               std::string fields;
                                                               for (int i = 0; i < 300; ++i)
                                                                 absl::StrAppend(&fields,
                                                                                 "a: b\r\n");
                                                               return fields;
                                                             }())},
        Bad{"LongBody", 413, Head("Content-Length: 101\r\n") + std::string(101, 'b')},
        Bad{"HugeBody", 413, Head("Content-Length: 9000000000\r\n")},
        Bad{"LongChunks", 413,
            Head("Transfer-Encoding: chunked\r\n") + "40\r\n" + std::string(64, 'b') +
                "\r\n40\r\n" + std::string(64, 'b') + "\r\n0\r\n\r\n"},
        Bad{"EndlessChunkExtension", 400,
            Head("Transfer-Encoding: chunked\r\n") + "1;" + std::string(200'000, 'x')},
        Bad{"EndlessTrailers", 400,
            Head("Transfer-Encoding: chunked\r\n") + "0\r\nA: " + std::string(200'000, 'x')},
        Bad{"LengthAndChunked", 400,
            Head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
        Bad{"ChunkedAndLength", 400,
            Head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n"},
        Bad{"TwoLengths", 400, Head("Content-Length: 1\r\nContent-Length: 2\r\n") + "ab"},
        Bad{"TwoEqualLengths", 400, Head("Content-Length: 1\r\nContent-Length: 1\r\n") + "a"},
        Bad{"LengthList", 400, Head("Content-Length: 1, 1\r\n") + "a"},
        Bad{"SignedLength", 400, Head("Content-Length: +1\r\n") + "a"},
        Bad{"NegativeLength", 400, Head("Content-Length: -1\r\n")},
        Bad{"HexLength", 400, Head("Content-Length: 0x1\r\n") + "a"},
        Bad{"EmptyLength", 400, Head("Content-Length: \r\n")},
        Bad{"OverflowingLength", 400, Head("Content-Length: 18446744073709551617\r\n") + "a"},
        Bad{"OtherEncoding", 400, Head("Transfer-Encoding: gzip\r\n")},
        Bad{"EncodingAfterChunked", 400, Head("Transfer-Encoding: chunked, gzip\r\n")},
        Bad{"TwoEncodings", 400, Head("Transfer-Encoding: gzip, chunked\r\n")},
        Bad{"EncodingTwice", 400,
            Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
        Bad{"DisguisedEncoding", 400, Head("Transfer-Encoding: xchunked\r\n")},
        Bad{"QuotedEncoding", 400, Head("Transfer-Encoding: \"chunked\"\r\n")},
        Bad{"EmptyEncoding", 400, Head("Transfer-Encoding: \r\nContent-Length: 1\r\n") + "a"},
        Bad{"EncodingBeforeColon", 400, Head("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n"},
        Bad{"EncodingIn10", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Bad{"BadChunkSize", 400, Head("Transfer-Encoding: chunked\r\n") + "zz\r\n"},
        Bad{"OverflowingChunkSize", 400,
            Head("Transfer-Encoding: chunked\r\n") + "10000000000000001\r\n"},
        Bad{"NoEndOfChunk", 400, Head("Transfer-Encoding: chunked\r\n") + "1\r\nabc\r\n"},
        Bad{"NoHost", 400, "GET / HTTP/1.1\r\n\r\n"},
        Bad{"TwoHosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        Bad{"SpaceInName", 400, Head("Bad Name: x\r\n")},
        Bad{"SpaceBeforeFirstName", 400, "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
        Bad{"NoColon", 400, Head("Nonsense\r\n")}, Bad{"EmptyName", 400, Head(": x\r\n")},
        Bad{"ZeroByte", 400, Head(absl::string_view("A: x\0y\r\n", 8))},
        Bad{"BareReturn", 400, Head("A: x\rB: y\r\n")},
        Bad{"BareLineFeed", 400, Head("A: x\nB: y\r\n")},
        Bad{"ControlCharacter", 400, Head("A: x\x01y\r\n")},
        Bad{"ControlCharacterInTarget", 400, "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n"},
        Bad{"SpaceInTarget", 400, "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
        Bad{"Authority", 400, "CONNECT host:443 HTTP/1.1\r\nHost: x\r\n\r\n"},
        Bad{"RelativeTarget", 400, "GET a HTTP/1.1\r\nHost: x\r\n\r\n"},
        Bad{"NoHttp", 400, "\x16\x03\x01 TLS, perhaps\r\n\r\n"},
        Bad{"Version2", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        Bad{"Version12", 400, "GET / HTTP/1.2\r\nHost: x\r\n\r\n"},
        Bad{"Version09", 400, "GET / HTTP/0.9\r\n\r\n"},
        Bad{"Expectation", 417, Head("Expect: a-miracle\r\n")}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(HttpServer, LetsTheClientReadWhyItsBodyWasTooLong) {
  const auto server = Serve(Echo);
  RawSocket client(server->address());

  // Much more than fits into the buffers of the kernel: closing at once would reset the connection.
  client.Send(Head("Content-Length: 20000000\r\n"));
  std::thread sender([&] {
    const std::string part(1 << 20, 'x');
    for (int i = 0; i < 20 && client.Send(part); ++i) {
    }
  });

  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 413 "));
  sender.join();
}

TEST(HttpServer, RefusesInItsOwnersWords) {
  const auto server = Serve(
      Echo, {.error_response = [](int status, absl::string_view message) {
        return ServerResponse{.status = status,
                              .headers = {{"Content-Type", "application/json"}},
                              .body = absl::Cord(absl::StrCat("{\"error\":\"", message, "\"}"))};
      }});
  RawSocket client(server->address());

  client.Send("GET / HTTP/1.1\r\n\r\n");

  EXPECT_THAT(client.ReadToEnd(),
              AllOf(HasSubstr("Content-Type: application/json\r\n"),
                    EndsWith(R"({"error":"The request must name one Host."})")));
}

// --- Time
// -----------------------------------------------------------------------------------------

TEST(HttpServer, GivesUpOnAHeadThatTrickles) {
  const auto server = Serve(Echo, {.header_timeout = kShort});
  RawSocket client(server->address());

  client.Send("GET / HTTP/1.1\r\nA: ");
  while (!client.IsReadableWithin(absl::Milliseconds(5))) client.Send("a");

  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST(HttpServer, GivesUpOnABodyThatTrickles) {
  const auto server = Serve(Echo, {.body_timeout = kShort});
  RawSocket client(server->address());

  client.Send(Head("Content-Length: 100000\r\n"));
  while (!client.IsReadableWithin(absl::Milliseconds(5))) client.Send("a");

  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST(HttpServer, ClosesIdleConnectionsWithoutAWord) {
  const auto server = Serve(Echo, {.idle_timeout = kShort});
  RawSocket fresh(server->address());
  RawSocket used(server->address());

  used.Send(kGet);
  EXPECT_THAT(used.ReadResponse(), StartsWith("HTTP/1.1 200"));

  EXPECT_EQ(fresh.ReadToEnd(), "");
  EXPECT_EQ(used.ReadToEnd(), "");
}

TEST(HttpServer, WaitsForTheHandlerHoweverLong) {
  Held held({.header_timeout = kShort, .body_timeout = kShort, .idle_timeout = kShort});
  RawSocket waiting = held.Connect();
  waiting.Send(kGet);
  const Exchange exchange = held.exchanges.Take();

  RawSocket idle = held.Connect();
  EXPECT_EQ(idle.ReadToEnd(), "");  // Every time limit has passed.
  exchange->Respond(Text("at last"));

  EXPECT_THAT(waiting.ReadResponse(), EndsWith("at last"));
}

TEST(HttpServer, ClosesAThousandSilentConnectionsOnTime) {
  AllowManyFiles();
  const auto server = Serve(Echo, {.idle_timeout = absl::Milliseconds(500)});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 1000; ++i) clients.emplace_back(server->address());

  for (RawSocket& client : clients) EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServer, CutsOffAClientThatReadsNothing) {
  Held held({.write_timeout = kShort});
  RawSocket client = held.Connect(4 << 10);
  client.Send(kGet);
  Mailbox<bool> gone;

  // More than the kernel takes.
  const auto stream = held.exchanges.Take()->Stream({});
  stream->OnGone(Notify(gone));
  for (int i = 0; i < 200 && gone.size() == 0; ++i) {
    if (!stream->Write(absl::Cord(std::string(64 << 10, 'x')))) break;
  }

  gone.Take();
}

// --- Limits
// ---------------------------------------------------------------------------------------

TEST(HttpServer, ClosesConnectionsBeyondTheLimit) {
  Held held({.max_connections = 2});
  RawSocket first = held.Connect();
  RawSocket second = held.Connect();
  first.Send(kGet);
  second.Send(kGet);
  held.exchanges.WaitForCount(2);
  EXPECT_EQ(held.server->connections(), 2u);

  EXPECT_EQ(held.Connect().ReadToEnd(), "");

  held.exchanges.Take()->Respond(Text("served"));
  held.exchanges.Take()->Respond(Text("served"));
  EXPECT_THAT(first.ReadResponse(), EndsWith("served"));
}

TEST(HttpServer, AcceptsAgainWhenFileDescriptorsAreFree) {
  const auto server = Serve(Echo, {.threads = 1});
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  RawSocket waiting(server->address());
  waiting.Send(kGet);
  EXPECT_THAT(waiting.ReadResponse(), StartsWith("HTTP/1.1 200"));

  // This connection's own descriptor is the last one there is.
  const int next = dup(0);
  ASSERT_GE(next, 0);
  close(next);
  const rlimit none_left = {.rlim_cur = static_cast<rlim_t>(next + 1), .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none_left), 0);
  RawSocket client(server->address());
  client.Send(kGet);
  EXPECT_FALSE(client.IsReadableWithin(absl::Milliseconds(50)));

  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 200"));
}

// --- Clients that go away
// -------------------------------------------------------------------------

TEST(HttpServer, SaysThatTheClientClosed) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const Exchange exchange = held.exchanges.Take();
  Mailbox<bool> gone;
  exchange->OnGone(Notify(gone));
  exchange->OnGone(Notify(gone));

  client.Close();

  gone.WaitForCount(2);
  exchange->OnGone(Notify(gone));  // At once.
  EXPECT_EQ(gone.size(), 3u);
  exchange->Respond(Text("nobody reads this"));
}

TEST(HttpServer, SaysThatTheClientReset) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const Exchange exchange = held.exchanges.Take();
  Mailbox<bool> gone;
  exchange->OnGone(Notify(gone));

  client.Reset();

  gone.Take();
}

TEST(HttpServer, SeesTheClientGoBehindAPipelinedRequest) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const Exchange exchange = held.exchanges.Take();
  Mailbox<bool> gone;
  exchange->OnGone(Notify(gone));

  client.Send(kGet);
  client.Reset();

  gone.Take();
}

TEST(HttpServer, SaysNothingOfAClientThatLeavesWithItsAnswer) {
  Held held;
  Mailbox<bool> gone;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const Exchange exchange = held.exchanges.Take();
  exchange->OnGone(Notify(gone));
  exchange->Respond(Text("here"));
  EXPECT_THAT(client.ReadResponse(), EndsWith("here"));

  client.Close();
  held.server->Shutdown(absl::InfiniteFuture());  // Returns when the connection is closed.

  EXPECT_EQ(gone.size(), 0u);
}

// --- Streams
// --------------------------------------------------------------------------------------

TEST(HttpServer, AbortingAStreamLeavesItWithoutAnEnd) {
  const auto server = Serve(
      [](const Exchange& exchange) { exchange->Stream({.body = absl::Cord("first")})->Abort(); });
  RawSocket client(server->address());

  client.Send(kGet);

  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\n5\r\nfirst\r\n"));
}

TEST(HttpServer, AbortingAnExchangeAnswersNothing) {
  const auto server = Serve([](const Exchange& exchange) { exchange->Abort(); });
  RawSocket client(server->address());

  client.Send(kGet);

  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServer, StreamsChunks) {
  Held held;
  RawSocket client = held.Connect();

  client.Send(kGet);
  const auto stream = held.exchanges.Take()->Stream(
      {.headers = {{"Content-Type", "text/event-stream"}}, .body = absl::Cord("first")});
  EXPECT_THAT(client.ReadUntil("first\r\n"),
              AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"), Not(HasSubstr("Content-Length")),
                    EndsWith("\r\n\r\n5\r\nfirst\r\n")));
  EXPECT_TRUE(stream->Write(absl::Cord("and more of it")));
  EXPECT_EQ(client.ReadUntil("it\r\n"), "e\r\nand more of it\r\n");
  stream->Close();
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");

  EXPECT_FALSE(stream->Write(absl::Cord("late")));
  client.Send(kGet);
  held.exchanges.Take()->Respond({.status = 202});
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 202 Accepted\r\n"));
}

TEST(HttpServer, StreamsFromInsideTheHandler) {
  const auto server = Serve([](const Exchange& exchange) {
    const auto stream = exchange->Stream({.body = absl::Cord("a")});
    stream->Write(absl::Cord("b"));
    stream->Write(absl::Cord("c"));
  });
  RawSocket client(server->address());

  client.Send(absl::StrCat(kGet, kGet));

  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(client.ReadUntil("0\r\n\r\n"),
                EndsWith("\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"));
  }
}

TEST(HttpServer, StreamsToHttp10UntilTheEnd) {
  Held held;
  RawSocket client = held.Connect();
  client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  auto stream = held.exchanges.Take()->Stream({.body = absl::Cord("a")});
  stream->Write(absl::Cord("b"));
  stream.reset();

  EXPECT_THAT(client.ReadToEnd(),
              AllOf(Not(HasSubstr("Transfer-Encoding")), HasSubstr("Connection: close\r\n"),
                    EndsWith("\r\n\r\nab")));
}

TEST(HttpServer, EndsAStreamForAHeadRequestAtOnce) {
  Held held;
  RawSocket client = held.Connect();
  Mailbox<bool> gone;
  client.Send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");

  const auto stream = held.exchanges.Take()->Stream({.body = absl::Cord("a")});
  stream->OnGone(Notify(gone));
  gone.Take();
  client.Send(kGet);
  held.exchanges.Take()->Respond(Text("next"));

  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(client.ReadResponse(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("next")));
}

TEST(HttpServer, SaysThatTheReaderOfAStreamWentAway) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const auto stream = held.exchanges.Take()->Stream({.body = absl::Cord("a")});
  Mailbox<bool> gone;
  stream->OnGone(Notify(gone));
  client.ReadUntil("a\r\n");

  client.Close();

  gone.Take();
  EXPECT_FALSE(stream->Write(absl::Cord("b")));
  stream->OnGone(Notify(gone));  // At once.
  EXPECT_EQ(gone.size(), 1u);
}

TEST(HttpServer, CutsOffASlowReaderOfAStream) {
  Held held({.max_queued_bytes = 100'000});
  RawSocket client = held.Connect(4 << 10);
  client.Send(kGet);
  const auto stream = held.exchanges.Take()->Stream({});
  Mailbox<bool> gone;
  stream->OnGone(Notify(gone));

  int written = 0;
  while (stream->Write(absl::Cord(std::string(10'000, 'x')))) ASSERT_LT(++written, 10'000);

  EXPECT_GE(written, 9);
  gone.Take();
  EXPECT_FALSE(stream->Write(absl::Cord("y")));
  EXPECT_THAT(client.ReadToEnd(), Not(EndsWith("0\r\n\r\n")));
}

TEST(HttpServer, StreamsMoreThanItQueuesToAReaderThatKeepsUp) {
  Held held({.max_queued_bytes = 30'000});
  RawSocket client = held.Connect();
  client.Send(kGet);
  const auto stream = held.exchanges.Take()->Stream({});
  client.ReadUntil("\r\n\r\n");

  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(stream->Write(absl::Cord(std::string(9'999, 'x') + "|")));
    client.ReadUntil("|\r\n");
  }
}

TEST(HttpServer, ReadsThePipelinedRequestAfterAStream) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(absl::StrCat(kGet, kGet));
  held.exchanges.Take()->Stream({.body = absl::Cord("stream")})->Close();

  held.exchanges.Take()->Respond(Text("next"));

  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("stream"));
  EXPECT_THAT(client.ReadResponse(), EndsWith("next"));
}

// --- Start and end
// --------------------------------------------------------------------------------

TEST(HttpServer, RefusesAPortThatAnotherServerHas) {
  const auto first = Serve(Echo);

  const auto second = HttpServer::Start({.listen = first->address(), .threads = 2}, Echo);

  EXPECT_THAT(second, HasReason("ADDRESS_UNUSABLE"));
  EXPECT_THAT(second.status().message(), AllOf(HasSubstr(first->address()), HasSubstr("in use")));
}

TEST(HttpServer, TakesAPortAgainThatWasJustLeft) {
  auto first = Serve(Echo);
  const std::string address = first->address();
  RawSocket client(address);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  client.ReadToEnd();
  first = nullptr;

  const auto second = Serve(Echo, {.listen = address});

  EXPECT_EQ(second->address(), address);
}

TEST(HttpServer, ListensOnIpv6AndByTheNameOfLocalhost) {
  const auto v6 = HttpServer::Start({.listen = "[::1]:0", .threads = 1}, Echo);
  if (v6.ok()) {  // Not every machine has it.
    EXPECT_THAT((*v6)->address(), StartsWith("[::1]:"));
  }

  EXPECT_THAT(Serve(Echo, {.listen = "localhost:0"})->address(), StartsWith("127.0.0.1:"));
}

TEST(HttpServer, RefusesWhatIsNoAddress) {
  for (const char* listen :
       {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000",
        "127.0.0.1:-1", "::1:80", "[127.0.0.1]:80", "host.example:80"}) {
    EXPECT_THAT(HttpServer::Start({.listen = listen}, Echo), HasReason("FIELD_INVALID")) << listen;
  }
  EXPECT_THAT(HttpServer::Start({.listen = "192.0.2.1:0"}, Echo), HasReason("ADDRESS_UNUSABLE"));
}

TEST(HttpServer, ServesFromEveryThread) {
  Held held({.threads = 3});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(held.Connect());
    clients.back().Send(kGet);
  }
  held.exchanges.WaitForCount(64);
  for (int i = 0; i < 64; ++i) held.exchanges.Take()->Respond(Text("served"));

  for (RawSocket& client : clients) EXPECT_THAT(client.ReadResponse(), EndsWith("served"));
}

TEST(HttpServer, ShutdownLetsWhatIsUnderWayFinish) {
  Held held;
  RawSocket idle = held.Connect();
  RawSocket busy = held.Connect();
  RawSocket streaming = held.Connect();
  idle.Send(kGet);
  held.exchanges.Take()->Respond({});
  idle.ReadResponse();
  streaming.Send(kGet);
  const auto stream = held.exchanges.Take()->Stream({.body = absl::Cord("event")});
  streaming.ReadUntil("event\r\n");
  busy.Send(kGet);
  Exchange exchange = held.exchanges.Take();

  std::thread shutdown([&] { held.server->Shutdown(absl::InfiniteFuture()); });

  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_TRUE(stream->Write(absl::Cord("last")));
  stream->Close();
  EXPECT_EQ(streaming.ReadToEnd(), "4\r\nlast\r\n0\r\n\r\n");
  streaming.Close();
  const auto late = exchange->Stream({.body = absl::Cord("in ")});
  exchange = nullptr;
  EXPECT_THAT(busy.ReadUntil("in \r\n"), HasSubstr("Connection: close\r\n"));
  late->Write(absl::Cord("peace"));
  late->Close();
  EXPECT_EQ(busy.ReadToEnd(), "5\r\npeace\r\n0\r\n\r\n");
  busy.Close();
  idle.Close();
  shutdown.join();
  EXPECT_EQ(held.server->connections(), 0u);
  held.server->Shutdown(absl::InfiniteFuture());  // Again, of no effect.
}

TEST(HttpServer, SendsClientsElsewhereWithTheirNextAnswer) {
  const auto server = Serve(Echo);
  RawSocket idle(server->address());
  RawSocket asking(server->address());
  asking.Send(kGet);
  EXPECT_THAT(asking.ReadResponse(), Not(HasSubstr("Connection:")));

  server->StopKeepingAlive();

  asking.Send(kGet);
  EXPECT_THAT(asking.ReadToEnd(),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Connection: close\r\n"),
                    EndsWith("GET /a ?b=c ")));
  RawSocket late(server->address());
  for (RawSocket* client : {&idle, &late}) {
    client->Send(kGet);
    EXPECT_THAT(client->ReadToEnd(), HasSubstr("Connection: close\r\n"));
  }
}

TEST(HttpServer, ShutdownCutsOffStreamsAtTheDeadline) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const auto stream = held.exchanges.Take()->Stream({.body = absl::Cord("event")});
  Mailbox<bool> gone;
  stream->OnGone(Notify(gone));

  held.server->Shutdown(absl::Now() + kShort);

  EXPECT_EQ(gone.size(), 1u);
  EXPECT_THAT(client.ReadToEnd(), EndsWith("event\r\n"));
}

TEST(HttpServer, ShutdownCutsOffWhatIsLeftAtTheDeadline) {
  Held held;
  RawSocket client = held.Connect();
  client.Send(kGet);
  const Exchange exchange = held.exchanges.Take();
  Mailbox<bool> gone;
  exchange->OnGone(Notify(gone));

  held.server->Shutdown(absl::Now() + kShort);

  EXPECT_EQ(gone.size(), 1u);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServer, AnswersARequestThatArrivedBeforeTheShutdown) {
  // The one I/O thread waits in a handler while requests arrive on connections old and new.
  Mailbox<bool> entered;
  Mailbox<bool> leave;
  std::atomic<int> served = 0;
  const auto server = Serve(
      [&](const Exchange& exchange) {
        if (served++ == 1) {
          entered.Put(true);
          leave.Take();
        }
        exchange->Respond(Text("served"));
      },
      {.threads = 1});
  RawSocket old(server->address());
  old.Send(kGet);
  old.ReadResponse();
  RawSocket blocking(server->address());
  blocking.Send(kGet);
  entered.Take();

  old.Send(kGet);
  RawSocket fresh(server->address());
  fresh.Send(kGet);
  std::thread shutdown([&] { server->Shutdown(absl::InfiniteFuture()); });
  leave.Put(true);

  for (RawSocket* client : {&blocking, &old, &fresh}) {
    EXPECT_THAT(client->ReadToEnd(), EndsWith("served"));
    client->Close();
  }
  shutdown.join();
}

TEST(HttpServer, AnswersAfterItsEndAreOfNoEffect) {
  Held held;
  std::vector<RawSocket> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(held.Connect());
    clients.back().Send(kGet);
  }
  const Exchange answered = held.exchanges.Take();
  const Exchange streamed = held.exchanges.Take();
  Exchange dropped = held.exchanges.Take();

  held.server = nullptr;

  Mailbox<bool> gone;
  answered->OnGone(Notify(gone));
  EXPECT_EQ(gone.size(), 1u);
  answered->Respond(Text("late"));
  const auto stream = streamed->Stream({.body = absl::Cord("late")});
  stream->OnGone(Notify(gone));
  EXPECT_EQ(gone.size(), 2u);
  EXPECT_FALSE(stream->Write(absl::Cord("later")));
  dropped = nullptr;
  for (RawSocket& client : clients) EXPECT_THAT(client.ReadToEnd(), IsEmpty());
}

// For the sanitizers: everything at once.
TEST(HttpServer, StandsClientsThatComeAndGo) {
  Held held({.threads = 2, .max_queued_bytes = 10'000});
  std::atomic<bool> stop = false;
  std::vector<std::thread> handlers;
  for (int i = 0; i < 3; ++i) {
    handlers.emplace_back([&] {
      for (int n = 0; !stop; ++n) {
        const Exchange exchange = held.exchanges.Take();
        auto count = std::make_shared<std::atomic<int>>(0);
        exchange->OnGone([count] { ++*count; });
        if (exchange->request().path == "/stop") {
          exchange->Respond(Text("bye"));
          return;
        }
        if (n % 3 == 0) {
          const auto stream = exchange->Stream({});
          stream->OnGone([count] { ++*count; });
          for (int k = 0; k < 5; ++k) stream->Write(absl::Cord(std::string(1000, 'x')));
        } else if (n % 3 == 1) {
          exchange->Respond(Text(std::string(100'000, 'y')));
        }
      }
    });
  }

  std::vector<std::thread> crowds;
  for (int i = 0; i < 4; ++i) {
    crowds.emplace_back([&, i] {
      for (int n = 0; n < 100; ++n) {
        RawSocket client = held.Connect();
        client.Send(absl::StrCat(kGet, kGet));
        if ((n + i) % 3 == 0) client.Reset();
        if ((n + i) % 3 == 1) client.ReadUntil("\r\n\r\n");
      }
    });
  }
  for (std::thread& crowd : crowds) crowd.join();
  for (size_t i = 0; i < handlers.size(); ++i) {
    RawSocket client = held.Connect();
    client.Send("GET /stop HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.ReadToEnd(), EndsWith("bye"));
  }
  for (std::thread& handler : handlers) handler.join();
  held.server->Shutdown(absl::Now() + absl::Seconds(5));
  EXPECT_EQ(held.server->connections(), 0u);
}

}  // namespace
}  // namespace mesh::net
