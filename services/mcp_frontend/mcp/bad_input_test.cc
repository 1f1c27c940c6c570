// What strangers send to the protocol over real connections: nothing of it ends the server, is
// answered as if it were a request, or is waited for without end.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/net/http_server.h"
#include "common/net/raw_socket.h"
#include "services/mcp_frontend/mcp/fake_tenant.h"
#include "services/mcp_frontend/mcp/streamable_http.h"

namespace mesh::mcp {
namespace {

using net::RawSocket;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kBody[] =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"é"}}})";

std::string Post(absl::string_view body, absl::string_view more_headers = "") {
  return absl::StrCat("POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
                      more_headers, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

class BadInput : public testing::Test {
 protected:
  // One I/O thread, which is also the tenant's.
  explicit BadInput(net::HttpServerOptions options = {}) {
    options.threads = 1;
    auto started = net::HttpServer::Start(
        std::move(options), [this](std::shared_ptr<net::HttpExchange> exchange) {
          http_.Handle({.exchange = std::move(exchange), .tenant = tenant_, .observer = observer_});
        });
    EXPECT_THAT(started.status(), IsOk());
    server_ = *std::move(started);
  }

  ~BadInput() override {
    server_->Shutdown(absl::InfinitePast());
    protocol_.Close();
  }

  RawSocket Connect() { return RawSocket(server_->address()); }

  // The answer to a request of its own connection.
  std::string Answer(absl::string_view request) {
    RawSocket client = Connect();
    client.Send(request);
    return client.ReadResponse();
  }

  void ExpectStillServes() {
    EXPECT_THAT(Answer(Post(kBody)), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"result\"")));
  }

  Protocol protocol_{{.name = "n", .title = "t", .version = "1"}, {}};
  StreamableHttp http_{protocol_};
  std::shared_ptr<FakeTenant> tenant_ = std::make_shared<FakeTenant>();
  std::shared_ptr<FakeObserver> observer_ = std::make_shared<FakeObserver>();
  std::unique_ptr<net::HttpServer> server_;
};

TEST_F(BadInput, ARequestThatBreaksOffAfterAnyByteIsNeverServed) {
  const std::string request = Post(kBody);
  for (size_t size = 0; size < request.size(); ++size) {
    for (const bool reset : {false, true}) {
      RawSocket client = Connect();
      client.Send(request.substr(0, size));
      if (reset) {
        client.Reset();
      } else {
        client.CloseSend();
        EXPECT_EQ(client.ReadToEnd(), "") << size;
      }
    }
  }
  ExpectStillServes();
  EXPECT_EQ(tenant_->calls.size(), 1u);
}

TEST_F(BadInput, AnAnswerWhoseReaderLeavesAfterAnyByteHurtsNobody) {
  const std::string request =
      Post(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"progress",)"
           R"("_meta":{"progressToken":1}}})");
  const size_t answer = Answer(Post(kBody)).size();
  for (size_t size = 0; size < answer; ++size) {
    RawSocket client = Connect();
    client.Send(size % 2 == 0 ? request : Post(kBody));
    if (size > 0) client.ReadUntil(std::string(1, "HTTP/1.1 "[size % 9]));
    client.Reset();
  }
  ExpectStillServes();
}

TEST_F(BadInput, ABodyThatIsCutAtAnyByteIs400And32700) {
  const std::string body = kBody;
  RawSocket client = Connect();
  for (size_t size = 0; size < body.size(); ++size) {
    client.Send(Post(body.substr(0, size)));
    EXPECT_THAT(client.ReadResponse(), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("-32700")))
        << size;
  }
  EXPECT_TRUE(tenant_->calls.empty());
}

TEST_F(BadInput, AHeadOf10MegabytesIs431InWhateverFormItComes) {
  const std::string large(10 << 20, 'x');
  std::string many;
  while (many.size() < large.size()) absl::StrAppend(&many, "X-", many.size(), ": y\r\n");
  for (const std::string& request :
       {Post(kBody, absl::StrCat("X-Large: ", large, "\r\n")), Post(kBody, many),
        absl::StrCat("POST /mcp/", large, " HTTP/1.1\r\nHost: x\r\n\r\n"), large}) {
    RawSocket client = Connect();
    client.Send(request);  // Until the server stops reading.
    const std::string answer = client.ReadToEnd();
    EXPECT_THAT(answer, AnyOf("", StartsWith("HTTP/1.1 431"), StartsWith("HTTP/1.1 400")));
  }
  ExpectStillServes();
}

TEST_F(BadInput, ABodyOf10MegabytesIs413) {
  RawSocket client = Connect();
  client.Send(Post(std::string(10 << 20, '[')));
  EXPECT_THAT(client.ReadToEnd(), AnyOf("", StartsWith("HTTP/1.1 413")));
  EXPECT_THAT(Answer("POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(BadInput, DeepJsonIs400AtOnce) {
  const std::string objects = [] {
    std::string text;
    for (int i = 0; i < 40'000; ++i) text += "{\"a\":";
    return text;
  }();
  const absl::Time begun = absl::Now();
  for (const std::string& deep :
       {std::string(250'000, '['), std::string(125'000, '[') + std::string(125'000, ']'), objects,
        absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)", objects)}) {
    EXPECT_THAT(Answer(Post(deep)), StartsWith("HTTP/1.1 400"));
  }
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
  ExpectStillServes();
}

TEST_F(BadInput, InvalidUtf8Is400WhereverItStands) {
  for (const char* bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3"}) {
    for (const std::string& body :
         {absl::StrCat(R"({"jsonrpc":"2.0","id":")", bytes, R"(","method":"ping"})"),
          absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":")", bytes, R"("})"),
          absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t",)",
                       R"("arguments":{"a":")", bytes, R"("}}})"),
          absl::StrCat(R"({"jsonrpc":"2.0",")", bytes, R"(":1,"id":1,"method":"ping"})"),
          std::string(bytes)}) {
      EXPECT_THAT(Answer(Post(body)), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("-32700")))
          << body;
    }
  }
  EXPECT_TRUE(tenant_->calls.empty());
}

TEST_F(BadInput, AKeyThatComesTwiceIsRefusedWhereItIsRead) {
  for (const char* body :
       {R"({"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"})",
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","name":"u"}})",
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"},"params":{}})"}) {
    EXPECT_THAT(Answer(Post(body)), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("-32600"))) << body;
  }
  EXPECT_TRUE(tenant_->calls.empty());
}

TEST_F(BadInput, PipelinedRequestsAreAnsweredInOrderUpToTheFirstThatIsNone) {
  std::string requests;
  for (int id = 0; id < 100; ++id) {
    absl::StrAppend(&requests, Post(id % 10 == 3 ? std::string("{")
                                                 : absl::StrCat(R"({"jsonrpc":"2.0","id":)", id,
                                                                R"(,"method":"ping"})")));
  }
  absl::StrAppend(&requests, "POST /mcp HTTP/1.1\r\n\r\n", Post(kBody));
  RawSocket client = Connect();
  client.Send(requests);
  for (int id = 0; id < 100; ++id) {
    const std::string answer = client.ReadResponse();
    if (id % 10 == 3) {
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << id;
    } else {
      EXPECT_THAT(answer, HasSubstr(absl::StrCat("\"id\":", id))) << id;
    }
  }
  const std::string last = client.ReadToEnd();
  EXPECT_THAT(last, StartsWith("HTTP/1.1 400"));
  EXPECT_FALSE(absl::StrContains(last, "HTTP/1.1 200"));
}

class ImpatientServer : public BadInput {
 protected:
  ImpatientServer()
      : BadInput(
            {.header_timeout = absl::Milliseconds(200), .body_timeout = absl::Milliseconds(200)}) {}
};

TEST_F(ImpatientServer, AHundredSlowlorisClientsAreCutOffWhileOthersAreServed) {
  const std::string request = Post(kBody);
  std::vector<RawSocket> heads;
  std::vector<RawSocket> bodies;
  for (int i = 0; i < 50; ++i) {
    heads.push_back(Connect());
    heads.back().Send(request.substr(0, 10));
    bodies.push_back(Connect());
    bodies.back().Send(request.substr(0, request.size() - 10));
  }
  // Each goes on, byte by byte, but none comes to its end in time.
  const absl::Time begun = absl::Now();
  for (int i = 0; i < 5; ++i) {
    for (RawSocket& client : heads) client.Send(request.substr(10 + static_cast<size_t>(i), 1));
    for (RawSocket& client : bodies) client.Send("\"");
    ExpectStillServes();
  }

  for (std::vector<RawSocket>* clients : {&heads, &bodies}) {
    for (RawSocket& client : *clients) {
      EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408"));
    }
  }
  EXPECT_LT(absl::Now() - begun, absl::Seconds(9));
}

}  // namespace
}  // namespace mesh::mcp
