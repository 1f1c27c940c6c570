// The status table of the protocol, row by row, in both eras.
#include "services/mcp_frontend/mcp/streamable_http.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
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

using net::HttpHeaders;
using net::ServerResponse;
using nlohmann::json;

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
  // An answer that is held may hold the tenant.
  ~StreamableHttpTest() override { tenant_->held.clear(); }

  std::shared_ptr<net::FakeHttpExchange> Begin(absl::string_view body, HttpHeaders headers = {}) {
    if (!headers.Has("content-type")) headers.Add("Content-Type", "application/json");
    auto exchange = std::make_shared<net::FakeHttpExchange>(net::ServerRequest{
        .method = "POST", .path = "/mcp/x", .headers = headers, .body = std::string(body)});
    exchanges_.push_back(exchange);
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

  // Outlive the streams that sessions keep.
  std::vector<std::shared_ptr<net::FakeHttpExchange>> exchanges_;
  Protocol protocol_{{.name = "n", .title = "t", .version = "1", .instructions = "i"},
                     {.keep_alive = absl::Milliseconds(5), .recheck = absl::Milliseconds(5)}};
  StreamableHttp transport_{protocol_};
  std::shared_ptr<FakeTenant> tenant_ = std::make_shared<FakeTenant>();
  std::shared_ptr<FakeObserver> records_ = std::make_shared<FakeObserver>();
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
  // No promise to tell of changes: there is no way to.
  EXPECT_EQ(
      result["capabilities"],
      json::parse(R"({"tools":{},"prompts":{},"resources":{},"completions":{},"logging":{}})"));
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
  for (const char* method : {"nothing", "server/discover", "subscriptions/listen", "tasks/get"}) {
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
                                R"("capabilities":{"tools":{"listChanged":true},)"
                                R"("prompts":{"listChanged":true},)"
                                R"("resources":{"listChanged":true,"subscribe":true},)"
                                R"("completions":{},"logging":{}},"instructions":"i",)"
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

  Protocol protocol({}, {.modern = {.strict_version_header = true}});
  const StreamableHttp strict(protocol);
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
                             "resources/unsubscribe", "roots/list"}) {
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

// --- Prompts, resources, completion
// ---------------------------------------------------------------

TEST_F(StreamableHttpTest, ListsAndReadsInBothEras) {
  const auto both = [this](const std::string& method, const std::string& members = "",
                           const std::string& name = "") {
    const json legacy = ExpectResult(Post(Request(method, absl::StrCat("{", members, "}"))));
    const json modern =
        ExpectResult(Post(ModernRequest(method, members), ModernHeaders(method, name)));
    EXPECT_EQ(modern["resultType"], "complete") << method;
    EXPECT_FALSE(legacy.contains("resultType")) << method;
    return modern;
  };
  EXPECT_EQ(both("prompts/list")["prompts"][0]["name"], "p");
  EXPECT_EQ(both("resources/list")["resources"][0]["uri"], "u:r");
  EXPECT_EQ(both("resources/templates/list")["resourceTemplates"], json::array());
  EXPECT_EQ(both("resources/read", R"("uri":"u:r")", "u:r")["contents"].size(), 1);
  EXPECT_EQ(both("prompts/get", R"("name":"p")", "p")["messages"], json::array());
  for (const char* cacheable :
       {"prompts/list", "resources/list", "resources/templates/list", "tools/list"}) {
    const json result = both(cacheable);
    EXPECT_EQ(result["ttlMs"], 9000) << cacheable;
    EXPECT_EQ(result["cacheScope"], "private") << cacheable;
  }
}

TEST_F(StreamableHttpTest, UnknownResourceIs32602InTheModernEraAnd32002InTheLegacyOne) {
  const ServerResponse modern = Post(ModernRequest("resources/read", R"("uri":"u:x")"),
                                     ModernHeaders("resources/read", "u:x"));
  ExpectError(modern, 200, -32602);
  EXPECT_EQ(BodyOf(modern)["error"]["data"]["uri"], "u:x");
  const ServerResponse legacy = Post(Request("resources/read", R"({"uri":"u:x"})"));
  ExpectError(legacy, 200, -32002);
  EXPECT_EQ(BodyOf(legacy)["error"]["data"]["uri"], "u:x");
  ExpectError(Post(Request("resources/read", R"({"uri":5})")), 200, -32602);
}

TEST_F(StreamableHttpTest, CompletionIsAskedForAPromptOrATemplate) {
  ExpectResult(Post(Request("completion/complete", R"({"ref":{"type":"ref/prompt","name":"p"},)"
                                                   R"("argument":{"name":"a","value":"v"}})")));
  EXPECT_EQ(tenant_->completions.back().prompt, "p");
  EXPECT_EQ(tenant_->completions.back().argument, "a");
  EXPECT_EQ(tenant_->completions.back().value, "v");
  ExpectResult(
      Post(Request("completion/complete", R"({"ref":{"type":"ref/resource","uri":"u:{x}"},)"
                                          R"("argument":{"name":"x","value":""}})")));
  EXPECT_EQ(tenant_->completions.back().uri_template, "u:{x}");
  for (const char* wrong : {"{}", R"({"ref":3,"argument":{"name":"a","value":""}})",
                            R"({"ref":{"type":"ref/prompt"},"argument":{"name":"a","value":""}})",
                            R"({"ref":{"type":"ref/prompt","name":"p"},"argument":{"value":""}})",
                            R"({"ref":{"type":"ref/prompt","name":"p"}})"}) {
    ExpectError(Post(Request("completion/complete", wrong)), 200, -32602);
  }
}

TEST_F(StreamableHttpTest, LogLevelIsOneOfEight) {
  EXPECT_EQ(ExpectResult(Post(Request("logging/setLevel", R"({"level":"info"})"))), json::object());
  for (const char* wrong : {"{}", R"({"level":"loud"})", R"({"level":3})"}) {
    ExpectError(Post(Request("logging/setLevel", wrong)), 200, -32602);
  }
}

TEST_F(StreamableHttpTest, SubscribingWithoutASessionIsAnsweredThoughNothingWillCome) {
  EXPECT_EQ(ExpectResult(Post(Request("resources/subscribe", R"({"uri":"u:r"})"))), json::object());
  EXPECT_EQ(ExpectResult(Post(Request("resources/unsubscribe", R"({"uri":"u:r"})"))),
            json::object());
  ExpectError(Post(Request("resources/subscribe")), 200, -32602);
}

// --- Answers that are streams
// ---------------------------------------------------------------------

// The messages of a stream of events, each checked to be one event of one line.
std::vector<json> Events(const std::string& stream) {
  std::vector<json> messages;
  for (absl::string_view event : absl::StrSplit(stream, "\n\n", absl::SkipEmpty())) {
    if (absl::StartsWith(event, ":")) continue;
    EXPECT_TRUE(absl::ConsumePrefix(&event, "event: message\ndata: ")) << event;
    EXPECT_FALSE(absl::StrContains(event, "\n")) << event;
    messages.push_back(json::parse(std::string(event)));
  }
  return messages;
}

TEST_F(StreamableHttpTest, ProgressTokenMakesTheAnswerAStreamWithItsHeaders) {
  for (const char* token : {R"("a")", "0"}) {
    const ServerResponse response = Post(Request(
        "tools/call", absl::StrCat(R"({"name":"t","_meta":{"progressToken":)", token, "}}")));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.Get("content-type"), "text/event-stream");
    EXPECT_EQ(response.headers.Get("cache-control"), "no-cache, no-transform");
    EXPECT_EQ(response.headers.Get("x-accel-buffering"), "no");
    EXPECT_EQ(response.headers.Get("ratelimit-remaining"), "5");
    const std::vector<json> events = Events(std::string(response.body));
    ASSERT_EQ(events.size(), 1);
    EXPECT_EQ(events[0]["id"], 1);
  }
}

TEST_F(StreamableHttpTest, ProgressComesBeforeTheResultUnderTheTokenThatWasSent) {
  const std::vector<json> events = Events(std::string(
      Post(Request("tools/call", R"({"name":"progress","_meta":{"progressToken":7}})")).body));
  ASSERT_EQ(events.size(), 3);
  EXPECT_EQ(events[0]["method"], "notifications/progress");
  EXPECT_EQ(events[0]["params"],
            json::parse(R"({"progressToken":7,"progress":1,"message":"step"})"));
  EXPECT_GT(events[1]["params"]["progress"], events[0]["params"]["progress"]);
  EXPECT_TRUE(events[2].contains("result"));
  // Nobody who did not ask for it hears of it.
  ExpectResult(Post(Request("tools/call", R"({"name":"progress"})")));
}

TEST_F(StreamableHttpTest, ModernLogsComeFromTheLevelThatTheRequestNames) {
  const auto log = [this](const std::string& meta) {
    return Post(Request("tools/call",
                        absl::StrCat(R"({"name":"log","_meta":{)", meta,
                                     R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                                     R"("io.modelcontextprotocol/clientCapabilities":{}}})")),
                ModernHeaders("tools/call", "log"));
  };
  ExpectResult(log(""));
  ExpectResult(log(R"("io.modelcontextprotocol/logLevel":"warning",)"));
  const auto events =
      Events(std::string(log(R"("io.modelcontextprotocol/logLevel":"debug",)").body));
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[0]["params"], json::parse(R"({"level":"info","data":"said"})"));
}

TEST_F(StreamableHttpTest, IdleStreamsAreKeptAliveByComments) {
  tenant_->hold = true;
  const auto exchange =
      Begin(Request("tools/call", R"({"name":"progress","_meta":{"progressToken":7}})"));
  EXPECT_TRUE(exchange->AwaitStreamed(": keepalive\n\n"));
  tenant_->held[0]();
  EXPECT_EQ(Events(std::string(exchange->Answer()->body)).size(), 3);
}

// --- Cancelling
// -----------------------------------------------------------------------------------

std::string Cancelled(absl::string_view id) {
  return absl::StrCat(
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)", id, "}}");
}

TEST_F(StreamableHttpTest, LegacyCancelEndsTheRequestWithoutAnAnswer) {
  tenant_->hold = true;
  const auto exchange = Begin(Request("tools/call", R"({"name":"t"})"));
  EXPECT_EQ(Post(Cancelled("2")).status, 202);
  EXPECT_EQ(tenant_->cancelled, 0);
  EXPECT_EQ(Post(Cancelled(R"("1")")).status, 202);
  EXPECT_EQ(tenant_->cancelled, 0);

  EXPECT_EQ(Post(Cancelled("1")).status, 202);

  EXPECT_EQ(tenant_->cancelled, 1);
  const ServerResponse ended = *exchange->Answer();
  EXPECT_EQ(ended.headers.Get("content-type"), "text/event-stream");
  EXPECT_TRUE(Events(std::string(ended.body)).empty());
  tenant_->held[0]();  // Its answer comes too late, and does no harm.
}

TEST_F(StreamableHttpTest, LegacyCancelMeansNoOtherClientAndNoneOfTwoThatLookAlike) {
  tenant_->hold = true;
  const HttpHeaders me{{"User-Agent", "me"}};
  Begin(Request("tools/call", R"({"name":"t"})"), me);
  Post(Cancelled("1"), {{"User-Agent", "another"}});
  EXPECT_EQ(tenant_->cancelled, 0);

  Begin(Request("tools/call", R"({"name":"t"})"), me);
  Post(Cancelled("1"), me);
  EXPECT_EQ(tenant_->cancelled, 0);
  for (auto& answer : tenant_->held) answer();
}

TEST_F(StreamableHttpTest, ModernClientCancelsByLeavingAStream) {
  tenant_->hold = true;
  const auto exchange =
      Begin(Request("tools/call", R"({"name":"progress","_meta":{"progressToken":1,)"
                                  R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                                  R"("io.modelcontextprotocol/clientCapabilities":{}}})"),
            ModernHeaders("tools/call", "progress"));
  ASSERT_EQ(Events(exchange->Streamed()).size(), 2);
  exchange->Leave();
  EXPECT_EQ(tenant_->cancelled, 1);
  tenant_->held[0]();
}

// --- Asking the client
// ----------------------------------------------------------------------------

TEST_F(StreamableHttpTest, LegacyServerAsksOnTheStreamAndGoesOnWithTheReply) {
  const auto exchange = Begin(Request("tools/call", R"({"name":"ask"})"));
  const json asked = Events(exchange->Streamed()).at(0);
  EXPECT_EQ(asked["method"], "elicitation/create");
  EXPECT_EQ(asked["params"], json::parse(R"({"message":"m"})"));

  const json reply = {{"jsonrpc", "2.0"},
                      {"id", asked["id"]},
                      {"result", {{"action", "accept"}, {"content", {{"x", 1}}}}}};
  EXPECT_EQ(Post(reply.dump()).status, 202);

  const std::vector<json> events = Events(std::string(exchange->Answer()->body));
  ASSERT_EQ(events.size(), 2);
  EXPECT_TRUE(events[1].contains("result"));
  EXPECT_EQ(json::parse(tenant_->calls.back().inputs.responses_json),
            json::parse(R"({"k":{"action":"accept","content":{"x":1}}})"));
  EXPECT_EQ(tenant_->calls.back().inputs.state, "s");
}

TEST_F(StreamableHttpTest, LegacyReplyOfAnotherTenantIsIgnored) {
  const auto exchange = Begin(Request("tools/call", R"({"name":"ask"})"));
  const json asked = Events(exchange->Streamed()).at(0);
  const json reply = {{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", json::object()}};
  tenant_->name = "another";
  Post(reply.dump());
  EXPECT_EQ(tenant_->calls.size(), 1);

  tenant_->name = "tenant";
  Post(reply.dump());
  EXPECT_EQ(tenant_->calls.size(), 2);
}

TEST_F(StreamableHttpTest, LegacyClientThatRefusesToAnswerEndsTheRequest) {
  const auto exchange = Begin(Request("tools/call", R"({"name":"ask"})"));
  const json asked = Events(exchange->Streamed()).at(0);
  Post(absl::StrCat(R"({"jsonrpc":"2.0","id":)", asked["id"].dump(),
                    R"(,"error":{"code":-32601,"message":"cannot"}})"));
  const std::vector<json> events = Events(std::string(exchange->Answer()->body));
  EXPECT_EQ(events.back()["error"]["code"], -32602);
}

TEST_F(StreamableHttpTest, LegacyRequestThatMayGoWithoutAnAnswerGoesOnWithoutIt) {
  const auto exchange = Begin(Request("tools/call", R"({"name":"may_ask"})"));
  const json asked = Events(exchange->Streamed()).at(0);

  Post(absl::StrCat(R"({"jsonrpc":"2.0","id":)", asked["id"].dump(),
                    R"(,"error":{"code":-32601,"message":"cannot"}})"));

  EXPECT_TRUE(Events(std::string(exchange->Answer()->body)).back().contains("result"));
  EXPECT_EQ(tenant_->calls.back().inputs.responses_json, "{}");
  EXPECT_EQ(tenant_->calls.back().inputs.state, "s");
}

TEST_F(StreamableHttpTest, LegacyCallThatWasCancelledIsNotBegunAgainByALateAnswer) {
  const auto exchange = Begin(Request("tools/call", R"({"name":"ask"})"));
  const json asked = Events(exchange->Streamed()).at(0);

  Post(Cancelled("1"));
  const json reply = {{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", {{"action", "accept"}}}};
  Post(reply.dump());

  EXPECT_EQ(tenant_->calls.size(), 1);
}

TEST_F(StreamableHttpTest, LegacyClientIntroducesItselfOnceAndAModernOneEachTime) {
  Post(Request("initialize", R"({"protocolVersion":"2025-06-18","capabilities":{"elicitation":{}},)"
                             R"("clientInfo":{"name":"Cursor","version":"1.2"}})"));
  Post(Request("tools/list", "{}"), {{"MCP-Protocol-Version", "2025-06-18"}});
  Post(Request("tools/list", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                             R"("io.modelcontextprotocol/clientInfo":{"name":"C","version":"2"},)"
                             R"("io.modelcontextprotocol/clientCapabilities":{"roots":{}}}})"),
       ModernHeaders("tools/list"));

  EXPECT_THAT(tenant_->met,
              testing::ElementsAre("legacy Cursor 1.2 2025-06-18 {\"elicitation\":{}} lasting",
                                   "legacy   2025-06-18 ", "modern C 2 2026-07-28 {\"roots\":{}}"));
}

class ModernAsking : public StreamableHttpTest {
 protected:
  // A call of the tool `ask`. `members` stand before `_meta`, each followed by a comma.
  ServerResponse Ask(const std::string& members = "",
                     const std::string& capabilities = R"({"elicitation":{}})") {
    return Post(
        Request("tools/call",
                absl::StrCat(R"({"name":"ask",)", members,
                             R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                             R"("io.modelcontextprotocol/clientCapabilities":)",
                             capabilities, "}}")),
        ModernHeaders("tools/call", "ask"));
  }

  static std::string Retry(const json& state, const std::string& more = "") {
    return absl::StrCat(R"("inputResponses":{"k":{"action":"accept"}},"requestState":)",
                        state.dump(), ",", more);
  }
};

TEST_F(ModernAsking, AnswersInputRequiredAndGoesOnWithTheSealedState) {
  const json asked = ExpectResult(Ask());
  EXPECT_EQ(asked["resultType"], "input_required");
  EXPECT_EQ(asked["inputRequests"],
            json::parse(R"({"k":{"method":"elicitation/create","params":{"message":"m"}}})"));
  ASSERT_TRUE(asked["requestState"].is_string());

  EXPECT_EQ(ExpectResult(Ask(Retry(asked["requestState"])))["resultType"], "complete");
  EXPECT_EQ(tenant_->calls.back().inputs.state, "s");
  EXPECT_EQ(tenant_->calls.back().inputs.responses_json, R"({"k":{"action":"accept"}})");
}

TEST_F(ModernAsking, RefusesStateThatIsForgedOrOfSomethingElse) {
  const json state = ExpectResult(Ask())["requestState"];
  ExpectError(Ask(Retry(state.get<std::string>() + "x")), 200, -32602);
  ExpectError(Ask(Retry("")), 200, -32602);
  ExpectError(Ask(Retry(5)), 200, -32602);
  ExpectError(Ask(Retry(state, R"("arguments":{"other":1},)")), 200, -32602);
  tenant_->name = "another";
  ExpectError(Ask(Retry(state)), 200, -32602);
}

TEST_F(ModernAsking, NeedsTheCapabilityElse32021NamesIt) {
  const ServerResponse refused = Ask("", R"({"sampling":{}})");
  ExpectError(refused, 400, -32021);
  EXPECT_EQ(BodyOf(refused)["error"]["data"],
            json::parse(R"({"requiredCapabilities":{"elicitation":{}}})"));
}

TEST_F(ModernAsking, RefusesResponsesThatAreNoObject) {
  ExpectError(Ask(R"("inputResponses":7,)"), 200, -32602);
  EXPECT_EQ(ExpectResult(Ask(R"("inputResponses":null,)"))["resultType"], "input_required");
}

// --- Headers that repeat arguments
// ----------------------------------------------------------------

TEST_F(StreamableHttpTest, ModernParamHeaderMissingOrMismatchedIs400And32020) {
  const auto call = [this](const std::string& region, const std::string& header) {
    HttpHeaders headers = ModernHeaders("tools/call", "headed");
    if (!header.empty()) headers.Add("Mcp-Param-Region", header);
    return Post(
        ModernRequest("tools/call",
                      absl::StrCat(R"("name":"headed","arguments":{"region":)", region, "}")),
        headers);
  };
  ExpectResult(call(R"("eu")", "eu"));
  ExpectResult(call(R"("Hello")", "=?base64?SGVsbG8=?="));
  ExpectResult(call(R"("SGVsbG8=")", "SGVsbG8="));
  ExpectResult(call(R"("=?base64?SGVsbG8=")", "=?base64?SGVsbG8="));  // Half of the escape is none.
  ExpectResult(call("7", "7"));
  ExpectResult(call("true", "true"));
  ExpectResult(call("null", ""));
  ExpectError(call(R"("eu")", ""), 400, -32020);
  ExpectError(call(R"("eu")", "us"), 400, -32020);
  ExpectError(call(R"("Hello")", "=?base64?SGVsbG8?="), 400, -32020);
  ExpectError(call(R"("Hello")", "=?base64?SGVs!!!bG8=?="), 400, -32020);
}

// --- Listening
// ------------------------------------------------------------------------------------

class Listening : public StreamableHttpTest {
 protected:
  std::shared_ptr<net::FakeHttpExchange> Listen(const std::string& filter) {
    return Begin(ModernRequest("subscriptions/listen", absl::StrCat(R"("notifications":)", filter)),
                 ModernHeaders("subscriptions/listen"));
  }
};

TEST_F(Listening, IsAcknowledgedFirstWithWhatWillBeTold) {
  const auto exchange =
      Listen(R"({"toolsListChanged":true,"resourceSubscriptions":["u:r"],"unknown":true})");
  const std::vector<json> events = Events(exchange->Streamed());
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0]["method"], "notifications/subscriptions/acknowledged");
  EXPECT_EQ(events[0]["params"],
            json::parse(R"({"notifications":{"toolsListChanged":true,)"
                        R"("resourceSubscriptions":["u:r"]},)"
                        R"("_meta":{"io.modelcontextprotocol/subscriptionId":1}})"));
}

TEST_F(Listening, TellsOfWhatWasAskedForAndNothingElse) {
  const auto tools = Listen(R"({"toolsListChanged":true})");
  const auto prompts = Listen(R"({"promptsListChanged":true,"resourceSubscriptions":["u:r"]})");
  protocol_.listeners().Tell("another", Change::Everything());
  protocol_.listeners().Tell("tenant", {.tools = true, .contents = true});
  protocol_.listeners().Tell("", {.prompts = true});

  const std::vector<json> of_tools = Events(tools->Streamed());
  ASSERT_EQ(of_tools.size(), 2);
  EXPECT_EQ(of_tools[1]["method"], "notifications/tools/list_changed");
  EXPECT_EQ(of_tools[1]["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 1);
  const std::vector<json> of_prompts = Events(prompts->Streamed());
  ASSERT_EQ(of_prompts.size(), 3);
  EXPECT_EQ(of_prompts[1]["method"], "notifications/resources/updated");
  EXPECT_EQ(of_prompts[1]["params"]["uri"], "u:r");
  EXPECT_EQ(of_prompts[2]["method"], "notifications/prompts/list_changed");
}

TEST_F(Listening, EndsWhenTheClientLeaves) {
  const auto exchange = Listen(R"({"toolsListChanged":true})");
  EXPECT_EQ(protocol_.listeners().size(), 1);
  exchange->Leave();
  EXPECT_EQ(protocol_.listeners().size(), 0);
}

TEST_F(Listening, EndsWithAResultWhenTheServerStops) {
  const auto exchange = Listen("{}");
  protocol_.EndStreams();
  const std::vector<json> events = Events(std::string(exchange->Answer()->body));
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[1]["id"], 1);
  EXPECT_EQ(events[1]["result"]["resultType"], "complete");
  EXPECT_EQ(events[1]["result"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 1);
  // So does one that comes later.
  EXPECT_EQ(Events(std::string(Listen("{}")->Answer()->body)).size(), 2);
}

TEST_F(Listening, NeedsAFilter) {
  ExpectError(Post(ModernRequest("subscriptions/listen"), ModernHeaders("subscriptions/listen")),
              200, -32602);
}

// --- Sessions, where a tenant keeps them
// ----------------------------------------------------------

class Sessions : public StreamableHttpTest {
 protected:
  Sessions() { tenant_->sessions = true; }

  std::string BeginSession() {
    const ServerResponse response = Post(Request("initialize"));
    return std::string(response.headers.Get("mcp-session-id").value_or(""));
  }

  // A GET or DELETE.
  std::shared_ptr<net::FakeHttpExchange> Other(const char* method, const HttpHeaders& headers) {
    auto exchange = std::make_shared<net::FakeHttpExchange>(
        net::ServerRequest{.method = method, .path = "/mcp/x", .headers = headers});
    exchanges_.push_back(exchange);
    const mcp::Post post{.exchange = exchange, .tenant = tenant_, .observer = records_};
    if (method == std::string("GET")) {
      transport_.Resume(post);
    } else {
      transport_.EndSession(post);
    }
    return exchange;
  }
};

TEST_F(Sessions, MissingIsServedAndUnknownOrEndedIs404) {
  const std::string id = BeginSession();
  ASSERT_NE(id, "");
  ExpectResult(Post(Request("ping")));
  ExpectResult(Post(Request("ping"), {{"Mcp-Session-Id", id}}));
  EXPECT_EQ(Post(Request("ping"), {{"Mcp-Session-Id", "unknown"}}).status, 404);

  EXPECT_EQ(Other("DELETE", {{"Mcp-Session-Id", id}})->Answer()->status, 204);

  EXPECT_EQ(Post(Request("ping"), {{"Mcp-Session-Id", id}}).status, 404);
  EXPECT_EQ(Other("DELETE", {{"Mcp-Session-Id", id}})->Answer()->status, 404);
  // A stale id does not keep a client from beginning anew, nor one of the modern era.
  EXPECT_EQ(Post(Request("initialize"), {{"Mcp-Session-Id", id}}).status, 200);
  HttpHeaders modern = ModernHeaders("tools/list");
  modern.Add("Mcp-Session-Id", id);
  ExpectResult(Post(ModernRequest("tools/list"), modern));
}

TEST_F(Sessions, AreOfOneTenant) {
  const std::string id = BeginSession();
  tenant_->name = "another";
  EXPECT_EQ(Post(Request("ping"), {{"Mcp-Session-Id", id}}).status, 404);
}

TEST_F(Sessions, StreamThatWasLetGoIsResumedAfterTheLastEvent) {
  tenant_->hold = true;
  const std::string id = BeginSession();
  const auto first = Begin(Request("tools/call", R"({"name":"detach"})"), {{"Mcp-Session-Id", id}});
  EXPECT_EQ(std::string(first->Answer()->body), "id: 1-0\nretry: 500\ndata: \n\n");
  const auto second = Other("GET", {{"Mcp-Session-Id", id}, {"Last-Event-ID", "1-0"}});

  tenant_->held[0]();

  const std::string body(second->Answer()->body);
  EXPECT_TRUE(absl::StrContains(body, "id: 1-1\nevent: message\ndata: {")) << body;
  EXPECT_TRUE(absl::StrContains(body, R"("result")"));
  // Also for whoever comes when all is said, as long as it is kept.
  const auto third = Other("GET", {{"Mcp-Session-Id", id}, {"Last-Event-ID", "1-0"}});
  EXPECT_TRUE(absl::StrContains(std::string(third->Answer()->body), R"("result")"));
  EXPECT_EQ(Other("GET", {{"Mcp-Session-Id", id}, {"Last-Event-ID", "9-0"}})->Answer()->status,
            404);
  EXPECT_EQ(Other("GET", {{"Mcp-Session-Id", id}})->Answer()->status, 405);
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
