// The public surface over real sockets, with the services behind it as fakes over real gRPC.
#include "services/mcp_frontend/endpoint.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/hash.h"
#include "common/net/curl_http_client.h"
#include "common/net/http_server.h"
#include "common/net/raw_socket.h"
#include "common/rpc/proto_time.h"
#include "edge/audit_recorder.h"
#include "edge/fake_services.h"
#include "edge/tool_list_digest.h"
#include "services/mcp_frontend/conformance/fixtures.h"
#include "services/mcp_frontend/server_info.h"

namespace mesh::frontend {
namespace {

using edge::FakeTool;
using net::HttpHeaders;
using net::HttpResponse;
using nlohmann::json;
using tools::v1::CallToolRequest;
using tools::v1::CallToolResponse;
using tools::v1::Tool;

constexpr char kToken[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr char kOtherToken[] = "9123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr char kExtraToken[] = "a-token-that-is-the-fixtures-and-nobody-else-s";
constexpr char kApiKey[] = "an-api-key-of-more-than-32-characters";
constexpr char kDepartments[] = "list_all_zoho_meeting_departments";
constexpr char kDelete[] = "delete_a_zoho_meeting_meeting_by_id";

constexpr char kModernMeta[] = R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                               R"("io.modelcontextprotocol/clientCapabilities":{}})";

class EndpointTest : public testing::Test {
 protected:
  EndpointTest() {
    backends_.tools.SetTools("d1", {FakeTool(kDelete, Tool::DELETE, {"meetings"}),
                                    FakeTool(kDepartments, Tool::LIST, {"departments"})});
    auth::v1::McpServer server;
    server.set_id("mcp_main");
    server.set_account("acc_1");
    Put(kToken, server);
    backends_.api_keys.Put(kApiKey, auth::v1::ApiKey::VIEWER);
    EXPECT_NE(catalogue_.AwaitOther("", absl::Seconds(10)), nullptr);
    auto started = net::HttpServer::Start({.threads = 2,
                                           .common_headers = {{"Referrer-Policy", "no-referrer"}},
                                           .error_response = Endpoint::ErrorResponse},
                                          [this](auto exchange) { endpoint_.Handle(exchange); });
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  ~EndpointTest() override {
    server_->Shutdown(absl::InfinitePast());
    protocol_.Close();
    calls_.Close();
  }

  void Put(const char* token, const auth::v1::McpServer& server) {
    backends_.mcp_servers.Put(token, server);
  }

  HttpResponse Send(const char* method, absl::string_view path, absl::string_view body,
                    const HttpHeaders& headers = {}) {
    net::HttpRequest request{.method = method,
                             .url = absl::StrCat("http://", server_->address(), path),
                             .body = std::string(body)};
    if (!headers.Has("content-type")) request.headers.Add("Content-Type", "application/json");
    for (const auto& [name, value] : headers) request.headers.Add(name, value);
    absl::StatusOr<HttpResponse> response = SendAndWait(client_, std::move(request));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : HttpResponse();
  }

  HttpResponse Post(absl::string_view body, const HttpHeaders& headers = {}) {
    return Send("POST", absl::StrCat("/mcp/", kToken), body, headers);
  }

  // A request of 2026-07-28 with its headers. `params` are members without the braces.
  HttpResponse PostModern(const std::string& method, const std::string& params = "",
                          const std::string& name = "") {
    HttpHeaders headers{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}};
    if (!name.empty()) headers.Add("Mcp-Name", name);
    return Post(absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":")", method, R"(","params":{)",
                             params, params.empty() ? "" : ",", R"("_meta":)", kModernMeta, "}}"),
                headers);
  }

  HttpResponse CallTool(const std::string& tool, const std::string& arguments = "{}") {
    return Post(absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                             tool, R"(","arguments":)", arguments, "}}"));
  }

  edge::FakeBackends backends_;
  FakeClock clock_{absl::Now()};
  prometheus::Registry registry_;
  Metrics metrics_{registry_};
  std::shared_ptr<grpc::Channel> auth_channel_ = backends_.auth();
  std::unique_ptr<auth::v1::AccountService::Stub> accounts_ =
      auth::v1::AccountService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::McpServerService::Stub> mcp_servers_ =
      auth::v1::McpServerService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::ApiKeyService::Stub> api_key_service_ =
      auth::v1::ApiKeyService::NewStub(auth_channel_);
  std::unique_ptr<tools::v1::ToolService::Stub> tool_service_ =
      tools::v1::ToolService::NewStub(backends_.zoho_proxy());
  std::unique_ptr<auth::v1::AuditService::Stub> audit_ =
      auth::v1::AuditService::NewStub(auth_channel_);
  edge::AuditRecorder recorder_{*audit_, registry_};
  rpc::CallGroup calls_;
  mcp::Protocol protocol_{MeshServerInfo(), {.recheck = absl::Milliseconds(20)}};
  edge::CatalogueWatch catalogue_{
      *tool_service_,
      {.interval = absl::Milliseconds(20), .first_interval = absl::Milliseconds(20)},
      [this] { protocol_.listeners().Tell("", mcp::Change::Everything()); }};
  edge::Readiness readiness_{*accounts_, *tool_service_, catalogue_};
  edge::ApiKeys api_keys_{clock_, *api_key_service_, calls_};
  mcp::StreamableHttp streamable_http_{protocol_};
  mcp::HttpSse http_sse_{protocol_};
  ResolvedServers servers_{clock_, *mcp_servers_, calls_};
  std::unique_ptr<auth::v1::ClientService::Stub> client_service_ =
      auth::v1::ClientService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::ApprovalService::Stub> approval_service_ =
      auth::v1::ApprovalService::NewStub(auth_channel_);
  Clients clients_{*client_service_,
                   clock_,
                   calls_,
                   protocol_.timer(),
                   {.collect = absl::Milliseconds(1), .retry = absl::Milliseconds(1)}};
  Approvals approvals_{*approval_service_, calls_, metrics_};
  Tools tools_{*tool_service_, catalogue_,        recorder_, approvals_,
               calls_,         protocol_.timer(), metrics_};
  NameLists names_{clock_, *tool_service_, calls_};
  Tenants tenants_{tools_, catalogue_, *accounts_, names_, clients_, calls_};
  Endpoint endpoint_{{.allowed_hosts = {"localhost", "127.0.0.1"},
                      .allowed_origins = {"https://app.example.com"},
                      .call_timeout = absl::Seconds(20),
                      .public_url = "https://localhost",
                      .extra_token_sha256 = Sha256(kExtraToken),
                      .extra_tenant = std::make_shared<conformance::Fixtures>(
                          protocol_.timer(), protocol_.listeners())},
                     servers_,
                     api_keys_,
                     tenants_,
                     streamable_http_,
                     http_sse_,
                     readiness_,
                     metrics_};
  std::unique_ptr<net::HttpServer> server_;
  net::CurlHttpClient client_;
};

// --- The way of a client
// --------------------------------------------------------------------------

TEST_F(EndpointTest, EveryToolCallIsRecordedWithItsArgumentsRedacted) {
  CallTool(kDepartments, R"({"limit":1,"password":"hunter2"})");
  CallTool("no_such_tool");
  backends_.tools.SetHandler(
      [](const tools::v1::CallToolRequest&,
         grpc::ServerContext&) -> absl::StatusOr<tools::v1::CallToolResponse> {
        return ZohoTimedOut();
      });
  CallTool(kDepartments);
  backends_.audit.AwaitEvents(3);

  const std::vector<auth::v1::AuditEvent> events = backends_.audit.recorded();

  EXPECT_EQ(events[0].action(), "tool.call");
  EXPECT_EQ(events[0].actor(), "mcp_main");
  EXPECT_EQ(events[0].mcp_server(), "mcp_main");
  EXPECT_EQ(events[0].account(), "acc_1");
  EXPECT_EQ(events[0].tool(), kDepartments);
  EXPECT_EQ(events[0].outcome(), "ok");
  EXPECT_NE(events[0].request_id(), "");
  EXPECT_EQ(events[0].details().at("arguments"), R"({"limit":1,"password":"[redacted]"})");
  EXPECT_EQ(events[1].outcome(), "TOOL_UNKNOWN");
  EXPECT_EQ(events[2].outcome(), "ZOHO_TIMEOUT");
}

TEST_F(EndpointTest, WhatEachClientSawIsRecorded) {
  const std::string digest = edge::ToolListDigest(*catalogue_.Current(), {});
  const HttpHeaders agent{{"User-Agent", "node"}};
  Post(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
       R"("capabilities":{},"clientInfo":{"name":"Cursor","version":"1.2"}}})",
       agent);
  Post(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})", agent);
  backends_.clients.AwaitClients(1);
  Send("POST", absl::StrCat("/mcp/", kToken),
       absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":)",
                    R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)",
                    R"("io.modelcontextprotocol/clientInfo":{"name":"Claude","version":"9"},)",
                    R"("io.modelcontextprotocol/clientCapabilities":{}}}})"),
       {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/list"}});
  const auto shown = [this](const std::string& name) {
    std::string all;
    for (const auth::v1::Client& client : backends_.clients.recorded()) {
      if (client.name() == name) {
        all = absl::StrCat(client.mcp_server(), " ", client.era(), " ", client.version(), " ",
                           client.revision(), " ", client.list_digest());
      }
    }
    return all;
  };

  // Introduction and list may come together.
  backends_.clients.AwaitClients(2);
  if (shown("Claude").empty() || !absl::StrContains(shown("Cursor"), digest)) {
    backends_.clients.AwaitClients(3);
  }
  EXPECT_EQ(shown("Cursor"), absl::StrCat("mcp_main legacy 1.2 2025-06-18 ", digest));
  EXPECT_EQ(shown("Claude"), absl::StrCat("mcp_main modern 9 2026-07-28 ", digest));
}

// --- Approvals
// --------------------------------------------------------------------------

class ApprovalTest : public EndpointTest {
 protected:
  ApprovalTest() {
    auth::v1::McpServer server;
    server.set_id("mcp_main");
    server.set_account("acc_1");
    server.mutable_config()->set_approval(auth::v1::McpServerConfig::WRITE);
    Put(kToken, server);
  }

  // A call of the modern era by a client that can show forms, or not. `more` are members of the
  // parameters, each followed by a comma.
  json ModernCall(const std::string& more = "", const char* capabilities = R"({"elicitation":{}})",
                  const std::string& arguments = R"({"id":"7"})") {
    const HttpResponse response =
        Post(absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                          kDelete, R"(","arguments":)", arguments, ",", more,
                          R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)",
                          R"("io.modelcontextprotocol/clientCapabilities":)", capabilities, "}}}"),
             {{"MCP-Protocol-Version", "2026-07-28"},
              {"Mcp-Method", "tools/call"},
              {"Mcp-Name", kDelete}});
    return json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  }

  static std::string Answered(const json& asked, const char* response) {
    return absl::StrCat(R"("inputResponses":{"approval":)", response, R"(},"requestState":)",
                        asked["result"]["requestState"].dump(), ",");
  }

  static std::string TextOf(const json& answer) {
    return answer["result"]["content"][0]["text"].get<std::string>();
  }

  static json BodyOf(const HttpResponse& response) { return json::parse(response.body); }
};

constexpr char kYes[] = R"({"action":"accept","content":{"approve":true}})";

TEST_F(ApprovalTest, AModernClientIsAskedAndItsYesLetsOneCallPass) {
  const json asked = ModernCall();
  ASSERT_EQ(asked["result"]["resultType"], "input_required") << asked;
  const json& question = asked["result"]["inputRequests"]["approval"];
  EXPECT_EQ(question["method"], "elicitation/create");
  const std::string message = question["params"]["message"];
  EXPECT_TRUE(absl::StrContains(message, kDelete) && absl::StrContains(message, R"({"id":"7"})"))
      << message;
  EXPECT_EQ(question["params"]["requestedSchema"]["required"], json::array({"approve"}));
  EXPECT_TRUE(backends_.tools.calls().empty());

  const json done = ModernCall(Answered(asked, kYes));
  EXPECT_EQ(done["result"]["isError"], false) << done;
  ASSERT_EQ(backends_.tools.calls().size(), 1u);
  EXPECT_EQ(backends_.tools.calls()[0].arguments_json(), R"({"id":"7"})");
  backends_.audit.AwaitEvents(1);
  EXPECT_EQ(backends_.audit.recorded()[0].details().at("approval"), "apr_1");
  EXPECT_EQ(backends_.audit.recorded()[0].outcome(), "ok");

  // The same answer again.
  const json again = ModernCall(Answered(asked, kYes));
  EXPECT_EQ(again["result"]["isError"], true) << again;
  EXPECT_EQ(again["result"]["_meta"]["reason"], "APPROVAL_CLOSED");
  EXPECT_EQ(backends_.tools.calls().size(), 1u);
}

TEST_F(ApprovalTest, AYesIsForTheseArgumentsAlone) {
  const json asked = ModernCall();
  const json other = ModernCall(Answered(asked, kYes), R"({"elicitation":{}})", R"({"id":"8"})");
  EXPECT_EQ(other["error"]["code"], -32602) << other;
  EXPECT_TRUE(backends_.tools.calls().empty());
}

TEST_F(ApprovalTest, WhateverIsNoYesLetsNothingPass) {
  for (const char* no :
       {R"({"action":"decline"})", R"({"action":"accept"})", R"({"action":"accept","content":{}})",
        R"({"action":"accept","content":{"approve":false}})",
        R"({"action":"accept","content":{"approve":"true"}})"}) {
    const std::string arguments = absl::StrCat(R"({"id":)", json(no).dump(), "}");
    const json asked = ModernCall("", R"({"elicitation":{}})", arguments);
    ASSERT_EQ(asked["result"]["resultType"], "input_required") << asked;
    const json answer = ModernCall(Answered(asked, no), R"({"elicitation":{}})", arguments);
    EXPECT_EQ(answer["result"]["_meta"]["reason"], "APPROVAL_DENIED") << answer;
  }
  for (const char* nothing : {R"({"action":"cancel"})", "7", "null", R"({"action":7})"}) {
    const std::string arguments = absl::StrCat(R"({"id":)", json(nothing).dump(), "}");
    const json asked = ModernCall("", R"({"elicitation":{}})", arguments);
    const json answer = ModernCall(Answered(asked, nothing), R"({"elicitation":{}})", arguments);
    EXPECT_EQ(answer["result"]["_meta"]["reason"], "APPROVAL_REQUIRED") << answer;
  }
  EXPECT_TRUE(backends_.tools.calls().empty());
}

TEST_F(ApprovalTest, AClientThatCannotAskIsToldWhoCan) {
  for (const char* capabilities : {"{}", R"({"elicitation":{"url":{}}})", R"({"roots":{}})"}) {
    const json answer = ModernCall("", capabilities);
    EXPECT_EQ(answer["result"]["isError"], true) << answer;
    EXPECT_EQ(answer["result"]["_meta"]["reason"], "APPROVAL_REQUIRED");
    EXPECT_TRUE(absl::StrContains(TextOf(answer), "POST /approval/apr_1/approve")) << answer;
  }
  EXPECT_EQ(backends_.approvals.approvals().size(), 1u);
  EXPECT_EQ(backends_.approvals.approvals()[0].arguments(), R"({"id":"7"})");
  EXPECT_TRUE(backends_.tools.calls().empty());

  auth::v1::DecideApprovalRequest request;
  request.set_id("apr_1");
  request.set_approved(true);
  auth::v1::Approval approved;
  grpc::ClientContext context;
  ASSERT_TRUE(approval_service_->DecideApproval(&context, request, &approved).ok());

  // However it is written.
  EXPECT_EQ(ModernCall("", "{}", R"({ "id" : "7" })")["result"]["isError"], false);
  EXPECT_EQ(ModernCall("", "{}")["result"]["_meta"]["reason"], "APPROVAL_REQUIRED");
  EXPECT_EQ(backends_.tools.calls().size(), 1u);
}

TEST_F(ApprovalTest, WhatAnOperatorDeniedIsRefused) {
  ModernCall("", "{}");
  auth::v1::DecideApprovalRequest request;
  request.set_id("apr_1");
  auth::v1::Approval denied;
  grpc::ClientContext context;
  ASSERT_TRUE(approval_service_->DecideApproval(&context, request, &denied).ok());

  EXPECT_EQ(ModernCall()["result"]["_meta"]["reason"], "APPROVAL_DENIED");
  EXPECT_TRUE(backends_.tools.calls().empty());
}

TEST_F(ApprovalTest, NothingPassesWhileAuthServiceDoesNotAnswer) {
  const json asked = ModernCall();
  backends_.approvals.Break(StoreUnavailable("away"));

  EXPECT_EQ(ModernCall()["result"]["_meta"]["reason"], "STORE_UNAVAILABLE");
  EXPECT_EQ(ModernCall(Answered(asked, kYes))["result"]["_meta"]["reason"], "STORE_UNAVAILABLE");
  EXPECT_TRUE(backends_.tools.calls().empty());
}

TEST_F(ApprovalTest, ArgumentsOfTwoMeaningsAreRefused) {
  const json answer = ModernCall("", "{}", R"({"id":"7","id":"8"})");
  EXPECT_EQ(answer["result"]["_meta"]["reason"], "ARGUMENT_INVALID") << answer;
  EXPECT_TRUE(backends_.approvals.approvals().empty());
  EXPECT_TRUE(backends_.tools.calls().empty());
}

TEST_F(ApprovalTest, WhatOnlyReadsNeedsNone) {
  EXPECT_EQ(BodyOf(CallTool(kDepartments))["result"]["isError"], false);
  EXPECT_TRUE(backends_.approvals.approvals().empty());
}

TEST_F(ApprovalTest, ALegacyClientThatHasNotSaidThatItCanAskIsToldWhoCan) {
  const json answer = BodyOf(CallTool(kDelete, R"({"id":"7"})"));
  EXPECT_EQ(answer["result"]["isError"], true);
  EXPECT_TRUE(absl::StrContains(TextOf(answer), "APPROVAL_REQUIRED")) << answer;
}

TEST_F(ApprovalTest, ALegacyClientIsAskedOnItsStream) {
  Post(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
       R"("capabilities":{"elicitation":{}},"clientInfo":{"name":"c","version":"1"}}})",
       {{"User-Agent", "c"}});
  const std::string call =
      absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")", kDelete,
                   R"(","arguments":{"id":"7"}}})");
  net::RawSocket socket(server_->address());
  socket.Send(absl::StrCat("POST /mcp/", kToken, " HTTP/1.1\r\nHost: 127.0.0.1\r\n",
                           "User-Agent: c\r\nContent-Type: application/json\r\nContent-Length: ",
                           call.size(), "\r\n\r\n", call));
  const std::string asked = socket.ReadUntil("required");
  ASSERT_TRUE(absl::StrContains(asked, "elicitation/create")) << asked;
  const size_t id = asked.find(R"("id":"mesh-)");
  ASSERT_NE(id, std::string::npos) << asked;
  const std::string id_text = asked.substr(id + 5, asked.find('"', id + 6) - id - 4);

  EXPECT_EQ(
      Post(absl::StrCat(R"({"jsonrpc":"2.0","id":)", id_text, R"(,"result":)", kYes, "}")).status,
      202);

  EXPECT_TRUE(absl::StrContains(socket.ReadUntil("isError\":false"), "structuredContent"));
  EXPECT_EQ(backends_.tools.calls().size(), 1u);
}

TEST_F(EndpointTest, ALegacyClientConnectsListsAndCalls) {
  const HttpResponse hello = Post(
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
      R"("capabilities":{"elicitation":{"future":1}},"clientInfo":{"name":"c","version":"1"}}})");
  ASSERT_EQ(hello.status, 200) << hello.body;
  const json initialized = json::parse(hello.body);
  EXPECT_EQ(initialized["id"], 0);
  EXPECT_EQ(initialized["result"]["protocolVersion"], "2025-06-18");
  EXPECT_TRUE(initialized["result"]["capabilities"].contains("tools"));
  EXPECT_FALSE(hello.headers.Has("mcp-session-id"));

  const HttpResponse noted = Post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                                  {{"MCP-Protocol-Version", "2025-06-18"}});
  EXPECT_EQ(noted.status, 202);
  EXPECT_EQ(noted.body, "");
  EXPECT_FALSE(noted.headers.Has("content-type"));

  const HttpResponse listed = Post(R"({"jsonrpc":"2.0","id":"l","method":"tools/list"})",
                                   {{"MCP-Protocol-Version", "2025-06-18"}});
  const json tools = json::parse(listed.body)["result"]["tools"];
  ASSERT_EQ(tools.size(), 2);
  EXPECT_EQ(tools[1]["name"], kDepartments);
  EXPECT_EQ(tools[1]["annotations"]["readOnlyHint"], true);

  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    CallToolResponse response;
    response.set_result_json(R"({"results":[{"id":"1","name":"Sales \"EU\""}]})");
    return response;
  });
  const HttpResponse called = CallTool(kDepartments, R"({ "limit" : 5 })");
  const json result = json::parse(called.body)["result"];
  EXPECT_EQ(result["isError"], false);
  EXPECT_EQ(result["structuredContent"]["results"][0]["name"], "Sales \"EU\"");
  EXPECT_EQ(json::parse(result["content"][0]["text"].get<std::string>()),
            result["structuredContent"]);
  ASSERT_EQ(backends_.tools.calls().size(), 1);
  const CallToolRequest sent = backends_.tools.calls()[0];
  EXPECT_EQ(sent.account(), "acc_1");
  EXPECT_EQ(sent.tool(), kDepartments);
  EXPECT_EQ(sent.arguments_json(), R"({ "limit" : 5 })");  // Byte by byte.
  EXPECT_FALSE(sent.reveal_secrets());
}

TEST_F(EndpointTest, AModernClientDiscoversListsAndCalls) {
  const HttpResponse hello = PostModern("server/discover");
  ASSERT_EQ(hello.status, 200) << hello.body;
  const json discovered = json::parse(hello.body)["result"];
  EXPECT_EQ(discovered["resultType"], "complete");
  EXPECT_EQ(discovered["supportedVersions"], json::parse(R"(["2026-07-28"])"));
  EXPECT_EQ(discovered["capabilities"]["tools"], json::parse(R"({"listChanged":true})"));
  EXPECT_TRUE(discovered["ttlMs"].is_number_unsigned());
  EXPECT_EQ(discovered["cacheScope"], "private");
  EXPECT_EQ(discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "zoho-mcp-mesh");

  const json list = json::parse(PostModern("tools/list").body)["result"];
  EXPECT_EQ(list["resultType"], "complete");
  EXPECT_EQ(list["tools"].size(), 2);
  EXPECT_EQ(list["cacheScope"], "private");
  EXPECT_TRUE(list["ttlMs"].is_number_unsigned());
  EXPECT_FALSE(list.contains("nextCursor"));

  const HttpResponse called =
      PostModern("tools/call", absl::StrCat(R"("name":")", kDepartments, "\""), kDepartments);
  ASSERT_EQ(called.status, 200) << called.body;
  const json result = json::parse(called.body)["result"];
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_EQ(result["structuredContent"], json::parse(R"({"results":[]})"));
}

// --- Who calls
// ------------------------------------------------------------------------------------

constexpr char kPing[] = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

TEST_F(EndpointTest, ServesThePathWithAndWithoutASlashAtItsEnd) {
  EXPECT_EQ(Send("POST", absl::StrCat("/mcp/", kToken), kPing).status, 200);
  EXPECT_EQ(Send("POST", absl::StrCat("/mcp/", kToken, "/"), kPing).status, 200);
}

TEST_F(EndpointTest, TakesTheTokenAsBearer) {
  const HttpHeaders bearer{{"Authorization", absl::StrCat("Bearer ", kToken)}};
  EXPECT_EQ(Send("POST", "/mcp", kPing, bearer).status, 200);
  EXPECT_EQ(Send("POST", "/mcp/", kPing, bearer).status, 200);
}

TEST_F(EndpointTest, AnswersEveryUnknownTokenWithTheSameJson404AndNoHintOfOauth) {
  std::vector<std::string> bodies;
  for (const std::string& path :
       {absl::StrCat("/mcp/", kOtherToken), std::string("/mcp/short"), std::string("/mcp"),
        std::string("/mcp/"), absl::StrCat("/mcp/", kToken, "x"), std::string("/mcp/%00")}) {
    const HttpResponse response = Send("POST", path, kPing);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_FALSE(response.headers.Has("www-authenticate")) << path;
    EXPECT_EQ(response.headers.Get("content-type"), "application/json") << path;
    bodies.push_back(response.body);
  }
  EXPECT_THAT(bodies, testing::Each(bodies[0]));
  EXPECT_FALSE(absl::StrContains(bodies[0], kOtherToken));
  EXPECT_TRUE(json::parse(bodies[0]).contains("error"));
}

TEST_F(EndpointTest, ExpiresAServerToTheSecondByItsOwnClock) {
  auth::v1::McpServer server;
  server.set_id("mcp_short");
  *server.mutable_expire_time() = rpc::TimestampOf(clock_.Now() + absl::Milliseconds(500));
  Put(kOtherToken, server);
  const std::string path = absl::StrCat("/mcp/", kOtherToken);
  EXPECT_EQ(Send("POST", path, kPing).status, 200);

  clock_.Advance(absl::Milliseconds(499));
  EXPECT_EQ(Send("POST", path, kPing).status, 200);

  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Send("POST", path, kPing).status, 404);
}

TEST_F(EndpointTest, RefusesARevokedServerWithinASecond) {
  EXPECT_EQ(Post(kPing).status, 200);
  backends_.mcp_servers.Remove(kToken);

  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Post(kPing).status, 404);
}

TEST_F(EndpointTest, ServesFor30SecondsWithoutAuthServiceAndNoLonger) {
  EXPECT_EQ(Post(kPing).status, 200);
  backends_.StopAuth();

  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(Post(kPing).status, 200);

  clock_.Advance(absl::Seconds(2));
  const HttpResponse refused = Post(kPing);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.Get("retry-after"), "1");
  // Nobody is let in on the strength of an outage either.
  EXPECT_EQ(Send("POST", absl::StrCat("/mcp/", kOtherToken), kPing).status, 503);
}

TEST_F(EndpointTest, HoldsAResolvedServerForASecond) {
  EXPECT_EQ(Post(kPing).status, 200);
  EXPECT_EQ(Post(kPing).status, 200);
  EXPECT_EQ(backends_.mcp_servers.resolutions(), 1);

  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Post(kPing).status, 200);
  EXPECT_EQ(backends_.mcp_servers.resolutions(), 2);
}

TEST_F(EndpointTest, AsksForTheSecondFactorWhereTheServerDoes) {
  auth::v1::McpServer server;
  server.set_id("mcp_double");
  server.mutable_config()->set_require_api_token_auth(true);
  Put(kOtherToken, server);
  const std::string path = absl::StrCat("/mcp/", kOtherToken);

  const HttpResponse refused = Send("POST", path, kPing);
  EXPECT_EQ(refused.status, 401);
  EXPECT_FALSE(refused.headers.Has("www-authenticate"));
  EXPECT_EQ(Send("POST", path, kPing, {{"x-api-key", "wrong"}}).status, 401);
  EXPECT_EQ(Send("POST", path, kPing, {{"x-api-key", kApiKey}}).status, 200);
  EXPECT_EQ(Send("POST", path, kPing, {{"Authorization", absl::StrCat("bearer ", kApiKey)}}).status,
            200);
  // Where the bearer is the MCP token, the key comes by the other header.
  const HttpHeaders both{{"Authorization", absl::StrCat("Bearer ", kOtherToken)},
                         {"x-api-key", kApiKey}};
  EXPECT_EQ(Send("POST", "/mcp", kPing, both).status, 200);
  EXPECT_EQ(
      Send("POST", "/mcp", kPing, {{"Authorization", absl::StrCat("Bearer ", kOtherToken)}}).status,
      401);
}

TEST_F(EndpointTest, HidesWhatAServerMayNotCall) {
  auth::v1::McpServer server;
  server.set_id("mcp_read");
  server.mutable_config()->add_methods("read");
  Put(kOtherToken, server);
  const std::string path = absl::StrCat("/mcp/", kOtherToken);
  const json list =
      json::parse(Send("POST", path, R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})").body);
  ASSERT_EQ(list["result"]["tools"].size(), 1);
  EXPECT_EQ(list["result"]["tools"][0]["name"], kDepartments);

  const auto call = [&](absl::string_view tool) {
    return Send("POST", path,
                absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                             tool, "\"}}"));
  };
  const HttpResponse hidden = call(kDelete);
  const HttpResponse unknown = call("no_such_tool");
  EXPECT_EQ(hidden.status, 200);
  EXPECT_EQ(json::parse(hidden.body)["error"]["code"], -32602);
  EXPECT_EQ(absl::StrReplaceAll(hidden.body, {{kDelete, "X"}}),
            absl::StrReplaceAll(unknown.body, {{"no_such_tool", "X"}}));
  EXPECT_TRUE(backends_.tools.calls().empty());
}

// --- What HTTP refuses
// ----------------------------------------------------------------------------

TEST_F(EndpointTest, AnswersOtherMethodsWith405AndAllow) {
  for (const char* method : {"GET", "DELETE", "PUT", "HEAD", "PATCH"}) {
    const HttpResponse response = Send(method, absl::StrCat("/mcp/", kToken), "");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.headers.Get("allow"), "POST, OPTIONS") << method;
  }
}

TEST_F(EndpointTest, AnswersOtherPathsWithJson404) {
  for (const char* path :
       {"/", "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-authorization-server/mcp/x", "/.well-known/openid-configuration",
        "/mcpx", "/mcp/a/b", "/register", "/authorize", "/sse/x"}) {
    for (const char* method : {"GET", "POST"}) {
      const HttpResponse response = Send(method, path, "");
      EXPECT_EQ(response.status, 404) << method << " " << path;
      EXPECT_EQ(response.headers.Get("content-type"), "application/json") << path;
      EXPECT_TRUE(json::parse(response.body).contains("error")) << path;
    }
  }
}

TEST_F(EndpointTest, RefusesContentThatIsNotJson) {
  EXPECT_EQ(Post(kPing, {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(Post(kPing, {{"Content-Type", "application/jsonp"}}).status, 415);
  EXPECT_EQ(Post(kPing, {{"Content-Type", "Application/JSON; charset=utf-8"}}).status, 200);
}

TEST_F(EndpointTest, DoesNotCareWhatIsAccepted) {
  for (const char* accept : {"*/*", "application/json", "text/event-stream", "text/html"}) {
    EXPECT_EQ(Post(kPing, {{"Accept", accept}}).status, 200) << accept;
  }
}

TEST_F(EndpointTest, ServesTheHostsAndOriginsItIsToldTo) {
  EXPECT_EQ(Post(kPing, {{"Host", "localhost:99"}}).status, 200);
  EXPECT_EQ(Post(kPing, {{"Host", "evil.example.com"}}).status, 403);
  EXPECT_EQ(Post(kPing, {{"Origin", "http://localhost:3000"}}).status, 200);
  EXPECT_EQ(Post(kPing, {{"Origin", "https://app.example.com"}}).status, 200);
  const HttpResponse refused = Post(kPing, {{"Origin", "https://evil.example.com"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_FALSE(json::parse(refused.body).contains("id"));
  EXPECT_FALSE(refused.headers.Has("access-control-allow-origin"));
  EXPECT_EQ(Post(kPing, {{"Origin", "null"}}).status, 403);
}

TEST_F(EndpointTest, AnswersAPreflightBeforeItKnowsWhoCalls) {
  const HttpResponse response =
      Send("OPTIONS", "/mcp/no-token-at-all", "",
           {{"Origin", "https://app.example.com"},
            {"Access-Control-Request-Method", "POST"},
            {"Access-Control-Request-Headers", "content-type, mcp-param-region"}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.headers.Get("access-control-allow-origin"), "https://app.example.com");
  EXPECT_EQ(response.headers.Get("access-control-allow-methods"), "POST, OPTIONS");
  const std::string allowed(*response.headers.Get("access-control-allow-headers"));
  for (const char* name :
       {"Content-Type", "Accept", "Authorization", "MCP-Protocol-Version", "Mcp-Session-Id",
        "Mcp-Method", "Mcp-Name", "Last-Event-ID", "mcp-param-region"}) {
    EXPECT_TRUE(absl::StrContains(allowed, name)) << name;
  }
}

TEST_F(EndpointTest, ShowsABrowserTheHeadersItNeeds) {
  const HttpResponse response = Post(kPing, {{"Origin", "https://app.example.com"}});
  EXPECT_EQ(response.headers.Get("access-control-allow-origin"), "https://app.example.com");
  EXPECT_EQ(response.headers.Get("vary"), "Origin");
  EXPECT_TRUE(absl::StrContains(*response.headers.Get("access-control-expose-headers"),
                                "RateLimit-Remaining"));
}

TEST_F(EndpointTest, RefusesABodyOverTheLimitWithJson) {
  const HttpResponse response = Post(std::string(300 << 10, ' '));
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(json::parse(response.body)["error"]["code"], 413);
}

TEST_F(EndpointTest, IgnoresSessionsAndEventIds) {
  const HttpResponse response = Post(kPing, {{"Mcp-Session-Id", "gone"}, {"Last-Event-ID", "7"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.headers.Has("mcp-session-id"));
}

TEST_F(EndpointTest, NeverTellsWhereItWasCalled) {
  EXPECT_EQ(Post(kPing).headers.Get("referrer-policy"), "no-referrer");
}

TEST_F(EndpointTest, EchoesASaneRequestIdAndMakesOneElse) {
  EXPECT_EQ(Post(kPing, {{"X-Request-Id", "abc-1"}}).headers.Get("x-request-id"), "abc-1");
  const HttpResponse made = Post(kPing, {{"X-Request-Id", "a b\t<script>"}});
  EXPECT_TRUE(absl::StartsWith(*made.headers.Get("x-request-id"), "req_"));
}

// --- Calls
// ----------------------------------------------------------------------------------------

TEST_F(EndpointTest, HandsARateLimitOnAtOnceInHeadersAndInTheResult) {
  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    return ZohoRateLimited({.limit = 100, .remaining = 0, .reset = absl::Seconds(1320)},
                           absl::Seconds(1320), 400);
  });
  const HttpResponse response = CallTool(kDepartments);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.Get("ratelimit-limit"), "100");
  EXPECT_EQ(response.headers.Get("ratelimit-remaining"), "0");
  EXPECT_EQ(response.headers.Get("ratelimit-reset"), "1320");
  EXPECT_EQ(response.headers.Get("retry-after"), "1320");
  EXPECT_EQ(response.headers.Get("ratelimit"), "\"zoho\";r=0;t=1320");
  EXPECT_EQ(response.headers.Get("ratelimit-policy"), "\"zoho\";q=100");
  const json result = json::parse(response.body)["result"];
  EXPECT_EQ(result["isError"], true);
  EXPECT_FALSE(result.contains("structuredContent"));
  EXPECT_THAT(
      result["content"][0]["text"].get<std::string>(),
      testing::AllOf(testing::HasSubstr("ZOHO_RATE_LIMITED"), testing::HasSubstr("1320 seconds"),
                     testing::HasSubstr("ratelimit-remaining: 0")));
  EXPECT_EQ(result["_meta"]["retry-after"], 1320);
  EXPECT_EQ(backends_.tools.calls().size(), 1);  // No retry.
}

TEST_F(EndpointTest, ShowsTheLimitsThatZohoToldOnSuccess) {
  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    CallToolResponse response;
    response.set_result_json("{}");
    response.mutable_rate_limit()->set_limit(100);
    response.mutable_rate_limit()->set_remaining(42);
    return response;
  });
  const HttpResponse response = CallTool(kDepartments);
  EXPECT_EQ(response.headers.Get("ratelimit-remaining"), "42");
  EXPECT_FALSE(response.headers.Has("ratelimit-reset"));
  EXPECT_FALSE(response.headers.Has("retry-after"));
}

TEST_F(EndpointTest, AnswersAFullServiceWith503) {
  backends_.tools.SetHandler(
      [](const CallToolRequest&, grpc::ServerContext&) { return Overloaded(); });
  const HttpResponse response = CallTool(kDepartments);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.Get("retry-after"), "1");
}

TEST_F(EndpointTest, TellsTheModelWhatToMend) {
  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    return ArgumentInvalid("department_id", "is required", "\"1234\"");
  });
  const HttpResponse response = CallTool(kDepartments);
  EXPECT_EQ(response.status, 200);
  const json result = json::parse(response.body)["result"];
  EXPECT_EQ(result["isError"], true);
  EXPECT_THAT(result["content"][0]["text"].get<std::string>(),
              testing::HasSubstr("`department_id` is required"));
}

TEST_F(EndpointTest, AnswersACallThoughZohoProxyIsGone) {
  backends_.StopZohoProxy();
  const HttpResponse response = CallTool(kDepartments);
  EXPECT_EQ(response.status, 200);
  const json result = json::parse(response.body)["result"];
  EXPECT_EQ(result["isError"], true);
  EXPECT_THAT(result["content"][0]["text"].get<std::string>(),
              testing::HasSubstr("zoho-proxy-service does not answer"));
}

TEST_F(EndpointTest, PassesOnWhoAsksAndHowLongItWaits) {
  std::mutex mu;
  std::string request_id;
  std::string traceparent;
  absl::Duration left;
  backends_.tools.SetHandler([&](const CallToolRequest&, grpc::ServerContext& context) {
    const std::lock_guard lock(mu);
    const auto metadata = [&](const char* key) {
      const auto found = context.client_metadata().find(key);
      return found == context.client_metadata().end()
                 ? std::string()
                 : std::string(found->second.data(), found->second.size());
    };
    request_id = metadata("x-request-id");
    traceparent = metadata("traceparent");
    left = absl::FromChrono(context.deadline()) - absl::Now();
    CallToolResponse response;
    response.set_result_json("{}");
    return response;
  });
  constexpr char kTrace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  Post(absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                    kDepartments, R"(","_meta":{"traceparent":")", kTrace, "\"}}}"),
       {{"X-Request-Id", "r1"}});
  const std::lock_guard lock(mu);
  EXPECT_EQ(request_id, "r1");
  EXPECT_EQ(traceparent, kTrace);
  EXPECT_GT(left, absl::Seconds(1));
  EXPECT_LE(left, absl::Seconds(20));
}

// Lets a test wait for a call to be under way, and for its caller to be seen leaving.
class HeldCall {
 public:
  absl::StatusOr<CallToolResponse> Hold(grpc::ServerContext& context) {
    {
      const std::lock_guard lock(mu_);
      begun_ = true;
    }
    changed_.notify_all();
    while (!context.IsCancelled()) {
      std::unique_lock lock(mu_);
      if (changed_.wait_for(lock, std::chrono::milliseconds(5), [this] { return released_; })) {
        CallToolResponse response;
        response.set_result_json("{}");
        return response;
      }
    }
    const std::lock_guard lock(mu_);
    cancelled_ = true;
    changed_.notify_all();
    return CallerGone();
  }

  bool AwaitBegun() { return Await(begun_); }
  bool AwaitCancelled() { return Await(cancelled_); }

  void Release() {
    const std::lock_guard lock(mu_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  bool Await(bool& what) {
    std::unique_lock lock(mu_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return what; });
  }

  std::mutex mu_;
  std::condition_variable changed_;
  bool begun_ = false;
  bool cancelled_ = false;
  bool released_ = false;
};

TEST_F(EndpointTest, AModernClientCancelsByLeaving) {
  HeldCall held;
  backends_.tools.SetHandler(
      [&](const CallToolRequest&, grpc::ServerContext& context) { return held.Hold(context); });
  const std::shared_ptr<net::HttpCall> call = client_.Send(
      {.method = "POST",
       .url = absl::StrCat("http://", server_->address(), "/mcp/", kToken),
       .headers = {{"Content-Type", "application/json"},
                   {"MCP-Protocol-Version", "2026-07-28"},
                   {"Mcp-Method", "tools/call"},
                   {"Mcp-Name", kDepartments}},
       .body = absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                            kDepartments, R"(","_meta":)", kModernMeta, "}}")},
      [](const absl::StatusOr<HttpResponse>&) {});
  ASSERT_TRUE(held.AwaitBegun());

  call->Cancel();

  EXPECT_TRUE(held.AwaitCancelled());
}

// --- The older transport
// --------------------------------------------------------------------------

// A client of HTTP+SSE.
class SseClient {
 public:
  explicit SseClient(const std::string& address, const std::string& path = "/sse",
                     const std::string& headers = absl::StrCat("Authorization: Bearer ", kToken,
                                                               "\r\n"))
      : socket_(address) {
    EXPECT_TRUE(socket_.Send(
        absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: localhost:1\r\n", headers, "\r\n")));
    head_ = socket_.ReadUntil("\r\n\r\n");
  }

  const std::string& head() const { return head_; }

  // The data of the next event of this name.
  std::string Next(const std::string& event) {
    socket_.ReadUntil(absl::StrCat("event: ", event, "\ndata: "));
    std::string data = socket_.ReadUntil("\n\n");
    data.resize(data.size() - 2);
    return data;
  }

  // Waits for the last chunk: the stream's end, not the connection's.
  void AwaitEnd() { socket_.ReadUntil("\r\n0\r\n\r\n"); }

 private:
  net::RawSocket socket_;
  std::string head_;
};

TEST_F(EndpointTest, AClientOfHttpSseConnectsListsAndCalls) {
  SseClient client(server_->address(), absl::StrCat("/sse/", kToken), "");
  EXPECT_TRUE(absl::StrContains(client.head(), "Content-Type: text/event-stream\r\n"));
  EXPECT_TRUE(absl::StrContains(client.head(), "Cache-Control: no-cache, no-transform\r\n"));
  EXPECT_TRUE(absl::StrContains(client.head(), "Referrer-Policy: no-referrer\r\n"));
  const std::string messages = client.Next("endpoint");
  EXPECT_TRUE(absl::StartsWith(messages, absl::StrCat("/messages/", kToken, "?session_id=")));

  const HttpResponse accepted = Send(
      "POST", messages,
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05"}})");
  EXPECT_EQ(accepted.status, 202);
  EXPECT_EQ(json::parse(client.Next("message"))["result"]["protocolVersion"], "2024-11-05");
  Send("POST", messages,
       absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                    kDepartments, R"("}})"));
  EXPECT_EQ(json::parse(client.Next("message"))["result"]["isError"], false);
}

TEST_F(EndpointTest, TheEndpointOfHttpSseIsAPathOrUnderThePublicUrlNeverTheBoundAddress) {
  // As bearer: then there is no token in the path either.
  SseClient bearer(server_->address());
  EXPECT_TRUE(absl::StartsWith(bearer.Next("endpoint"), "/messages?session_id="));

  net::RawSocket socket(server_->address());
  socket.Send(absl::StrCat("GET /sse/", kToken, "/ HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  socket.ReadUntil("data: ");
  EXPECT_TRUE(absl::StartsWith(socket.ReadUntil("\n\n"), absl::StrCat("https://localhost/messages/",
                                                                      kToken, "?session_id=")));
}

TEST_F(EndpointTest, ServesStreamableHttpOnTheOlderPathToo) {
  EXPECT_EQ(Send("POST", absl::StrCat("/sse/", kToken), kPing).status, 200);
  const HttpResponse refused = Send("DELETE", absl::StrCat("/sse/", kToken), "");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.Get("allow"), "GET, POST, OPTIONS");
  EXPECT_EQ(Send("GET", absl::StrCat("/messages/", kToken), "").status, 405);
  EXPECT_EQ(Send("POST", absl::StrCat("/messages/", kToken), kPing).status, 404);
}

TEST_F(EndpointTest, EndsAStreamOnceItsUrlIsRevoked) {
  SseClient client(server_->address());
  client.Next("endpoint");
  backends_.mcp_servers.Remove(kToken);
  clock_.Advance(absl::Seconds(1));
  client.AwaitEnd();
  EXPECT_EQ(protocol_.listeners().size(), 0);
}

TEST_F(EndpointTest, EndsAStreamOnceItsSecondFactorIsRevoked) {
  auth::v1::McpServer server;
  server.set_id("mcp_double");
  server.mutable_config()->set_require_api_token_auth(true);
  Put(kOtherToken, server);
  SseClient client(server_->address(), absl::StrCat("/sse/", kOtherToken),
                   absl::StrCat("x-api-key: ", kApiKey, "\r\n"));
  client.Next("endpoint");
  backends_.api_keys.Remove(kApiKey);
  clock_.Advance(absl::Seconds(1));
  client.AwaitEnd();
}

TEST_F(EndpointTest, EndsAStreamWhereASecondFactorIsAskedForFromNowOn) {
  SseClient client(server_->address());
  client.Next("endpoint");
  auth::v1::McpServer server;
  server.set_id("mcp_main");
  server.mutable_config()->set_require_api_token_auth(true);
  Put(kToken, server);
  clock_.Advance(absl::Seconds(1));
  client.AwaitEnd();
}

TEST_F(EndpointTest, TellsListenersOfANewCatalogueAndOfNewRights) {
  SseClient client(server_->address());
  client.Next("endpoint");
  backends_.tools.SetTools("d2", {FakeTool("brand_new", Tool::LIST, {})});
  EXPECT_EQ(json::parse(client.Next("message"))["method"], "notifications/tools/list_changed");
  EXPECT_EQ(json::parse(client.Next("message"))["method"], "notifications/prompts/list_changed");
  EXPECT_EQ(json::parse(client.Next("message"))["method"], "notifications/resources/list_changed");

  auth::v1::McpServer server;
  server.set_id("mcp_main");
  server.set_account("acc_1");
  server.mutable_config()->add_methods("read");
  Put(kToken, server);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(json::parse(client.Next("message"))["method"], "notifications/tools/list_changed");
}

// --- Prompts and resources
// ------------------------------------------------------------------------

TEST_F(EndpointTest, OffersThePromptsThatTheServersToolsAllow) {
  const json none = json::parse(PostModern("prompts/list").body)["result"];
  EXPECT_EQ(none["prompts"], json::array());
  backends_.tools.SetTools(
      "d2", {FakeTool("list_all_zoho_meeting_department_users", Tool::LIST, {"users"}),
             FakeTool(kDepartments, Tool::LIST, {"departments"})});
  ASSERT_EQ(catalogue_.AwaitOther("d1", absl::Seconds(10))->digest(), "d2");

  const json list = json::parse(PostModern("prompts/list").body)["result"];
  ASSERT_EQ(list["prompts"].size(), 1);
  const std::string name = list["prompts"][0]["name"];
  EXPECT_EQ(name, "department_user_audit");
  const std::string call = absl::StrCat(R"("name":")", name, R"(","arguments":)");
  EXPECT_THAT(json::parse(PostModern("prompts/get", call + R"({"department":"Sales"})", name)
                              .body)["result"]["messages"][0]["content"]["text"]
                  .get<std::string>(),
              testing::HasSubstr("'Sales'"));
  EXPECT_EQ(json::parse(PostModern("prompts/get", call + "{}", name).body)["error"]["code"],
            -32602);
  EXPECT_EQ(json::parse(PostModern("prompts/get", R"("name":"executive_meeting_brief")",
                                   "executive_meeting_brief")
                            .body)["error"]["code"],
            -32602);
}

TEST_F(EndpointTest, CompletesNamesOfTheLiveAccount) {
  backends_.tools.SetTools(
      "d2", {FakeTool("list_all_zoho_meeting_department_users", Tool::LIST, {"users"}),
             FakeTool(kDepartments, Tool::LIST, {"departments"})});
  ASSERT_EQ(catalogue_.AwaitOther("d1", absl::Seconds(10))->digest(), "d2");
  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    CallToolResponse response;
    response.set_result_json(
        R"({"results":[{"departmentName":"Sales"},{"departmentName":"Legal"}]})");
    return response;
  });
  const auto complete = [this](const std::string& ref, const std::string& argument) {
    return json::parse(PostModern("completion/complete",
                                  absl::StrCat(R"("ref":)", ref, R"(,"argument":)", argument))
                           .body);
  };
  const std::string audit = R"({"type":"ref/prompt","name":"department_user_audit"})";
  EXPECT_EQ(complete(audit, R"({"name":"department","value":"sa"})")["result"]["completion"],
            json::parse(R"({"values":["Sales"],"total":1,"hasMore":false})"));
  EXPECT_EQ(complete(R"({"type":"ref/resource","uri":"zoho-meeting://tools/{name}"})",
                     R"({"name":"name","value":"list_all"})")["result"]["completion"]["total"],
            2);
  EXPECT_EQ(complete(audit, R"({"name":"nothing","value":""})")["error"]["code"], -32602);
  EXPECT_EQ(complete(R"({"type":"ref/prompt","name":"nothing"})",
                     R"({"name":"department","value":""})")["error"]["code"],
            -32602);

  // Without the tool that would tell them, names are not told.
  auth::v1::McpServer server;
  server.set_id("mcp_main");
  server.mutable_config()->add_tags("users");
  Put(kOtherToken, server);
  const json refused = json::parse(
      Send(
          "POST", absl::StrCat("/mcp/", kOtherToken),
          absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":)",
                       audit, R"(,"argument":{"name":"department","value":""}}})"))
          .body);
  EXPECT_EQ(refused["error"]["code"], -32602);
}

TEST_F(EndpointTest, ReadsTheAccountTheRegionsAndTheToolsThatMayBeCalled) {
  auth::v1::Account account;
  account.set_id("acc_1");
  account.set_region("eu");
  backends_.accounts.Put(account);
  const auto read = [this](const std::string& uri) {
    return json::parse(
        PostModern("resources/read", absl::StrCat(R"("uri":")", uri, "\""), uri).body);
  };
  const json overview = json::parse(
      read("zoho-meeting://account")["result"]["contents"][0]["text"].get<std::string>());
  EXPECT_EQ(overview["account"]["region"], "eu");
  EXPECT_EQ(overview["mcp_server"]["tools"].size(), 2);
  EXPECT_TRUE(read("zoho-meeting://regions").contains("result"));
  EXPECT_EQ(
      read(absl::StrCat("zoho-meeting://tools/", kDelete))["result"]["contents"][0]["mimeType"],
      "text/markdown");
  const json missing = read("zoho-meeting://tools/nothing");
  EXPECT_EQ(missing["error"]["code"], -32602);
  EXPECT_EQ(missing["error"]["data"]["uri"], "zoho-meeting://tools/nothing");
}

TEST_F(EndpointTest, ServesTheFixturesUnderTheirOwnTokenAlone) {
  const auto call = [this](const char* token) {
    return json::parse(Send("POST", absl::StrCat("/mcp/", token),
                            R"({"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                            R"("params":{"name":"test_simple_text"}})")
                           .body);
  };
  EXPECT_EQ(call(kExtraToken)["result"]["content"][0]["text"],
            "This is a simple text response for testing.");
  EXPECT_EQ(call(kToken)["error"]["code"], -32602);
}

TEST_F(EndpointTest, TellsAClientThatWantsToKnowHowLongACallTakes) {
  HeldCall held;
  backends_.tools.SetHandler(
      [&](const CallToolRequest&, grpc::ServerContext& context) { return held.Hold(context); });
  net::RawSocket socket(server_->address());
  const std::string body =
      absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")",
                   kDepartments, R"(","_meta":{"progressToken":"p"}}})");
  socket.Send(absl::StrCat("POST /mcp/", kToken,
                           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           "Content-Length: ",
                           body.size(), "\r\n\r\n", body));
  EXPECT_THAT(socket.ReadUntil("\n\n"), testing::HasSubstr(R"("progressToken":"p","progress":1,)"));
  held.Release();
  EXPECT_THAT(socket.ReadUntil("\n\n"), testing::HasSubstr(R"("result":)"));
}

TEST_F(EndpointTest, IsReadyWhenBothServicesAnswerAndNamesWhichDoesNot) {
  EXPECT_EQ(Send("GET", "/healthz", "").status, 200);
  EXPECT_EQ(Send("GET", "/readyz", "").status, 200);

  backends_.StopZohoProxy();
  const HttpResponse missing = Send("GET", "/readyz", "");
  EXPECT_EQ(missing.status, 503);
  EXPECT_EQ(json::parse(missing.body)["missing"], json::parse(R"(["zoho-proxy-service"])"));

  readiness_.StopBeingReady();
  EXPECT_EQ(json::parse(Send("GET", "/readyz", "").body)["status"], "draining");
  EXPECT_EQ(Send("GET", "/healthz", "").status, 200);
}

TEST_F(EndpointTest, TakesUpANewCatalogue) {
  backends_.tools.SetTools("d2", {FakeTool("brand_new", Tool::LIST, {})});
  ASSERT_EQ(catalogue_.AwaitOther("d1", absl::Seconds(10))->digest(), "d2");
  const json list =
      json::parse(Post(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})").body)["result"];
  ASSERT_EQ(list["tools"].size(), 1);
  EXPECT_EQ(list["tools"][0]["name"], "brand_new");
}

}  // namespace
}  // namespace mesh::frontend
