#include "services/mcp_frontend/clients.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "edge/fake_services.h"

namespace mesh::frontend {
namespace {

using auth::v1::Client;
using testing::ElementsAre;

const mcp::Introduction kCursor{.name = "Cursor",
                                .version = "1.2",
                                .revision = "2025-06-18",
                                .capabilities_json = R"({"elicitation":{}})"};

class ClientsTest : public testing::Test {
 protected:
  ~ClientsTest() override {
    timer_.Stop();
    calls_.Close();
  }

  static Sender From(const std::string& address, const std::string& agent = "node") {
    net::ServerRequest request;
    request.peer_address = address;
    if (!agent.empty()) request.headers.Add("User-Agent", agent);
    return SenderOf(request);
  }

  void GotList(const Sender& sender, const mcp::Introduction& said, const std::string& digest) {
    clients_.GotList("mcp_1", sender, "legacy", clients_.Complete("mcp_1", sender, said), digest);
  }

  // `name version era revision digest` of each that has been recorded, in order.
  std::vector<std::string> Recorded(size_t count) {
    backends_.clients.AwaitClients(count);
    std::vector<std::string> shown;
    for (const Client& client : backends_.clients.recorded()) {
      shown.push_back(absl::StrCat(client.introduced() ? "" : "? ", client.name(), " ",
                                   client.version(), " ", client.era(), " ", client.revision(), " ",
                                   client.list_digest()));
    }
    return shown;
  }

  edge::FakeBackends backends_;
  std::shared_ptr<grpc::Channel> channel_ = backends_.auth();
  std::unique_ptr<auth::v1::ClientService::Stub> stub_ = auth::v1::ClientService::NewStub(channel_);
  FakeClock clock_{absl::FromUnixSeconds(1'780'000'000)};
  rpc::CallGroup calls_;
  DelayQueue timer_;
  Clients clients_{
      *stub_,
      clock_,
      calls_,
      timer_,
      {.max_remembered = 3, .collect = absl::Milliseconds(1), .retry = absl::Milliseconds(1)}};
};

TEST_F(ClientsTest, AListIsOfTheClientThatIntroducedItselfBefore) {
  clients_.Remember("mcp_1", From("10.0.0.1"), "legacy", kCursor);
  EXPECT_THAT(Recorded(1), ElementsAre("Cursor 1.2 legacy 2025-06-18 "));

  GotList(From("10.0.0.1"), {}, "d1");

  EXPECT_THAT(Recorded(2),
              ElementsAre("Cursor 1.2 legacy 2025-06-18 ", "Cursor 1.2 legacy 2025-06-18 d1"));
  EXPECT_EQ(backends_.clients.recorded()[1].user_agent(), "node");
  EXPECT_EQ(backends_.clients.recorded()[1].list_time().seconds(), 1'780'000'000);
}

TEST_F(ClientsTest, WhoIsNotRememberedIsKnownByItsUserAgent) {
  clients_.Remember("mcp_1", From("10.0.0.1"), "legacy", kCursor);
  Recorded(1);

  GotList(From("10.0.0.2"), {.revision = "2025-11-25"}, "d1");
  EXPECT_THAT(Recorded(2).back(), "? node  legacy 2025-11-25 d1");
  GotList(From("10.0.0.2", ""), {}, "d1");
  EXPECT_THAT(Recorded(3).back(), "?   legacy  d1");
  clients_.GotList("mcp_2", From("10.0.0.1"), "legacy",
                   clients_.Complete("mcp_2", From("10.0.0.1"), {}), "d1");
  EXPECT_THAT(Recorded(4).back(), "? node  legacy  d1");
}

TEST_F(ClientsTest, WhatHasNotChangedIsToldAgainAfterMinutes) {
  const Sender sender = From("10.0.0.1");
  clients_.Remember("mcp_1", sender, "legacy", kCursor);
  Recorded(1);
  GotList(sender, {}, "d1");
  Recorded(2);

  clients_.Remember("mcp_1", sender, "legacy", kCursor);
  GotList(sender, {}, "d1");
  GotList(sender, {}, "d2");
  EXPECT_EQ(Recorded(3).size(), 3u);
  EXPECT_EQ(backends_.clients.recorded()[2].list_digest(), "d2");

  clock_.Advance(absl::Minutes(5));
  GotList(sender, {}, "d2");
  EXPECT_EQ(Recorded(4).size(), 4u);
}

TEST_F(ClientsTest, WhatAuthServiceDidNotTakeIsToldLater) {
  backends_.clients.Break(StoreUnavailable("away"));
  clients_.Remember("mcp_1", From("10.0.0.1"), "legacy", kCursor);
  backends_.clients.AwaitCalls(2);
  GotList(From("10.0.0.1"), {}, "d1");
  backends_.clients.Break(absl::OkStatus());

  std::vector<std::string> recorded = Recorded(1);
  // What was on its way when the list came goes before it.
  if (recorded.back() == "Cursor 1.2 legacy 2025-06-18 ") recorded = Recorded(2);
  EXPECT_EQ(recorded.back(), "Cursor 1.2 legacy 2025-06-18 d1");
}

TEST_F(ClientsTest, RemembersThoseThatCameLast) {
  for (int i = 0; i < 5; ++i) {
    mcp::Introduction client = kCursor;
    client.name = absl::StrCat("c", i);
    clients_.Remember("mcp_1", From(absl::StrCat("10.0.0.", i)), "legacy", client);
  }
  EXPECT_EQ(clients_.Complete("mcp_1", From("10.0.0.1"), {}).name, "");
  EXPECT_EQ(clients_.Complete("mcp_1", From("10.0.0.4"), {}).name, "c4");
  EXPECT_EQ(clients_.Complete("mcp_1", From("10.0.0.4"), {}).capabilities_json,
            kCursor.capabilities_json);
  // What is said now counts.
  EXPECT_EQ(clients_.Complete("mcp_1", From("10.0.0.4"), {.revision = "2025-11-25"}).revision,
            "2025-11-25");
}

TEST_F(ClientsTest, LongAndBrokenTextIsCutToWhatCanBeKept) {
  mcp::Introduction client = kCursor;
  client.name.assign(199, 'x');
  client.name += "ü and more";
  client.version = std::string(500, '1');
  clients_.Remember("mcp_1",
                    From("10.0.0.1",
                         "ag\xFF"
                         "ent"),
                    "legacy", client);
  Recorded(1);

  const Client recorded = backends_.clients.recorded()[0];
  EXPECT_EQ(recorded.name(), std::string(199, 'x'));
  EXPECT_EQ(recorded.version().size(), 100u);
  EXPECT_EQ(recorded.user_agent(), "ag?ent");
}

TEST_F(ClientsTest, WhatWaitsIsBroughtInAtTheEnd) {
  Clients slow(*stub_, clock_, calls_, timer_, {.collect = absl::Hours(1)});
  slow.Remember("mcp_1", From("10.0.0.1"), "legacy", kCursor);

  slow.Flush(absl::Now() + absl::Seconds(10));

  EXPECT_THAT(Recorded(1), ElementsAre("Cursor 1.2 legacy 2025-06-18 "));
}

}  // namespace
}  // namespace mesh::frontend
