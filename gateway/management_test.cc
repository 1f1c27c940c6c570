// The private surface over real sockets, with the services behind it as fakes over real gRPC.
#include "gateway/management.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/net/curl_http_client.h"
#include "common/net/http_server.h"
#include "edge/audit_recorder.h"
#include "edge/fake_services.h"
#include "edge/tool_list_digest.h"
#include "gateway/http_errors.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using edge::FakeTool;
using net::HttpHeaders;
using net::HttpResponse;
using nlohmann::json;
using tools::v1::Tool;

class ManagementTest : public testing::Test {
 protected:
  ManagementTest() {
    backends_.api_keys.Put("admin-key", ApiKey::ADMIN);
    backends_.api_keys.Put("operator-key", ApiKey::OPERATOR);
    backends_.api_keys.Put("viewer-key", ApiKey::VIEWER);
    backends_.tools.SetTools("d1", {FakeTool("create_meeting", Tool::CREATE, {"meetings"}),
                                    FakeTool("list_meetings", Tool::LIST, {"meetings"}),
                                    FakeTool("list_users", Tool::LIST, {"users"})});
    auth::v1::Account account;
    account.set_id("acc_1");
    account.set_name("Acme");
    backends_.accounts.Put(account);
    EXPECT_NE(catalogue_.AwaitOther("", absl::Seconds(10)), nullptr);
    auto started = net::HttpServer::Start({.threads = 1, .error_response = ServerErrorResponse},
                                          [this](auto exchange) { management_.Handle(exchange); });
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  ~ManagementTest() override {
    server_->Shutdown(absl::InfinitePast());
    calls_.Close();
  }

  HttpResponse Send(const char* method, absl::string_view path, absl::string_view body = "",
                    absl::string_view key = "admin-key", HttpHeaders headers = {}) {
    if (!key.empty()) headers.Add("Authorization", absl::StrCat("Bearer ", key));
    absl::StatusOr<HttpResponse> response =
        SendAndWait(client_, {.method = method,
                              .url = absl::StrCat("http://", server_->address(), path),
                              .headers = headers,
                              .body = std::string(body)});
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : HttpResponse();
  }

  // The error's reason, where the status is as expected.
  std::string ReasonOf(const HttpResponse& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    const json body = json::parse(response.body, nullptr, false);
    return body.is_object() && body.contains("error") ? body["error"]["reason"].get<std::string>()
                                                      : std::string();
  }

  edge::FakeBackends backends_;
  const SystemClock clock_;
  prometheus::Registry registry_;
  Metrics metrics_{registry_};
  std::shared_ptr<grpc::Channel> auth_channel_ = backends_.auth();
  std::unique_ptr<auth::v1::AccountService::Stub> accounts_ =
      auth::v1::AccountService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::ConnectService::Stub> connect_ =
      auth::v1::ConnectService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::McpServerService::Stub> mcp_servers_ =
      auth::v1::McpServerService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::ApiKeyService::Stub> api_key_service_ =
      auth::v1::ApiKeyService::NewStub(auth_channel_);
  std::unique_ptr<tools::v1::ToolService::Stub> tool_service_ =
      tools::v1::ToolService::NewStub(backends_.zoho_proxy());
  std::unique_ptr<auth::v1::AuditService::Stub> audit_ =
      auth::v1::AuditService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::ClientService::Stub> client_service_ =
      auth::v1::ClientService::NewStub(auth_channel_);
  std::unique_ptr<auth::v1::ApprovalService::Stub> approval_service_ =
      auth::v1::ApprovalService::NewStub(auth_channel_);
  edge::AuditRecorder recorder_{*audit_, registry_};
  rpc::CallGroup calls_;
  edge::CatalogueWatch catalogue_{*tool_service_};
  edge::Readiness readiness_{*accounts_, *tool_service_, catalogue_};
  edge::ApiKeys api_keys_{clock_, *api_key_service_, calls_};
  Management management_{
      {*accounts_, *connect_, *mcp_servers_, *api_key_service_, *audit_, *client_service_,
       *approval_service_, *tool_service_, catalogue_, recorder_, calls_},
      clock_,
      {.public_url = "https://mcp.example.com",
       .management_url = "https://mesh.example.com",
       .sealer = Sealer::WithNewKey(),
       .dashboard = StaticFiles("Not built.")},
      api_keys_,
      readiness_,
      metrics_};
  std::unique_ptr<net::HttpServer> server_;
  net::CurlHttpClient client_;
};

TEST_F(ManagementTest, ShowsWhatEachClientSawAndWhetherItIsCurrent) {
  auth::v1::McpServer server;
  server.set_id("mcp_1");
  server.set_account("acc_1");
  server.mutable_config()->add_tags("users");
  backends_.mcp_servers.Put("token", server);
  const std::string current = edge::ToolListDigest(*catalogue_.Current(), server.config());
  auth::v1::RecordClientsRequest seen;
  for (const std::string& digest : {current, std::string("old"), std::string()}) {
    auth::v1::Client& client = *seen.add_clients();
    client.set_name("Cursor");
    client.set_version("1.2");
    client.set_introduced(true);
    client.set_era("legacy");
    client.set_revision("2025-06-18");
    client.set_list_digest(digest);
    if (!digest.empty()) client.mutable_list_time()->set_seconds(1'780'000'000);
    client.mutable_last_seen_time()->set_seconds(1'780'000'000);
  }
  google::protobuf::Empty recorded;
  grpc::ClientContext context;
  ASSERT_TRUE(client_service_->RecordClients(&context, seen, &recorded).ok());

  const HttpResponse response =
      Send("GET", "/integrated-account/acc_1/mcp/mcp_1/client", "", "viewer-key");

  ASSERT_EQ(response.status, 200) << response.body;
  const json body = json::parse(response.body);
  EXPECT_EQ(body["tools_digest"], current);
  ASSERT_EQ(body["results"].size(), 3u);
  EXPECT_EQ(body["results"][0]["is_current"], true);
  EXPECT_EQ(body["results"][0]["name"], "Cursor");
  EXPECT_EQ(body["results"][0]["protocol_version"], "2025-06-18");
  EXPECT_EQ(body["results"][0]["tools_listed_at"], "2026-05-28T20:26:40Z");
  EXPECT_EQ(body["results"][1]["is_current"], false);
  EXPECT_TRUE(body["results"][2]["is_current"].is_null());
  EXPECT_TRUE(body["results"][2]["tools_listed_at"].is_null());
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account/acc_1/mcp/mcp_9/client"), 404),
            "MCP_SERVER_NOT_FOUND");
}

TEST_F(ManagementTest, ShowsAndDecidesApprovals) {
  auth::v1::ClaimApprovalRequest claim;
  claim.set_account("acc_1");
  claim.set_mcp_server("mcp_1");
  claim.set_tool("delete_meeting");
  claim.set_arguments_sha256(std::string(32, 'x'));
  claim.set_arguments(R"({"id":"7"})");
  for (const char* server : {"mcp_1", "mcp_2"}) {
    claim.set_mcp_server(server);
    auth::v1::Approval pending;
    grpc::ClientContext context;
    ASSERT_TRUE(approval_service_->ClaimApproval(&context, claim, &pending).ok());
  }

  const HttpResponse listed =
      Send("GET", "/approval?state=pending&account=acc_1&mcp_server=mcp_1&limit=7&next_cursor=c",
           "", "operator-key");
  ASSERT_EQ(listed.status, 200) << listed.body;
  EXPECT_EQ(json::parse(listed.body)["results"].size(), 2u);
  const auth::v1::ListApprovalsRequest asked = backends_.approvals.listed();
  EXPECT_EQ(asked.state(), auth::v1::Approval::PENDING);
  EXPECT_EQ(asked.account(), "acc_1");
  EXPECT_EQ(asked.mcp_server(), "mcp_1");
  EXPECT_EQ(asked.page_size(), 7);
  EXPECT_EQ(asked.page_token(), "c");
  const json shown = json::parse(Send("GET", "/approval/apr_1").body);
  EXPECT_EQ(shown["state"], "pending");
  EXPECT_EQ(shown["tool"], "delete_meeting");
  EXPECT_EQ(shown["arguments"], json::parse(R"({"id":"7"})"));
  EXPECT_TRUE(shown["decided_at"].is_null());

  const HttpResponse approved = Send("POST", "/approval/apr_1/approve", "", "operator-key");
  ASSERT_EQ(approved.status, 200) << approved.body;
  EXPECT_EQ(json::parse(approved.body)["state"], "approved");
  EXPECT_EQ(json::parse(Send("POST", "/approval/apr_2/deny").body)["state"], "denied");

  EXPECT_EQ(ReasonOf(Send("POST", "/approval/apr_1/approve"), 409), "APPROVAL_CLOSED");
  EXPECT_EQ(ReasonOf(Send("POST", "/approval/apr_9/deny"), 404), "APPROVAL_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Send("GET", "/approval/apr_9"), 404), "APPROVAL_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Send("GET", "/approval", "", "viewer-key"), 403), "ROLE_INSUFFICIENT");
  EXPECT_EQ(ReasonOf(Send("POST", "/approval/apr_1/approve", "", "viewer-key"), 403),
            "ROLE_INSUFFICIENT");
  for (const char* query : {"state=Pending", "state=state_unspecified", "state=x", "tool=x"}) {
    EXPECT_EQ(ReasonOf(Send("GET", absl::StrCat("/approval?", query)), 400), "FIELD_INVALID")
        << query;
  }
}

TEST_F(ManagementTest, AnMcpServerSaysWhichCallsItWantsApproved) {
  const HttpResponse created = Send("POST", "/integrated-account/acc_1/mcp",
                                    R"({"name":"Worker","config":{"approval":"destructive"}})");
  ASSERT_EQ(created.status, 201) << created.body;
  const json server = json::parse(created.body);
  EXPECT_EQ(server["config"]["approval"], "destructive");
  const std::string path =
      absl::StrCat("/integrated-account/acc_1/mcp/", server["id"].get<std::string>());

  EXPECT_EQ(Send("PATCH", path, R"({"config":{"approval":"write"}})").status, 200);
  EXPECT_EQ(backends_.mcp_servers.updated().update_mask().paths(0), "config.approval");
  EXPECT_EQ(json::parse(Send("GET", path).body)["config"]["approval"], "write");
  const HttpResponse usual = Send("POST", "/integrated-account/acc_1/mcp", R"({"name":"Worker"})");
  EXPECT_EQ(json::parse(usual.body)["config"]["approval"], "none");

  for (const char* wrong : {R"("always")", R"("Write")", "true", R"("")"}) {
    const HttpResponse refused =
        Send("POST", "/integrated-account/acc_1/mcp",
             absl::StrCat(R"({"name":"Worker","config":{"approval":)", wrong, "}}"));
    EXPECT_EQ(ReasonOf(refused, 400), "FIELD_INVALID") << wrong;
    EXPECT_TRUE(absl::StrContains(refused.body, "config.approval")) << refused.body;
  }
}

TEST_F(ManagementTest, CreatesShowsListsAndDeletesAnMcpServer) {
  const HttpResponse created = Send("POST", "/integrated-account/acc_1/mcp",
                                    R"({"name":"Worker","config":{"methods":["read"]}})");
  ASSERT_EQ(created.status, 201) << created.body;
  const json server = json::parse(created.body);
  const std::string token = server["token"];
  EXPECT_EQ(token.size(), 43);
  EXPECT_EQ(server["url"], absl::StrCat("https://mcp.example.com/mcp/", token));
  EXPECT_EQ(server["name"], "Worker");
  EXPECT_EQ(server["config"]["methods"], json::parse(R"(["read"])"));
  EXPECT_TRUE(server["expires_at"].is_null());
  for (const char* field : {"id", "created_at", "updated_at"}) EXPECT_TRUE(server.contains(field));

  const std::string path =
      absl::StrCat("/integrated-account/acc_1/mcp/", server["id"].get<std::string>());
  const HttpResponse shown = Send("GET", path);
  EXPECT_EQ(shown.status, 200);
  const HttpResponse listed = Send("GET", "/integrated-account/acc_1/mcp");
  EXPECT_EQ(json::parse(listed.body)["results"].size(), 1);
  EXPECT_TRUE(json::parse(listed.body)["next_cursor"].is_null());
  // Shown once.
  EXPECT_FALSE(absl::StrContains(shown.body, token));
  EXPECT_FALSE(absl::StrContains(listed.body, token));
  EXPECT_FALSE(json::parse(shown.body).contains("url"));

  const HttpResponse deleted = Send("DELETE", path);
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_EQ(ReasonOf(Send("GET", path), 404), "MCP_SERVER_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Send("DELETE", path), 404), "MCP_SERVER_NOT_FOUND");
}

TEST_F(ManagementTest, HidesAServerOfAnotherAccount) {
  const json server =
      json::parse(Send("POST", "/integrated-account/acc_1/mcp", R"({"name":"n"})").body);
  EXPECT_EQ(ReasonOf(Send("GET", absl::StrCat("/integrated-account/acc_2/mcp/",
                                              server["id"].get<std::string>())),
                     404),
            "MCP_SERVER_NOT_FOUND");
}

TEST_F(ManagementTest, NamesTheFieldOfABadBody) {
  const HttpResponse response =
      Send("POST", "/integrated-account/acc_1/mcp", R"({"name":"n","config":{"methods":"all"}})");
  EXPECT_EQ(ReasonOf(response, 400), "FIELD_INVALID");
  EXPECT_EQ(json::parse(response.body)["error"]["details"]["field"], "config.methods");
}

TEST_F(ManagementTest, PagesByLimitAndCursor) {
  const HttpResponse page = Send("GET", "/integrated-account/acc_1/mcp?limit=1");
  EXPECT_EQ(json::parse(page.body)["next_cursor"], "next");
  for (const char* query : {"limit=0", "limit=1001", "limit=x", "page=2"}) {
    EXPECT_EQ(ReasonOf(Send("GET", absl::StrCat("/integrated-account/acc_1/mcp?", query)), 400),
              "FIELD_INVALID")
        << query;
  }
}

TEST_F(ManagementTest, ConnectsAnAccountAndForgetsIt) {
  const HttpResponse created = Send("POST", "/integrated-account",
                                    R"({"name":"New","region":"eu","refresh_token":"1000.x"})");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(backends_.accounts.created().refresh_token(), "1000.x");
  EXPECT_FALSE(absl::StrContains(created.body, "1000.x"));
  const std::string id = json::parse(created.body)["id"];
  EXPECT_EQ(json::parse(created.body)["state"], "active");

  EXPECT_EQ(json::parse(Send("GET", "/integrated-account").body)["results"].size(), 2);
  EXPECT_EQ(json::parse(Send("GET", "/integrated-account/" + id).body)["name"], "New");
  EXPECT_EQ(Send("DELETE", "/integrated-account/" + id).status, 204);
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account/" + id), 404), "ACCOUNT_NOT_FOUND");
}

TEST_F(ManagementTest, ListsTheRegions) {
  const json regions = json::parse(Send("GET", "/region").body)["results"];
  EXPECT_EQ(regions[0]["code"], "eu");
  EXPECT_EQ(regions[0]["connectable"], true);
}

TEST_F(ManagementTest, ShowsTheToolsThatAUrlWithTheseFiltersWould) {
  const auto names = [this](absl::string_view query) {
    std::string all;
    const HttpResponse response =
        Send("GET", absl::StrCat("/integrated-account/acc_1/tools", query));
    EXPECT_EQ(response.status, 200) << response.body;
    const json page = json::parse(response.body);
    for (const json& tool : page["results"]) {
      absl::StrAppend(&all, tool["name"].get<std::string>(), " ");
    }
    return all;
  };
  EXPECT_EQ(names(""), "create_meeting list_meetings list_users ");
  EXPECT_EQ(names("?methods=read&tags=meetings"), "list_meetings ");
  EXPECT_EQ(names("?methods=create,list&tags=meetings,users"),
            "create_meeting list_meetings list_users ");
  EXPECT_EQ(names("?tags=none"), "");
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account/acc_1/tools?methods=reed"), 400),
            "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account/acc_1/tools?method=read"), 400),
            "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account/acc_9/tools"), 404), "ACCOUNT_NOT_FOUND");
}

TEST_F(ManagementTest, CallsAToolByHand) {
  backends_.tools.SetHandler([](const tools::v1::CallToolRequest&, grpc::ServerContext&) {
    tools::v1::CallToolResponse response;
    response.set_result_json(R"({"results": [1]})");
    response.mutable_rate_limit()->set_remaining(3);
    return response;
  });
  const HttpResponse response =
      Send("POST", "/integrated-account/acc_1/tools/list_users/call", R"({"limit":1})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"results": [1]})");
  EXPECT_EQ(response.headers.Get("ratelimit-remaining"), "3");
  ASSERT_EQ(backends_.tools.calls().size(), 1);
  EXPECT_EQ(backends_.tools.calls()[0].account(), "acc_1");
  EXPECT_EQ(backends_.tools.calls()[0].tool(), "list_users");
  EXPECT_EQ(backends_.tools.calls()[0].arguments_json(), R"({"limit":1})");

  backends_.tools.SetHandler([](const tools::v1::CallToolRequest&, grpc::ServerContext&) {
    return ZohoRateLimited({.limit = 10, .remaining = 0, .reset = absl::Seconds(60)},
                           absl::Seconds(60), 429);
  });
  const HttpResponse limited =
      Send("POST", "/integrated-account/acc_1/tools/list_users/call", "{}");
  EXPECT_EQ(ReasonOf(limited, 429), "ZOHO_RATE_LIMITED");
  EXPECT_EQ(limited.headers.Get("ratelimit-reset"), "60");
}

TEST_F(ManagementTest, ChangesOnlyWhatAPatchNames) {
  ASSERT_EQ(Send("POST", "/integrated-account/acc_1/mcp", R"({"name":"Worker"})").status, 201);

  const HttpResponse patched =
      Send("PATCH", "/integrated-account/acc_1/mcp/mcp_1",
           R"({"name":"Reader","config":{"tags":["users"]},"expires_at":null})");

  EXPECT_EQ(patched.status, 200) << patched.body;
  EXPECT_EQ(json::parse(patched.body)["name"], "Reader");
  EXPECT_FALSE(json::parse(patched.body).contains("token"));
  EXPECT_THAT(backends_.mcp_servers.updated().update_mask().paths(),
              testing::ElementsAre("name", "config.tags", "expire_time"));
  EXPECT_FALSE(backends_.mcp_servers.updated().mcp_server().has_expire_time());
  EXPECT_EQ(ReasonOf(Send("PATCH", "/integrated-account/acc_1/mcp/mcp_9", R"({"name":"x"})"), 404),
            "MCP_SERVER_NOT_FOUND");
}

TEST_F(ManagementTest, RotatesATokenAndShowsTheNewOneOnce) {
  ASSERT_EQ(Send("POST", "/integrated-account/acc_1/mcp", R"({"name":"Worker"})").status, 201);
  const char* path = "/integrated-account/acc_1/mcp/mcp_1/rotate";

  const HttpResponse rotated = Send("POST", path, R"({"grace_seconds":60})");

  EXPECT_EQ(rotated.status, 200) << rotated.body;
  const json server = json::parse(rotated.body);
  EXPECT_EQ(server["id"], "mcp_1");
  EXPECT_EQ(server["url"], absl::StrCat("https://mcp.example.com/mcp/", std::string(43, 'R')));
  EXPECT_EQ(server["previous_expires_at"], "2026-05-28T20:26:40Z");
  EXPECT_EQ(backends_.mcp_servers.rotated().grace().seconds(), 60);
  EXPECT_EQ(Send("POST", path).status, 200);
  EXPECT_FALSE(backends_.mcp_servers.rotated().has_grace());
  EXPECT_EQ(ReasonOf(Send("POST", path, R"({"grace_seconds":-1})"), 400), "FIELD_INVALID");
}

TEST_F(ManagementTest, RenamesAndReconnectsAnAccount) {
  const HttpResponse renamed = Send("PATCH", "/integrated-account/acc_1", R"({"name":"New"})");
  EXPECT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(json::parse(renamed.body)["name"], "New");

  const HttpResponse reconnected = Send("POST", "/integrated-account/acc_1/reconnect",
                                        R"({"refresh_token":"1000.r","region":"eu"})");

  EXPECT_EQ(reconnected.status, 200) << reconnected.body;
  EXPECT_EQ(json::parse(reconnected.body)["id"], "acc_1");
  EXPECT_EQ(backends_.accounts.reconnected().refresh_token(), "1000.r");
  EXPECT_EQ(backends_.accounts.reconnected().region(), "eu");
}

TEST_F(ManagementTest, SaysWhereZohoDidNotRevoke) {
  backends_.accounts.SetRevoked(false);
  const HttpResponse deleted = Send("DELETE", "/integrated-account/acc_1");
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(json::parse(deleted.body)["revoked"], false);
}

// The value that a Set-Cookie asks to be sent back.
std::string CookieOf(const HttpResponse& response) {
  const std::string cookie(response.headers.Get("set-cookie").value_or(""));
  return cookie.substr(0, cookie.find(';'));
}

TEST_F(ManagementTest, ALinkLeadsABrowserToZohoAndBack) {
  const HttpResponse made = Send("POST", "/connect-link", R"({"name":"Acme & Sons"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(json::parse(made.body)["url"], "https://mesh.example.com/connect-link/link");

  const HttpResponse page = Send("GET", "/connect-link/link", "", "");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.Get("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, testing::HasSubstr("Acme &amp; Sons"));
  EXPECT_THAT(page.body, testing::HasSubstr("European Union"));
  EXPECT_THAT(page.body, testing::Not(testing::HasSubstr("<script")));

  const HttpResponse sent = Send("GET", "/oauth/zoho/start?link=link&region=eu", "", "");
  EXPECT_EQ(sent.status, 302);
  EXPECT_EQ(sent.headers.Get("location"), "https://accounts.zoho.eu/oauth/v2/auth?state=s");
  const std::string set_cookie(sent.headers.Get("set-cookie").value_or(""));
  for (const char* part : {"mesh_connect=", "HttpOnly", "SameSite=Lax", "Secure"}) {
    EXPECT_THAT(set_cookie, testing::HasSubstr(part));
  }
  EXPECT_EQ(backends_.connect.started().link(), "link");
  EXPECT_EQ(backends_.connect.started().region(), "eu");
  EXPECT_EQ(backends_.connect.started().redirect_uri(),
            "https://mesh.example.com/oauth/zoho/callback");

  const HttpResponse back =
      Send("GET",
           "/oauth/zoho/"
           "callback?code=c&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu&state=s&",
           "", "", {{"Cookie", absl::StrCat("other=1; ", CookieOf(sent))}});
  EXPECT_EQ(back.status, 200);
  EXPECT_EQ(backends_.connect.completed().browser_sha256(),
            backends_.connect.started().browser_sha256());
  EXPECT_EQ(backends_.connect.completed().accounts_server(), "https://accounts.zoho.eu");
  EXPECT_EQ(backends_.connect.completed().code(), "c");
  EXPECT_THAT(back.body, testing::HasSubstr("&lt;b&gt;Acme&lt;/b&gt;"));
  EXPECT_THAT(std::string(back.headers.Get("set-cookie").value_or("")),
              testing::HasSubstr("Max-Age=0"));
}

TEST_F(ManagementTest, AKeyHolderGetsTheAddressAndItsBrowserTheCookie) {
  const HttpResponse started = Send("POST", "/oauth/zoho/start", R"({"account":"acc_1"})");

  EXPECT_EQ(started.status, 200) << started.body;
  EXPECT_EQ(json::parse(started.body)["authorization_url"],
            "https://accounts.zoho.eu/oauth/v2/auth?state=s");
  EXPECT_EQ(CookieOf(started).size(), std::string("mesh_connect=").size() + 43);
  EXPECT_EQ(backends_.connect.started().account(), "acc_1");
  EXPECT_EQ(ReasonOf(Send("POST", "/oauth/zoho/start", R"({"acount":"x"})"), 400), "FIELD_INVALID");
}

TEST_F(ManagementTest, APageTellsABrowserWhatWentWrong) {
  backends_.connect.Fail(ConnectUsed("connect link"));
  for (const char* path : {"/connect-link/forged", "/oauth/zoho/start?link=link",
                           "/oauth/zoho/start", "/oauth/zoho/callback?state=s&code=c"}) {
    const HttpResponse page = Send("GET", path, "", "");
    EXPECT_GE(page.status, 400) << path;
    EXPECT_LT(page.status, 500) << path;
    EXPECT_EQ(page.headers.Get("content-type"), "text/html; charset=utf-8") << path;
    EXPECT_THAT(page.body, testing::HasSubstr("was not connected")) << path;
  }
  backends_.connect.Fail(Internal("secret detail"));
  EXPECT_THAT(Send("GET", "/oauth/zoho/callback?state=s", "", "").body,
              testing::Not(testing::HasSubstr("secret detail")));
}

TEST_F(ManagementTest, MakesAKeyThatWorksAtOnceAndShowsItOnce) {
  const HttpResponse made =
      Send("POST", "/api-key",
           R"({"name":"Reader","role":"viewer","expires_at":"2999-01-01T00:00:00Z"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const json key = json::parse(made.body);
  EXPECT_EQ(key["role"], "viewer");
  EXPECT_EQ(key["expires_at"], "2999-01-01T00:00:00Z");
  EXPECT_TRUE(key["last_used_at"].is_null());
  const std::string secret = key["key"];

  EXPECT_EQ(Send("GET", "/integrated-account", "", secret).status, 200);
  const HttpResponse listed = Send("GET", "/api-key");
  EXPECT_FALSE(absl::StrContains(listed.body, secret));
  EXPECT_EQ(Send("DELETE", absl::StrCat("/api-key/", key["id"].get<std::string>())).status, 204);

  for (const char* body :
       {R"({"name":"n","role":"root"})", R"({"name":"n","role":"ADMIN"})", R"({"name":"n"})",
        R"({"role":"viewer"})", R"({"name":"n","role":"role_unspecified"})"}) {
    EXPECT_EQ(ReasonOf(Send("POST", "/api-key", body), 400), "FIELD_INVALID") << body;
  }
}

TEST_F(ManagementTest, ShowsAndExportsTheAuditLog) {
  Send("POST", "/integrated-account/acc_1/tools/list_users/call", R"({"pwd":"hunter2"})");
  Send("POST", "/integrated-account/acc_1/tools/list_users/call", R"({"limit":2})");
  backends_.audit.AwaitEvents(2);

  const HttpResponse listed =
      Send("GET", "/audit?since=2026-01-01T00:00:00Z&action=tool.&outcome=error&limit=1");
  EXPECT_EQ(listed.status, 200) << listed.body;
  const json page = json::parse(listed.body);
  ASSERT_EQ(page["results"].size(), 2u);
  EXPECT_EQ(page["results"][1]["actor"], "key_3");
  EXPECT_EQ(page["results"][1]["action"], "tool.call");
  EXPECT_EQ(page["results"][1]["tool"], "list_users");
  EXPECT_EQ(page["results"][1]["outcome"], "ok");
  EXPECT_EQ(page["results"][1]["details"]["arguments"], R"({"pwd":"[redacted]"})");
  EXPECT_EQ(page["next_cursor"], "next");
  EXPECT_EQ(backends_.audit.listed().action(), "tool.");
  EXPECT_EQ(backends_.audit.listed().outcome(), "error");
  EXPECT_EQ(backends_.audit.listed().start_time().seconds(), 1'767'225'600);

  const HttpResponse lines = Send("GET", "/audit?format=jsonl&limit=1");
  EXPECT_EQ(lines.headers.Get("content-type"), "application/x-ndjson");
  EXPECT_EQ(lines.headers.Get("x-next-cursor"), "next");
  EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 2);
  EXPECT_EQ(json::parse(lines.body.substr(0, lines.body.find('\n')))["tool"], "list_users");

  for (const char* query : {"?since=yesterday", "?limit=0", "?limit=1001", "?format=xml", "?x=1"}) {
    EXPECT_EQ(ReasonOf(Send("GET", absl::StrCat("/audit", query)), 400), "FIELD_INVALID") << query;
  }
}

// Protocol buffers with anything else in them are refused as a whole by whoever gets them.
TEST_F(ManagementTest, WhatIsNoUtf8GoesNoFurther) {
  EXPECT_EQ(Send("POST", "/integrated-account/acc_1/tools/%FF/call", "{}").status, 404);
  EXPECT_EQ(Send("GET", "/integrated-account/%C3%28").status, 404);
  EXPECT_EQ(ReasonOf(Send("GET", "/audit?actor=%FF"), 400), "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(Send("GET", "/api-key?next_cursor=%FF"), 400), "FIELD_INVALID");
  EXPECT_EQ(Send("GET", "/oauth/zoho/callback?state=%FF", "", "").status, 400);
}

TEST_F(ManagementTest, VerifiesTheAuditLogAndShowsUsage) {
  EXPECT_EQ(json::parse(Send("GET", "/audit/verify").body)["intact"], true);
  const json broken = json::parse(Send("GET", "/audit/verify?start=7").body);
  EXPECT_EQ(broken["intact"], false);
  EXPECT_EQ(broken["broken"], 7);
  EXPECT_EQ(ReasonOf(Send("GET", "/audit/verify?start=x"), 400), "FIELD_INVALID");

  const json usage = json::parse(Send("GET", "/usage?since=2026-11-01").body);
  EXPECT_EQ(usage["results"][0]["calls"], 2);
  EXPECT_EQ(usage["results"][0]["mean_duration_ms"], 500.0);
  EXPECT_EQ(usage["limits"], json::parse(R"([{"account": "acc_1", "limit": 100, "remaining": 7,
      "reset_seconds": null, "seen_at": "2026-07-01T12:00:00Z", "limited_until": null}])"));
  EXPECT_EQ(json::parse(Send("GET", "/usage?account=acc_2").body)["limits"], json::array());
  EXPECT_EQ(ReasonOf(Send("GET", "/usage?day=1"), 400), "FIELD_INVALID");
}

TEST_F(ManagementTest, AsksForAKeyOnEveryRoute) {
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account", "", ""), 401), "API_KEY_MISSING");
  EXPECT_EQ(ReasonOf(Send("GET", "/integrated-account", "", "wrong"), 401), "API_KEY_INVALID");
  EXPECT_EQ(Send("GET", "/integrated-account", "", "", {{"x-api-key", "viewer-key"}}).status, 200);
}

struct RoleRow {
  const char* method = "";
  const char* path = "";
  // The least key that may.
  const char* key = "";
};

TEST_F(ManagementTest, LetsEachRoleDoItsOwnAndNoMore) {
  const RoleRow rows[] = {
      {"GET", "/integrated-account", "viewer-key"},
      {"GET", "/integrated-account/x", "viewer-key"},
      {"POST", "/integrated-account", "admin-key"},
      {"DELETE", "/integrated-account/x", "admin-key"},
      {"GET", "/region", "viewer-key"},
      {"GET", "/region/check", "admin-key"},
      {"GET", "/audit", "operator-key"},
      {"GET", "/audit/verify", "operator-key"},
      {"GET", "/usage", "viewer-key"},
      {"POST", "/api-key", "admin-key"},
      {"GET", "/api-key", "admin-key"},
      {"DELETE", "/api-key/x", "admin-key"},
      {"POST", "/oauth/zoho/start", "admin-key"},
      {"POST", "/oauth/zoho/device", "admin-key"},
      {"POST", "/oauth/zoho/device/poll", "admin-key"},
      {"POST", "/connect-link", "admin-key"},
      {"DELETE", "/connect-link/x", "admin-key"},
      {"GET", "/integrated-account/x/mcp", "viewer-key"},
      {"GET", "/integrated-account/x/mcp/y", "viewer-key"},
      {"POST", "/integrated-account/x/mcp", "operator-key"},
      {"PATCH", "/integrated-account/x", "admin-key"},
      {"POST", "/integrated-account/x/reconnect", "admin-key"},
      {"PATCH", "/integrated-account/x/mcp/y", "operator-key"},
      {"POST", "/integrated-account/x/mcp/y/rotate", "operator-key"},
      {"DELETE", "/integrated-account/x/mcp/y", "operator-key"},
      {"GET", "/integrated-account/x/tools", "viewer-key"},
      {"POST", "/integrated-account/x/tools/t/call", "operator-key"},
  };
  for (const RoleRow& row : rows) {
    bool may = false;
    for (const char* key : {"viewer-key", "operator-key", "admin-key"}) {
      may = may || std::string(key) == row.key;
      EXPECT_EQ(Send(row.method, row.path, "", key).status != 403, may)
          << row.method << " " << row.path << " " << key;
    }
  }
}

TEST_F(ManagementTest, AnswersWhatThereIsNotWithJson) {
  EXPECT_EQ(ReasonOf(Send("GET", "/nothing"), 404), "NOT_FOUND");
  const HttpResponse wrong = Send("PUT", "/integrated-account");
  EXPECT_EQ(ReasonOf(wrong, 405), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(wrong.headers.Get("allow"), "GET, POST");
  const HttpResponse large = Send("POST", "/integrated-account", std::string(300 << 10, 'x'));
  EXPECT_EQ(ReasonOf(large, 413), "BODY_TOO_LARGE");
}

TEST_F(ManagementTest, SaysWhenAuthServiceIsAway) {
  backends_.StopAuth();
  const HttpResponse response = Send("GET", "/integrated-account");
  EXPECT_EQ(ReasonOf(response, 503), "SERVICE_UNAVAILABLE");
  EXPECT_TRUE(response.headers.Has("retry-after"));
  const HttpResponse ready = Send("GET", "/readyz", "", "");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(json::parse(ready.body)["missing"], json::parse(R"(["auth-service"])"));
}

TEST_F(ManagementTest, CountsAnswersByRoute) {
  Send("GET", "/integrated-account/acc_1");
  for (const prometheus::MetricFamily& family : registry_.Collect()) {
    if (family.name != "mesh_management_answers_total") continue;
    ASSERT_EQ(family.metric.size(), 1);
    EXPECT_EQ(family.metric[0].label[1].value, "GET /integrated-account/{id}");
  }
}

// --- Sessions of browsers

const HttpHeaders kSessionHeader = {{"x-mesh-session", "1"}};

// As a browser sends it back.
HttpHeaders SessionOf(const HttpResponse& login, HttpHeaders headers = kSessionHeader) {
  const std::string cookie(login.headers.Get("set-cookie").value_or(""));
  headers.Add("Cookie", cookie.substr(0, cookie.find(';')));
  return headers;
}

TEST_F(ManagementTest, ASessionIsAnotherWayToPresentAKey) {
  const HttpResponse login =
      Send("POST", "/session", R"({"api_key": "operator-key"})", "", kSessionHeader);
  ASSERT_EQ(login.status, 200) << login.body;
  EXPECT_EQ(json::parse(login.body)["role"], "operator");
  EXPECT_THAT(std::string(login.headers.Get("set-cookie").value_or("")),
              testing::EndsWith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"));

  const HttpResponse shown = Send("GET", "/session", "", "", SessionOf(login, {}));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(json::parse(shown.body), json::parse(login.body));
  EXPECT_EQ(Send("GET", "/integrated-account/acc_1", "", "", SessionOf(login, {})).status, 200);
  EXPECT_EQ(
      ReasonOf(Send("POST", "/api-key", R"({"name": "n", "role": "viewer"})", "", SessionOf(login)),
               403),
      "ROLE_INSUFFICIENT");
  EXPECT_EQ(Send("POST", "/integrated-account/acc_1/mcp", R"({"name": "n"})", "", SessionOf(login))
                .status,
            201);
}

TEST_F(ManagementTest, APageOfAnotherSiteChangesNothing) {
  const HttpResponse login =
      Send("POST", "/session", R"({"api_key": "admin-key"})", "", kSessionHeader);

  EXPECT_EQ(
      ReasonOf(Send("DELETE", "/integrated-account/acc_1", "", "", SessionOf(login, {})), 403),
      "SESSION_HEADER_MISSING");
  EXPECT_EQ(ReasonOf(Send("POST", "/session", R"({"api_key": "admin-key"})", ""), 403),
            "SESSION_HEADER_MISSING");
  EXPECT_EQ(ReasonOf(Send("DELETE", "/session", "", "", SessionOf(login, {})), 403),
            "SESSION_HEADER_MISSING");
  EXPECT_EQ(Send("GET", "/integrated-account/acc_1", "", "", SessionOf(login)).status, 200);
}

TEST_F(ManagementTest, WithoutAKeyThereIsNoSession) {
  EXPECT_EQ(ReasonOf(Send("POST", "/session", R"({"api_key": "guess"})", "", kSessionHeader), 401),
            "API_KEY_INVALID");
  EXPECT_EQ(ReasonOf(Send("POST", "/session", R"({"key": "guess"})", "", kSessionHeader), 400),
            "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(Send("GET", "/session", "", "", {{"Cookie", "mesh_session=AAAA"}}), 401),
            "API_KEY_MISSING");
  EXPECT_EQ(json::parse(Send("GET", "/session", "", "viewer-key").body)["expires_at"], nullptr);
  EXPECT_THAT(std::string(Send("DELETE", "/session", "", "", kSessionHeader)
                              .headers.Get("set-cookie")
                              .value_or("")),
              testing::StartsWith("mesh_session=; Path=/; Max-Age=0;"));
}

TEST_F(ManagementTest, WhoGuessesKeysIsHeldOffWhileSessionsGoOn) {
  const HttpResponse login =
      Send("POST", "/session", R"({"api_key": "admin-key"})", "", kSessionHeader);
  for (int i = 0; i < LoginLimit::kBurstOfOneAddress; ++i) {
    EXPECT_EQ(Send("POST", "/session", R"({"api_key": "guess"})", "", kSessionHeader).status, 401);
  }

  const HttpResponse held =
      Send("POST", "/session", R"({"api_key": "admin-key"})", "", kSessionHeader);
  EXPECT_EQ(ReasonOf(held, 429), "LOGIN_LIMITED");
  EXPECT_TRUE(held.headers.Has("retry-after"));
  EXPECT_EQ(Send("GET", "/session", "", "", SessionOf(login)).status, 200);
}

TEST_F(ManagementTest, TheDashboardsPlaceSaysWhatIsMissing) {
  const HttpResponse page = Send("GET", "/dashboard/", "", "");

  EXPECT_EQ(page.status, 503);
  EXPECT_TRUE(absl::StrContains(page.body, "Not built."));
}

}  // namespace
}  // namespace mesh::gateway
