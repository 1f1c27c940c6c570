// The status table of the protocol, row by row, in both eras.
#include "services/mcp_frontend/mcp/streamable_http.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/net/fake_http_exchange.h"

namespace mesh::mcp {
namespace {

using net::HttpHeaders;
using net::ServerResponse;
using nlohmann::json;

// Lists one tool, and calls any: at once, or when the test says so.
class FakeTenant final : public Tenant {
 public:
  void ListTools(const Revision& revision, std::shared_ptr<Answer> answer) override {
    answer->Result(revision.Write(
        {.members = absl::Cord(R"("tools":[{"name":"t"}])"), .keep = absl::Seconds(9)}));
  }

  void CallTool(const Revision& revision, const CallContext& context, ToolCall call,
                std::shared_ptr<Answer> answer) override {
    if (call.name == "unknown") return answer->Error(InvalidParams("Unknown tool: unknown"));
    calls.push_back(std::move(call));
    contexts.push_back(context);
    answer->OnCancel([this] { ++cancelled; });
    if (hold) {
      held.push_back([&revision, answer] {
        answer->Result(revision.Write({.members = absl::Cord(R"("content":[])")}));
      });
    } else {
      answer->Result(revision.Write({.members = absl::Cord(R"("content":[])")}),
                     {{"ratelimit-remaining", "5"}});
    }
  }

  bool hold = false;
  std::vector<std::function<void()>> held;
  std::vector<ToolCall> calls;
  std::vector<CallContext> contexts;
  int cancelled = 0;
};

class Records final : public Observer {
 public:
  void SawRequest(const Message& message, const Revision& revision) override {
    seen.push_back(absl::StrCat(revision.label(), " ", message.method));
  }
  void SawRefusal(const RpcError& error) override { seen.push_back(error.label); }

  std::vector<std::string> seen;
};

constexpr char kModernMeta[] = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                               R"("io.modelcontextprotocol/clientCapabilities":{}})";

std::string Request(absl::string_view method, absl::string_view params = "{}") {
  return absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":")", method, R"(","params":)", params,
                      "}");
}

// A request of 2026-07-28. `members` stand in its params before `_meta`.
std::string ModernRequest(absl::string_view method, absl::string_view members = "") {
  return Request(method, absl::StrCat("{", members, members.empty() ? "" : ",", kModernMeta, "}"));
}

HttpHeaders ModernHeaders(absl::string_view method, absl::string_view name = "") {
  HttpHeaders headers{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", std::string(method)}};
  if (!name.empty()) headers.Add("Mcp-Name", name);
  return headers;
}

class StreamableHttpTest : public testing::Test {
 protected:
  std::shared_ptr<net::FakeHttpExchange> Begin(absl::string_view body, HttpHeaders headers = {}) {
    if (!headers.Has("content-type")) headers.Add("Content-Type", "application/json");
    auto exchange = std::make_shared<net::FakeHttpExchange>(net::ServerRequest{
        .method = "POST", .path = "/mcp/x", .headers = headers, .body = std::string(body)});
    transport_.Handle({.exchange = exchange,
                       .tenant = tenant_,
                       .observer = records_,
                       .context = {.request_id = "r", .traceparent = "of the POST"}});
    return exchange;
  }

  ServerResponse Post(absl::string_view body, HttpHeaders headers = {}) {
    std::optional<ServerResponse> answer = Begin(body, std::move(headers))->Answer();
    EXPECT_TRUE(answer.has_value()) << body;
    return std::move(answer).value_or(ServerResponse{.status = 0});
  }

  static json BodyOf(const ServerResponse& response) {
    return json::parse(std::string(response.body), nullptr, false);
  }

  // Expects an error, with nothing but JSON around it.
  void ExpectError(const ServerResponse& response, int status, int code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.headers.Get("content-type"), "application/json");
    const json body = BodyOf(response);
    ASSERT_TRUE(body.is_object()) << response.body;
    EXPECT_EQ(body["error"]["code"], code) << response.body;
    EXPECT_FALSE(body.contains("result"));
  }

  json ExpectResult(const ServerResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.Get("content-type"), "application/json");
    json body = BodyOf(response);
    EXPECT_TRUE(body.is_object() && body.contains("result")) << response.body;
    return body.is_object() ? body["result"] : json();
  }

  StreamableHttp transport_{{.name = "n", .title = "t", .version = "1", .instructions = "i"}, {}};
  std::shared_ptr<FakeTenant> tenant_ = std::make_shared<FakeTenant>();
  std::shared_ptr<Records> records_ = std::make_shared<Records>();
};

// --- Rows of both eras
// ----------------------------------------------------------------------------

TEST_F(StreamableHttpTest, RequestOkIs200AndJson) {
  EXPECT_EQ(ExpectResult(Post(Request("ping"))), json::object());
  ExpectResult(Post(ModernRequest("server/discover"), ModernHeaders("server/discover")));
}

TEST_F(StreamableHttpTest, NotificationIs202WithoutBodyAndContentType) {
  for (const HttpHeaders& headers :
       {HttpHeaders{}, HttpHeaders{{"MCP-Protocol-Version", "2025-11-25"}},
        HttpHeaders{{"MCP-Protocol-Version", "2026-07-28"}},
        HttpHeaders{{"MCP-Protocol-Version", "unheard-of"}}}) {
    const ServerResponse response =
        Post(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})",
             headers);
    EXPECT_EQ(response.status, 202);
    EXPECT_TRUE(response.body.empty());
    EXPECT_FALSE(response.headers.Has("content-type"));
  }
}

TEST_F(StreamableHttpTest, PostedResponseIs202) {
  EXPECT_EQ(Post(R"({"jsonrpc":"2.0","id":1,"result":{}})").status, 202);
  EXPECT_EQ(Post(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}})").status, 202);
}

TEST_F(StreamableHttpTest, UnparsableBodyIs400And32700) {
  ExpectError(Post("{"), 400, -32700);
  ExpectError(Post(""), 400, -32700);
}

TEST_F(StreamableHttpTest, NoJsonRpcIs400And32600) {
  ExpectError(Post("{}"), 400, -32600);
  ExpectError(Post(R"({"jsonrpc":"2.0","id":null,"method":"ping"})"), 400, -32600);
  ExpectError(Post(R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})"), 400, -32600);
  ExpectError(Post(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})"), 400, -32600);
  ExpectError(Post("[]"), 400, -32600);
}

TEST_F(StreamableHttpTest, ErrorWithoutAKnownIdHasNone) {
  EXPECT_FALSE(BodyOf(Post("{")).contains("id"));
  EXPECT_EQ(BodyOf(Post(R"({"jsonrpc":"2.0","id":"a","method":"x","params":1})"))["id"], "a");
}

TEST_F(StreamableHttpTest, OtherContentTypesAre415) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "",
                           "application/json-rpc", "text/json"}) {
    ExpectError(Post(Request("ping"), {{"Content-Type", type}}), 415, 415);
  }
  EXPECT_EQ(Post(Request("ping"), {{"Content-Type", "application/json;charset=UTF-8"}}).status,
            200);
}

TEST_F(StreamableHttpTest, AnyAcceptIsServed) {
  EXPECT_EQ(Post(Request("ping"), {{"Accept", "*/*"}}).status, 200);
  EXPECT_EQ(Post(Request("ping"), {{"Accept", "text/event-stream"}}).status, 200);
}

TEST_F(StreamableHttpTest, IdsAreEchoedInTheirType) {
  for (const char* id : {"0", "\"\"", "\"1\"", "-5", "9007199254740993"}) {
    const ServerResponse response =
        Post(absl::StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":"ping"})"));
    EXPECT_EQ(std::string(response.body),
              absl::StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"result":{}})"));
  }
}

TEST_F(StreamableHttpTest, UnknownToolIs200And32602InBothEras) {
  ExpectError(Post(Request("tools/call", R"({"name":"unknown"})")), 200, -32602);
  ExpectError(Post(ModernRequest("tools/call", R"("name":"unknown")"),
                   ModernHeaders("tools/call", "unknown")),
              200, -32602);
}

TEST_F(StreamableHttpTest, ToolCallWithoutANameIs32602) {
  ExpectError(Post(Request("tools/call")), 200, -32602);
  ExpectError(Post(Request("tools/call", R"({"name":5})")), 200, -32602);
  ExpectError(Post(ModernRequest("tools/call"), ModernHeaders("tools/call")), 200, -32602);
}

TEST_F(StreamableHttpTest, CursorThatWasNeverGivenIs32602) {
  ExpectError(Post(Request("tools/list", R"({"cursor":"x"})")), 200, -32602);
  ExpectError(Post(Request("tools/list", R"({"cursor":""})")), 200, -32602);
  ExpectResult(Post(Request("tools/list", R"({"cursor":null})")));
}

TEST_F(StreamableHttpTest, ArgumentsComeThroughInEveryForm) {
  for (const char* params :
       {R"({"name":"t"})", R"({"name":"t","arguments":null})", R"({"name":"t","arguments":""})"}) {
    ExpectResult(Post(Request("tools/call", params)));
    EXPECT_EQ(tenant_->calls.back().arguments_json, "") << params;
  }
  ExpectResult(Post(Request("tools/call", R"({"name":"t","arguments":{"b":1, "a":"ü"}})")));
  EXPECT_EQ(tenant_->calls.back().arguments_json, R"({"b":1, "a":"ü"})");
  ExpectResult(Post(Request("tools/call", R"({"name":"t","arguments":" {\"a\":1} "})")));
  EXPECT_EQ(tenant_->calls.back().arguments_json, R"({"a":1})");
  ExpectError(Post(Request("tools/call", R"({"name":"t","arguments":[]})")), 200, -32602);
  ExpectError(Post(Request("tools/call", R"({"name":"t","arguments":"x"})")), 200, -32602);
  ExpectError(Post(Request("tools/call", R"({"name":"t","arguments":7})")), 200, -32602);
}

TEST_F(StreamableHttpTest, TraceContextOfTheMessageIsNearerThanThatOfThePost) {
  constexpr char kTrace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  Post(Request("tools/call",
               absl::StrCat(R"({"name":"t","_meta":{"traceparent":")", kTrace, "\"}}")));
  EXPECT_EQ(tenant_->contexts.back().traceparent, kTrace);
  EXPECT_EQ(tenant_->contexts.back().request_id, "r");

  // What is none must not travel on in a header.
  Post(Request("tools/call", R"({"name":"t","_meta":{"traceparent":"x\r\ny: z"}})"));
  EXPECT_EQ(tenant_->contexts.back().traceparent, "of the POST");
}

TEST_F(StreamableHttpTest, HeadersOfAnAnswerTravelWithIt) {
  EXPECT_EQ(Post(Request("tools/call", R"({"name":"t"})")).headers.Get("ratelimit-remaining"), "5");
}

// --- Which era
// ------------------------------------------------------------------------------------

TEST_F(StreamableHttpTest, InitializeAnswersTheVersionAskedForOrTheNewestOfItsEra) {
  const auto negotiate = [this](const std::string& params, const HttpHeaders& headers = {}) {
    return ExpectResult(Post(Request("initialize", params), headers))["protocolVersion"];
  };
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    EXPECT_EQ(negotiate(absl::StrCat(R"({"protocolVersion":")", version, "\"}")), version);
  }
  EXPECT_EQ(negotiate(R"({"protocolVersion":"2026-07-28"})"), "2025-11-25");
  EXPECT_EQ(negotiate(R"({"protocolVersion":"1999-01-01"})"), "2025-11-25");
  EXPECT_EQ(negotiate(R"({"protocolVersion":7})"), "2025-11-25");
  EXPECT_EQ(negotiate("{}"), "2025-11-25");
  // Whatever the header says, and with the id of a session that is long gone.
  EXPECT_EQ(negotiate(R"({"protocolVersion":"2025-06-18"})",
                      {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Session-Id", "old"}}),
            "2025-06-18");
}

TEST_F(StreamableHttpTest, InitializeSaysWhoAnswersAndWhatItCan) {
  const json result = ExpectResult(Post(Request("initialize")));
  EXPECT_EQ(result["serverInfo"], json::parse(R"({"name":"n","title":"t","version":"1"})"));
  EXPECT_EQ(result["capabilities"], json::parse(R"({"tools":{}})"));
  EXPECT_EQ(result["instructions"], "i");
}

TEST_F(StreamableHttpTest, MetaMakesARequestModernEvenInitialize) {
  ExpectError(Post(ModernRequest("initialize"), ModernHeaders("initialize")), 404, -32601);
  EXPECT_EQ(records_->seen.front(), "modern initialize");
}

TEST_F(StreamableHttpTest, LegacyNeedsNoInitializeBefore) {
  EXPECT_EQ(ExpectResult(Post(Request("tools/list")))["tools"].size(), 1);
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    ExpectResult(Post(Request("tools/list"), {{"MCP-Protocol-Version", version}}));
  }
}

TEST_F(StreamableHttpTest, LegacyVersionHeaderUnknownIs400) {
  ExpectError(Post(Request("ping"), {{"MCP-Protocol-Version", "1999-01-01"}}), 400, -32602);
  ExpectError(Post(Request("ping"), {{"MCP-Protocol-Version", "2026-07-28"}}), 400, -32602);
}

TEST_F(StreamableHttpTest, LegacyUnknownMethodIs200And32601) {
  for (const char* method : {"nothing", "server/discover", "resources/list", "logging/setLevel"}) {
    ExpectError(Post(Request(method)), 200, -32601);
  }
}

// --- Batches
// --------------------------------------------------------------------------------------

constexpr char kBatch[] =
    R"([{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t"}},)"
    R"({"jsonrpc":"2.0","method":"notifications/initialized"},)"
    R"({"jsonrpc":"2.0","id":2,"method":"ping"},)"
    R"({"jsonrpc":"2.0","id":3,"method":"initialize"},7,)"
    R"({"jsonrpc":"2.0","id":4,"method":"nothing"}])";

TEST_F(StreamableHttpTest, BatchIsAnsweredInOrderWhere20250326OrNothingIsClaimed) {
  for (const HttpHeaders& headers :
       {HttpHeaders{}, HttpHeaders{{"MCP-Protocol-Version", "2025-03-26"}}}) {
    const ServerResponse response = Post(kBatch, headers);
    EXPECT_EQ(response.status, 200);
    const json body = BodyOf(response);
    ASSERT_EQ(body.size(), 5) << response.body;
    EXPECT_EQ(body[0]["id"], "a");
    EXPECT_TRUE(body[0].contains("result"));
    EXPECT_EQ(body[1]["id"], 2);
    EXPECT_EQ(body[2]["error"]["code"], -32600);  // Never initialize.
    EXPECT_EQ(body[3]["error"]["code"], -32600);
    EXPECT_EQ(body[4]["error"]["code"], -32601);
    EXPECT_EQ(response.headers.Get("ratelimit-remaining"), "5");
  }
}

TEST_F(StreamableHttpTest, BatchElsewhereIs400And32600) {
  for (const char* version : {"2025-06-18", "2025-11-25", "2026-07-28", "unknown"}) {
    ExpectError(Post(kBatch, {{"MCP-Protocol-Version", version}}), 400, -32600);
  }
}

TEST_F(StreamableHttpTest, BatchOfNotificationsIs202) {
  EXPECT_EQ(Post(R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","id":1,"result":{}}])").status,
            202);
}

TEST_F(StreamableHttpTest, BatchIsAnsweredWhenTheLastOfItIs) {
  tenant_->hold = true;
  const auto exchange =
      Begin(R"([{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}},)"
            R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"t"}}])");
  ASSERT_EQ(tenant_->held.size(), 2);
  tenant_->held[1]();
  EXPECT_FALSE(exchange->Answer(absl::ZeroDuration()).has_value());

  tenant_->held[0]();
  const json body = BodyOf(*exchange->Answer());
  EXPECT_EQ(body[0]["id"], 1);
  EXPECT_EQ(body[1]["id"], 2);
}

// --- Modern rows
// ----------------------------------------------------------------------------------

TEST_F(StreamableHttpTest, ModernDiscoverHoldsAllThatARevisionDemands) {
  const json result =
      ExpectResult(Post(ModernRequest("server/discover"), ModernHeaders("server/discover")));
  EXPECT_EQ(result, json::parse(R"({"resultType":"complete","supportedVersions":["2026-07-28"],)"
                                R"("capabilities":{"tools":{}},"instructions":"i",)"
                                R"("ttlMs":300000,"cacheScope":"private",)"
                                R"("_meta":{"io.modelcontextprotocol/serverInfo":)"
                                R"({"name":"n","title":"t","version":"1"}}})"));
}

TEST_F(StreamableHttpTest, ModernListsSayHowLongTheyKeep) {
  const json result = ExpectResult(Post(ModernRequest("tools/list"), ModernHeaders("tools/list")));
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_EQ(result["ttlMs"], 9000);
  EXPECT_EQ(result["cacheScope"], "private");
}

TEST_F(StreamableHttpTest, ModernMetaFieldMissingIs400And32602) {
  const std::string without_capabilities = Request(
      "tools/list", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})");
  ExpectError(Post(without_capabilities, ModernHeaders("tools/list")), 400, -32602);
  const std::string wrong_capabilities =
      Request("tools/list", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                            R"("io.modelcontextprotocol/clientCapabilities":true}})");
  ExpectError(Post(wrong_capabilities, ModernHeaders("tools/list")), 400, -32602);
  const std::string wrong_version =
      Request("tools/list", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":3,)"
                            R"("io.modelcontextprotocol/clientCapabilities":{}}})");
  ExpectError(Post(wrong_version, ModernHeaders("tools/list")), 400, -32602);
  // Nothing at all in the body, and a header that demands it.
  ExpectError(Post(Request("tools/list"), ModernHeaders("tools/list")), 400, -32602);
}

TEST_F(StreamableHttpTest, ModernClientInfoIsNotRequired) {
  ExpectResult(Post(ModernRequest("tools/list"), ModernHeaders("tools/list")));
}

TEST_F(StreamableHttpTest, ModernHeaderMissingOrMismatchedIs400And32020) {
  const std::string list = ModernRequest("tools/list");
  const std::string call = ModernRequest("tools/call", R"("name":"t")");
  ExpectError(Post(list, {{"Mcp-Method", "tools/list"}}), 400, -32020);
  ExpectError(Post(list, {{"MCP-Protocol-Version", "2026-07-28"}}), 400, -32020);
  ExpectError(Post(list, ModernHeaders("tools/call")), 400, -32020);
  ExpectError(Post(list, ModernHeaders("Tools/List")), 400, -32020);
  ExpectError(Post(call, ModernHeaders("tools/call")), 400, -32020);
  ExpectError(Post(call, ModernHeaders("tools/call", "other")), 400, -32020);
  ExpectError(Post(call, ModernHeaders("tools/call", "=?base64?!!?=")), 400, -32020);
  ExpectError(Post(list, {{"MCP-Protocol-Version", "2027-01-01"}, {"Mcp-Method", "tools/list"}}),
              400, -32020);
  HttpHeaders two = ModernHeaders("tools/call", "t");
  two.Add("Mcp-Name", "other");
  ExpectError(Post(call, two), 400, -32020);
}

TEST_F(StreamableHttpTest, ModernHeaderValuesMayBePaddedAndEncoded) {
  const std::string call = ModernRequest("tools/call", R"("name":"größe")");
  ExpectResult(
      Post(call, ModernHeaders(" tools/call\t",
                               absl::StrCat("=?base64?", absl::Base64Escape("größe"), "?="))));
  HttpHeaders lower{{"mcp-protocol-version", "2026-07-28"}, {"MCP-METHOD", "tools/list"}};
  ExpectResult(Post(ModernRequest("tools/list"), lower));
}

TEST_F(StreamableHttpTest, ModernVersionUnsupportedIs400And32022WithWhatIs) {
  for (const char* version : {"v999.0.0", "2025-11-25"}) {
    const ServerResponse response = Post(
        Request("tools/list",
                absl::StrCat(R"({"_meta":{"io.modelcontextprotocol/protocolVersion":")", version,
                             R"(","io.modelcontextprotocol/clientCapabilities":{}}})")),
        {{"MCP-Protocol-Version", version}, {"Mcp-Method", "tools/list"}});
    ExpectError(response, 400, -32022);
    EXPECT_EQ(BodyOf(response)["error"]["data"],
              (json{{"supported", {"2026-07-28"}}, {"requested", version}}));
  }
}

TEST_F(StreamableHttpTest, ModernBodyOfAnUnknownVersionUnderAKnownHeaderIs32020) {
  ExpectError(Post(Request("tools/list",
                           R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"v999.0.0",)"
                           R"("io.modelcontextprotocol/clientCapabilities":{}}})"),
                   ModernHeaders("tools/list")),
              400, -32020);
}

TEST_F(StreamableHttpTest, ModernBodyUnderALegacyHeaderIsServedUnlessStrict) {
  const std::string list = ModernRequest("tools/list");
  const HttpHeaders behind{{"MCP-Protocol-Version", "2025-11-25"}, {"Mcp-Method", "tools/list"}};
  ExpectResult(Post(list, behind));

  const StreamableHttp strict({}, {.strict_version_header = true});
  auto exchange = std::make_shared<net::FakeHttpExchange>(
      net::ServerRequest{.headers = {{"Content-Type", "application/json"},
                                     {"MCP-Protocol-Version", "2025-11-25"},
                                     {"Mcp-Method", "tools/list"}},
                         .body = list});
  strict.Handle({.exchange = exchange, .tenant = tenant_, .observer = records_});
  ExpectError(*exchange->Answer(), 400, -32020);
}

TEST_F(StreamableHttpTest, ModernUnknownOrRemovedMethodIs404And32601) {
  for (const char* method : {"nothing", "ping", "logging/setLevel", "resources/subscribe",
                             "resources/unsubscribe", "subscriptions/listen", "roots/list"}) {
    ExpectError(Post(ModernRequest(method), ModernHeaders(method)), 404, -32601);
  }
}

TEST_F(StreamableHttpTest, ModernChecksTheHeadersBeforeTheMethod) {
  ExpectError(Post(ModernRequest("nothing"), ModernHeaders("other")), 400, -32020);
}

TEST_F(StreamableHttpTest, LeavingCancelsInTheModernEraOnly) {
  tenant_->hold = true;
  Begin(ModernRequest("tools/call", R"("name":"t")"), ModernHeaders("tools/call", "t"))->Leave();
  EXPECT_EQ(tenant_->cancelled, 1);

  Begin(Request("tools/call", R"({"name":"t"})"))->Leave();
  EXPECT_EQ(tenant_->cancelled, 1);
  for (auto& answer : tenant_->held) answer();
}

TEST_F(StreamableHttpTest, TheObserverLearnsOfMessagesAndRefusals) {
  Post(Request("ping"));
  Post(Request("nothing"));
  Post("{");
  EXPECT_THAT(records_->seen, testing::ElementsAre("legacy ping", "legacy nothing",
                                                   "method_not_found", "unparsable"));
}

}  // namespace
}  // namespace mesh::mcp
