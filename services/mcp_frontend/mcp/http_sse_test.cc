// The older transport: a stream, and messages beside it.
#include "services/mcp_frontend/mcp/http_sse.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/net/fake_http_exchange.h"
#include "services/mcp_frontend/mcp/fake_tenant.h"

namespace mesh::mcp {
namespace {

using net::FakeHttpExchange;
using net::ServerResponse;
using nlohmann::json;

// A client's end of one session.
struct Client {
  std::shared_ptr<FakeHttpExchange> stream = {};
  std::string endpoint = {};

  absl::string_view session_id() const {
    absl::string_view id = endpoint;
    id.remove_prefix(id.find("?session_id=") + 12);
    return id;
  }

  // The messages so far, behind the endpoint.
  std::vector<json> Messages() const {
    std::vector<json> messages;
    for (absl::string_view event : absl::StrSplit(stream->Streamed(), "\n\n", absl::SkipEmpty())) {
      if (absl::ConsumePrefix(&event, "event: message\ndata: ")) {
        messages.push_back(json::parse(std::string(event)));
      }
    }
    return messages;
  }
};

class HttpSseTest : public testing::Test {
 protected:
  ~HttpSseTest() override {
    // What holds sessions goes before the transport.
    tenant_->held.clear();
    protocol_.Close();
  }

  class FakeLease final : public Lease {
   public:
    void Check(Checked checked) override { std::move(checked)(standing); }
    std::atomic<Standing> standing = Standing::kSame;
  };

  mcp::Post PostOf(std::shared_ptr<FakeHttpExchange> exchange) {
    return {
        .exchange = std::move(exchange), .tenant = tenant_, .observer = observer_, .lease = lease_};
  }

  Client Connect() {
    Client client{.stream = std::make_shared<FakeHttpExchange>(
                      net::ServerRequest{.method = "GET", .path = "/sse/x"})};
    exchanges_.push_back(client.stream);
    transport_.Open(PostOf(client.stream), "https://mcp.example.com/messages/x");
    std::string first = client.stream->Streamed();
    first = first.substr(0, first.find("\n\n"));
    EXPECT_TRUE(absl::StartsWith(first, "event: endpoint\ndata: ")) << first;
    client.endpoint = first.substr(first.find("data: ") + 6);
    return client;
  }

  ServerResponse Send(absl::string_view session_id, absl::string_view body,
                      const char* type = "application/json") {
    const auto exchange =
        std::make_shared<FakeHttpExchange>(net::ServerRequest{.method = "POST",
                                                              .path = "/messages/x",
                                                              .headers = {{"Content-Type", type}},
                                                              .body = std::string(body)});
    transport_.Receive(PostOf(exchange), transport_.Find(session_id, tenant_->id()).session);
    const auto answer = exchange->Answer();
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(ServerResponse{.status = 0});
  }

  static std::string Request(int id, absl::string_view method, absl::string_view params = "{}") {
    return absl::StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":")", method, R"(","params":)",
                        params, "}");
  }

  // Longer than the streams, which refer to them.
  std::vector<std::shared_ptr<FakeHttpExchange>> exchanges_;
  std::shared_ptr<FakeTenant> tenant_ = std::make_shared<FakeTenant>();
  std::shared_ptr<FakeObserver> observer_ = std::make_shared<FakeObserver>();
  std::shared_ptr<FakeLease> lease_ = std::make_shared<FakeLease>();
  const Sealer sealer_ = *Sealer::Create(Secret(std::string(32, 'k')));
  Protocol protocol_{
      {.name = "n", .title = "t", .version = "1"},
      {.sealer = sealer_, .keep_alive = absl::Milliseconds(5), .recheck = absl::Milliseconds(5)}};
  HttpSse transport_{protocol_};
};

TEST_F(HttpSseTest, FirstEventTellsWhereToPostUnderThePublicUrl) {
  const Client client = Connect();
  EXPECT_TRUE(absl::StartsWith(client.endpoint, "https://mcp.example.com/messages/x?session_id="));
  EXPECT_EQ(client.session_id().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                                  "uvwxyz0123456789-_"),
            absl::string_view::npos);
}

TEST_F(HttpSseTest, PostsAre202AndAnswersComeOnTheStream) {
  const Client client = Connect();
  const ServerResponse accepted =
      Send(client.session_id(), Request(0, "initialize", R"({"protocolVersion":"2024-11-05"})"));
  EXPECT_EQ(accepted.status, 202);
  EXPECT_TRUE(accepted.body.empty());
  EXPECT_EQ(
      Send(client.session_id(), R"({"jsonrpc":"2.0","method":"notifications/initialized"})").status,
      202);
  Send(client.session_id(), Request(1, "tools/list"));
  Send(client.session_id(), Request(2, "tools/call", R"({"name":"unknown"})"));

  const std::vector<json> messages = client.Messages();
  ASSERT_EQ(messages.size(), 3);
  EXPECT_EQ(messages[0]["id"], 0);
  EXPECT_EQ(messages[0]["result"]["protocolVersion"], "2024-11-05");
  EXPECT_EQ(messages[0]["result"]["capabilities"]["tools"]["listChanged"], true);
  EXPECT_EQ(messages[1]["result"]["tools"].size(), 1);
  EXPECT_EQ(messages[2]["error"]["code"], -32602);
}

TEST_F(HttpSseTest, UnknownSessionIs404) {
  EXPECT_EQ(Send("nothing", Request(1, "ping")).status, 404);
  EXPECT_EQ(Send("", Request(1, "ping")).status, 404);
  const Client client = Connect();
  client.stream->Leave();
  EXPECT_EQ(Send(client.session_id(), Request(1, "ping")).status, 404);
}

TEST_F(HttpSseTest, SessionOfAnotherTenantIs404) {
  const Client client = Connect();
  tenant_->name = "another";
  EXPECT_EQ(Send(client.session_id(), Request(1, "ping")).status, 404);
}

TEST_F(HttpSseTest, SessionTellsTheOtherReplicasSealedWhichOneHoldsIt) {
  transport_.NameReplica("10.0.0.1:50053");
  const Client client = Connect();
  const std::string id(client.session_id());
  Protocol same_key({}, {.sealer = sealer_});
  HttpSse other(same_key);
  other.NameReplica("10.0.0.2:50053");

  const HttpSse::Place here = transport_.Find(id, "tenant");
  const HttpSse::Place there = other.Find(id, "tenant");

  EXPECT_EQ(here.replica, "");
  EXPECT_EQ(there.replica, "10.0.0.1:50053");
  EXPECT_EQ(there.session, here.session);
  EXPECT_FALSE(absl::StrContains(id, here.session));
  EXPECT_EQ(Send(id, Request(1, "ping")).status, 202);
}

TEST_F(HttpSseTest, SessionOfAReplicaOpensForNoOtherTenantAndUnderNoOtherKey) {
  transport_.NameReplica("10.0.0.1:50053");
  const Client client = Connect();
  std::string forged(client.session_id());
  Protocol other_key({}, {});
  HttpSse other(other_key);
  other.NameReplica("10.0.0.2:50053");

  EXPECT_EQ(transport_.Find(client.session_id(), "another").session, "");
  EXPECT_EQ(other.Find(client.session_id(), "tenant").replica, "");
  EXPECT_EQ(other.Find(client.session_id(), "tenant").session, "");
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  for (const char* id : {"", "sse_x", "!", forged.c_str()}) {
    EXPECT_EQ(Send(id, Request(1, "ping")).status, 404) << id;
  }
}

TEST_F(HttpSseTest, SessionThatAReplicaWithoutANameDoesNotKnowIs404) {
  HttpSse other(protocol_);
  const auto stream = std::make_shared<FakeHttpExchange>(net::ServerRequest{});
  other.Open(PostOf(stream), "/messages/x");
  const std::string first = stream->Streamed();
  const std::string id = first.substr(first.find("session_id=") + 11);
  EXPECT_EQ(Send(id.substr(0, id.find('\n')), Request(1, "ping")).status, 404);
  protocol_.Close();
}

TEST_F(HttpSseTest, WhatIsNoMessageIsRefusedOnThePost) {
  const Client client = Connect();
  EXPECT_EQ(Send(client.session_id(), "{").status, 400);
  EXPECT_EQ(Send(client.session_id(), R"({"jsonrpc":"2.0","id":null,"method":"ping"})").status,
            400);
  EXPECT_EQ(Send(client.session_id(), Request(1, "ping"), "text/plain").status, 415);
  EXPECT_TRUE(client.Messages().empty());
}

TEST_F(HttpSseTest, TellsOfChanges) {
  const Client client = Connect();
  Send(client.session_id(), Request(1, "resources/subscribe", R"({"uri":"u:r"})"));
  protocol_.listeners().Tell("tenant", Change::Everything());
  Send(client.session_id(), Request(2, "resources/unsubscribe", R"({"uri":"u:r"})"));
  protocol_.listeners().Tell("tenant", {.contents = true});

  std::vector<std::string> methods;
  for (const json& message : client.Messages()) methods.push_back(message.value("method", ""));
  EXPECT_THAT(methods, testing::ElementsAre("", "notifications/tools/list_changed",
                                            "notifications/prompts/list_changed",
                                            "notifications/resources/list_changed",
                                            "notifications/resources/updated", ""));
}

TEST_F(HttpSseTest, LogsFromTheLevelThatTheSessionHasSet) {
  const Client client = Connect();
  Send(client.session_id(), Request(1, "logging/setLevel", R"({"level":"error"})"));
  Send(client.session_id(), Request(2, "tools/call", R"({"name":"log"})"));
  Send(client.session_id(), Request(3, "logging/setLevel", R"({"level":"info"})"));
  Send(client.session_id(), Request(4, "tools/call", R"({"name":"log"})"));
  const std::vector<json> messages = client.Messages();
  ASSERT_EQ(messages.size(), 5);
  EXPECT_EQ(messages[3]["method"], "notifications/message");
}

TEST_F(HttpSseTest, AsksTheClientAndGoesOnWithItsReply) {
  const Client client = Connect();
  Send(client.session_id(), Request(1, "tools/call", R"({"name":"ask"})"));
  const json asked = client.Messages().at(0);
  EXPECT_EQ(asked["method"], "elicitation/create");
  const json reply = {{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", {{"action", "accept"}}}};
  EXPECT_EQ(Send(client.session_id(), reply.dump()).status, 202);
  EXPECT_EQ(client.Messages().at(1)["id"], 1);
}

TEST_F(HttpSseTest, CancelledCallHasNoAnswer) {
  tenant_->hold = true;
  const Client client = Connect();
  const Client other = Connect();
  Send(client.session_id(), Request(1, "tools/call", R"({"name":"t"})"));
  Send(other.session_id(), Request(1, "tools/call", R"({"name":"t"})"));

  Send(client.session_id(),
       R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");

  EXPECT_EQ(tenant_->cancelled, 1);
  for (auto& answer : tenant_->held) answer();
  EXPECT_TRUE(client.Messages().empty());
  EXPECT_EQ(other.Messages().size(), 1);
}

TEST_F(HttpSseTest, LeavingCancelsWhatIsUnderWay) {
  tenant_->hold = true;
  const Client client = Connect();
  Send(client.session_id(), Request(1, "tools/call", R"({"name":"t"})"));
  client.stream->Leave();
  EXPECT_EQ(tenant_->cancelled, 1);
  EXPECT_EQ(transport_.size(), 1);  // Until the call has ended.
  tenant_->held[0]();
  tenant_->held.clear();
  EXPECT_EQ(transport_.size(), 0);
}

TEST_F(HttpSseTest, EndsAtOnceWhenTheServerStopsWhereNothingIsUnderWay) {
  const Client client = Connect();
  protocol_.EndStreams();
  EXPECT_TRUE(client.stream->Answer().has_value());
  const Client late = Connect();
  EXPECT_TRUE(late.stream->Answer().has_value());
}

TEST_F(HttpSseTest, AnswersWhatIsUnderWayBeforeItEndsWithTheServer) {
  tenant_->hold = true;
  const Client client = Connect();
  Send(client.session_id(), Request(1, "tools/call", R"({"name":"t"})"));
  Send(client.session_id(), Request(2, "tools/call", R"({"name":"t"})"));

  protocol_.EndStreams();
  EXPECT_EQ(tenant_->cancelled, 0);
  tenant_->held[0]();
  EXPECT_FALSE(client.stream->Answer(absl::ZeroDuration()).has_value());
  tenant_->held[1]();

  EXPECT_TRUE(client.stream->Answer().has_value());
  EXPECT_EQ(client.Messages().size(), 2);
}

TEST_F(HttpSseTest, TellsClientsHowSoonToComeBack) {
  EXPECT_TRUE(absl::StrContains(Connect().stream->Streamed(), "\n\nretry: 1000\n\n"));
}

TEST_F(HttpSseTest, IsKeptAliveByComments) {
  const Client client = Connect();
  EXPECT_TRUE(client.stream->AwaitStreamed(": keepalive\n\n"));
}

TEST_F(HttpSseTest, EndsWhenTheTokenStandsForNothingAnyMore) {
  const Client client = Connect();
  lease_->standing = Lease::Standing::kEnded;
  EXPECT_TRUE(client.stream->Answer().has_value());
  EXPECT_EQ(protocol_.listeners().size(), 0);
  EXPECT_EQ(Send(client.session_id(), Request(1, "ping")).status, 404);
}

TEST_F(HttpSseTest, TellsOfEverythingWhenTheTokensRightsHaveChanged) {
  const Client client = Connect();
  lease_->standing = Lease::Standing::kChanged;
  ASSERT_TRUE(client.stream->AwaitStreamed("list_changed"));
  EXPECT_EQ(client.Messages()[0]["method"], "notifications/tools/list_changed");
}

}  // namespace
}  // namespace mesh::mcp
