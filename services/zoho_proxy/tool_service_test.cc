// ToolService over gRPC, with a scripted Zoho and a fake auth-service behind it.
#include "services/zoho_proxy/tool_service.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/fake_http_client.h"
#include "common/net/url.h"
#include "common/rpc/call_group.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"
#include "services/zoho_proxy/token_source.h"

namespace mesh::zoho_proxy {
namespace {

using auth::v1::AccessToken;
using auth::v1::GetAccessTokenRequest;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using tools::v1::CallToolRequest;
using tools::v1::CallToolResponse;
using tools::v1::ListToolsRequest;
using tools::v1::ListToolsResponse;

constexpr char kCatalog[] = "services/zoho_proxy/catalog/zoho_meeting";
constexpr char kDownload[] = "zoho_meeting_recordings_download";
constexpr char kDepartments[] = "list_all_zoho_meeting_departments";
constexpr char kDepartmentUsers[] = "list_all_zoho_meeting_department_users";
constexpr char kUsers[] = "list_all_zoho_meeting_users";
constexpr char kUser[] = "get_single_zoho_meeting_user_by_id";
constexpr char kMeetings[] = "list_all_zoho_meeting_meetings";
constexpr char kMeeting[] = "get_single_zoho_meeting_meeting_by_id";

constexpr char kHost[] = "update_a_zoho_meeting_hosted_session_by_id";

// A tool that takes a user by e-mail address, whatever the real catalogue holds.
constexpr char kHosting[] = R"(
openapi: 3.1.0
info: {title: Hosting, version: "1", x-mcp-integration: zoho_meeting}
servers: [{url: https://meeting.zoho.com}]
paths:
  /api/v2/{zsoid}/hosted/{key}:
    parameters:
      - name: zsoid
        in: path
        required: true
        schema: {type: string}
        x-mcp: {source: organization}
      - name: key
        in: path
        required: true
        description: Which.
        schema: {type: string}
    put:
      summary: Host
      description: Changes the host.
      tags: [hosting]
      security: [{zoho: [ZohoMeeting.meeting.UPDATE]}]
      x-mcp: {resource: hosted_sessions, singular: hosted_session, method: update, items: /session}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                session:
                  type: object
                  x-mcp: {flatten: true}
                  properties:
                    presenter:
                      type: integer
                      description: Who hosts.
                      x-mcp: {convert: user, schema: {type: string}}
      responses:
        "200":
          description: Done.
          content:
            application/json:
              schema:
                type: object
                properties:
                  session: {type: object, properties: {presenter: {type: string}}}
)";

// The real catalogue and that tool.
std::vector<std::string> CatalogFolders() {
  const std::string folder = absl::StrCat(::testing::TempDir(), "/hosting");
  mkdir(folder.c_str(), 0700);
  EXPECT_THAT(WriteFileAtomically(absl::StrCat(folder, "/hosting.yaml"), kHosting), IsOk());
  return {kCatalog, folder};
}

// Lends a new token whenever the one before was refused.
class FakeTokens final : public auth::v1::TokenService::CallbackService {
 public:
  explicit FakeTokens(rpc::ServerMetrics& metrics) : metrics_(metrics) {}

  void Fail(absl::Status error) { error_ = std::move(error); }

  std::vector<GetAccessTokenRequest> asked() const {
    const std::lock_guard lock(mu_);
    return asked_;
  }

 private:
  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* call,
                                           const GetAccessTokenRequest* request,
                                           AccessToken* response) override {
    return rpc::HandleLater(
        metrics_.Of("GetAccessToken"), call, request, response,
        [this](const GetAccessTokenRequest& asked, std::shared_ptr<rpc::Reply<AccessToken>> reply) {
          {
            const std::lock_guard lock(mu_);
            asked_.push_back(asked);
          }
          if (!error_.ok()) return reply->Finish(error_);
          AccessToken token;
          token.set_generation(asked.refused_generation() + 1);
          token.set_access_token(absl::StrCat("token-", token.generation()));
          *token.mutable_expire_time() = rpc::TimestampOf(absl::Now() + absl::Hours(1));
          token.set_organization_id("60001");
          token.set_user_id("70001");
          token.set_meeting_url("https://meeting.zoho.eu");
          reply->Finish(std::move(token));
        });
  }

  rpc::ServerMetrics& metrics_;
  absl::Status error_;
  mutable std::mutex mu_;
  std::vector<GetAccessTokenRequest> asked_;
};

class ToolServiceTest : public ::testing::Test {
 protected:
  ToolServiceTest()
      : auth_(*rpc::GrpcListener::StartOnLoopback({&tokens_service_})),
        tokens_stub_(auth::v1::TokenService::NewStub(auth_->InProcessChannel())),
        tokens_(TokensFrom(*tokens_stub_, auth_calls_), clock_),
        upstream_(zoho_, tokens_, clock_, metrics_, {}),
        catalog_(*Catalog::Load(CatalogFolders())),
        service_(catalog_, upstream_, sealer_, clock_, options_, metrics_, server_metrics_),
        listener_(*rpc::GrpcListener::StartOnLoopback({&service_})),
        stub_(tools::v1::ToolService::NewStub(listener_->InProcessChannel())) {}

  ~ToolServiceTest() override { auth_calls_.Close(); }

  static net::HttpResponse Json(const json& body, int status = 200) {
    return {.status = status, .body = body.dump()};
  }

  absl::StatusOr<CallToolResponse> CallTool(const std::string& tool, const std::string& arguments,
                                            bool reveal = false,
                                            absl::Duration timeout = absl::Seconds(10)) {
    CallToolRequest request;
    request.set_account("acc_1");
    request.set_tool(tool);
    request.set_arguments_json(arguments);
    request.set_reveal_secrets(reveal);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    CallToolResponse response;
    const grpc::Status status = stub_->CallTool(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status, "zoho-proxy-service");
    return response;
  }

  json Call(const std::string& tool, const json& arguments, bool reveal = false) {
    const absl::StatusOr<CallToolResponse> response = CallTool(tool, arguments.dump(), reveal);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? json::parse(response->result_json()) : json();
  }

  // 1,200 users, by Zoho's own paging.
  void ServeUsers() {
    zoho_.AnswerAll([](const net::HttpRequest& request) -> absl::StatusOr<net::HttpResponse> {
      const net::Url url = *net::ParseUrl(request.url);
      int index = 0;
      int count = 20;
      for (const auto& [name, value] : url.query) {
        (name == "index" ? index : count) = std::stoi(value);
      }
      json rows = json::array();
      for (int i = index * count; i < std::min(1200, (index + 1) * count); ++i) {
        rows.push_back({{"userId", absl::StrCat(9000 + i)}, {"fullName", absl::StrCat("U ", i)}});
      }
      return Json({{"representation", rows}, {"totalCount", 1200}});
    });
  }

  // Serves the tools of a document that knows nothing of the mesh.
  void Serve(const std::string& text) {
    std::string folder = absl::StrCat(::testing::TempDir(), "/plain-XXXXXX");
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::ofstream(folder + "/shop.yaml") << text;
    catalog_.Set(*Catalog::Load({folder}));
  }

  std::string MetricsText() { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

  const SystemClock clock_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  rpc::ServerMetrics server_metrics_{registry_};
  prometheus::Registry auth_registry_;
  rpc::ServerMetrics auth_metrics_{auth_registry_};
  FakeTokens tokens_service_{auth_metrics_};
  std::unique_ptr<rpc::GrpcListener> auth_;
  rpc::CallGroup auth_calls_;
  std::unique_ptr<auth::v1::TokenService::Stub> tokens_stub_;
  net::FakeHttpClient zoho_;
  TokenCache tokens_;
  Upstream upstream_;
  const Sealer sealer_ = *Sealer::Create(Secret(std::string(32, 'k')));
  ToolCallOptions options_ = {.max_result_bytes = 20'000};
  CatalogHolder catalog_;
  ToolServiceImpl service_;
  std::unique_ptr<rpc::GrpcListener> listener_;
  std::unique_ptr<tools::v1::ToolService::Stub> stub_;
};

TEST_F(ToolServiceTest, ListsTheToolsOnceAndThenOnlyTheirDigest) {
  grpc::ClientContext first_context;
  ListToolsResponse first;
  ASSERT_TRUE(stub_->ListTools(&first_context, {}, &first).ok());
  std::vector<std::string> names;
  for (const tools::v1::Tool& tool : first.tools()) names.push_back(tool.name());
  EXPECT_THAT(names,
              IsSupersetOf({kDepartments, kDepartmentUsers, kUsers, kUser, kMeetings, kMeeting}));
  EXPECT_EQ(first.digest().size(), 64u);

  grpc::ClientContext again_context;
  ListToolsRequest again;
  again.set_known_digest(first.digest());
  ListToolsResponse unchanged;
  ASSERT_TRUE(stub_->ListTools(&again_context, again, &unchanged).ok());
  EXPECT_EQ(unchanged.digest(), first.digest());
  EXPECT_TRUE(unchanged.tools().empty());
}

TEST_F(ToolServiceTest, CallsTheAccountsHostWithItsTokenAndOrganisation) {
  zoho_.Answer(
      Json({{"representation", {{{"departmentId", 4000000012001}, {"departmentName", "Sales"}}}}}));

  const json result = Call(kDepartments, json::object());

  EXPECT_EQ(result, json::parse(R"({"results": [
      {"departmentId": "4000000012001", "departmentName": "Sales"}]})"));
  ASSERT_EQ(zoho_.sent().size(), 1u);
  const net::HttpRequest sent = zoho_.sent()[0];
  EXPECT_EQ(sent.url, "https://meeting.zoho.eu/api/v2/60001/department?index=0&count=50");
  EXPECT_EQ(sent.headers.Get("Authorization"), "Zoho-oauthtoken token-1");
  EXPECT_EQ(sent.headers.Get("X-ZSOURCE"), "zoho-mcp-mesh");
}

TEST_F(ToolServiceTest, FollowsTheCursorThroughAllUsers) {
  ServeUsers();
  json arguments = {{"limit", 170}};
  size_t users = 0;
  int calls = 0;
  for (;; ++calls) {
    ASSERT_LT(calls, 20);
    const json page = Call(kUsers, arguments);
    users += page["results"].size();
    EXPECT_EQ(page["total"], 1200);
    ASSERT_LE(page["results"].size(), 170u);
    if (!page.contains("next_cursor")) break;
    arguments["next_cursor"] = page["next_cursor"];
  }
  EXPECT_EQ(users, 1200u);
  EXPECT_EQ(calls, 7);
}

TEST_F(ToolServiceTest, DropsWholeRowsOverTheLimitAndSaysHowToGetTheRest) {
  zoho_.AnswerAll([](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
    json rows = json::array();
    for (int i = 0; i < 30; ++i) {
      rows.push_back(
          {{"departmentId", absl::StrCat(i)}, {"departmentName", std::string(1000, 'x')}});
    }
    return Json({{"representation", rows}});
  });

  const json first = Call(kDepartments, {{"limit", 30}});
  const json rest = Call(kDepartments, {{"limit", 30}, {"next_cursor", first["next_cursor"]}});

  EXPECT_LT(first["results"].size(), 30u);
  EXPECT_THAT(first["note"].get<std::string>(), HasSubstr("next_cursor"));
  EXPECT_EQ(first["results"].size() + rest["results"].size(), 30u);
  EXPECT_EQ(rest["results"][0]["departmentId"], absl::StrCat(first["results"].size()));
}

constexpr char kShop[] = R"(openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: https://meeting.zoho.com/shop}]
paths:
  /orders:
    get:
      operationId: list
      summary: List orders
      parameters: [{name: size, in: query, schema: {type: integer, default: 7}}]
      responses:
        "200": {description: All., content: {application/json: {schema: {type: array, items: {}}}}}
  /orders/{order}:
    delete:
      operationId: delete
      summary: Forget an order
      parameters: [{name: order, in: path, required: true, schema: {type: integer}}]
      responses: {"204": {description: Gone.}}
  /orders/all:
    delete: {operationId: clear, summary: Forget all, responses: {"204": {description: Gone.}}}
  /elsewhere:
    get:
      operationId: elsewhere
      summary: Leave
      servers: [{url: https://shop.example}]
      responses: {"200": {description: It.}}
)";

TEST_F(ToolServiceTest, APlainListOfZohosIsCalledWithTheMeshsOwnArgumentsLeftOut) {
  Serve(kShop);
  json rows = json::array();
  for (int i = 0; i < 30; ++i) rows.push_back({{"id", i}});
  zoho_.AnswerAll(
      [rows](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> { return Json(rows); });

  const json first = Call("shop_list", json::object());
  const json rest = Call("shop_list", {{"next_cursor", first["next_cursor"]}});

  EXPECT_EQ(first["results"].size(), 20u);
  EXPECT_EQ(rest["results"].size(), 10u);
  EXPECT_EQ(rest["results"][0]["id"], "20");
  // What the document says is the default stays the server's.
  EXPECT_EQ(zoho_.sent()[0].url, "https://meeting.zoho.eu/shop/orders");
}

TEST_F(ToolServiceTest, APlainDeletionNamesWhatItDeleted) {
  Serve(kShop);
  zoho_.Answer(net::HttpResponse{.status = 204});
  zoho_.Answer(net::HttpResponse{.status = 204});
  EXPECT_EQ(Call("shop_delete", {{"order", 7}}).dump(), R"({"deleted":true,"id":"7"})");
  EXPECT_EQ(zoho_.sent()[0].url, "https://meeting.zoho.eu/shop/orders/7");
  EXPECT_EQ(Call("shop_clear", json::object()).dump(), R"({"deleted":true})");
}

TEST_F(ToolServiceTest, RefusedAndUnknownToolsAreCountedUnderFewNames) {
  Serve(kShop);
  EXPECT_THAT(CallTool("shop_elsewhere", "{}"), HasReason("SERVER_NOT_ALLOWED"));
  EXPECT_THAT(CallTool("no_such_tool", "{}"), HasReason("TOOL_UNKNOWN"));
  const std::string metrics = MetricsText();
  EXPECT_THAT(metrics, HasSubstr(R"({outcome="SERVER_NOT_ALLOWED",tool="shop_elsewhere"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"({outcome="TOOL_UNKNOWN",tool="unknown"} 1)"));
  EXPECT_THAT(metrics, Not(HasSubstr("no_such_tool")));
}

net::HttpResponse MovedTo(const std::string& link) {
  net::HttpResponse answer{.status = 302};
  answer.headers = {{"Location", link}};
  return answer;
}

TEST_F(ToolServiceTest, AFileIsFollowedToWhereItLies) {
  zoho_.Answer(MovedTo("/second?x=%2F"));
  zoho_.Answer(MovedTo("https://files-accl.zohopublic.eu/third"));
  net::HttpResponse file{.status = 200, .body = R"({"error": {"code": 2000}})"};
  file.headers = {{"Content-Type", "text/vtt"}};
  zoho_.Answer(file);

  const json shown = Call(kDownload, {{"download_url", "https://download.zoho.eu/first"}});

  EXPECT_EQ(shown["text"], file.body);  // However much it looks like an error.
  const std::vector<net::HttpRequest> sent = zoho_.sent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[1].url, "https://download.zoho.eu/second?x=%2F");
  EXPECT_TRUE(sent[1].headers.Has("Authorization"));
  EXPECT_EQ(sent[2].url, "https://files-accl.zohopublic.eu/third");
  EXPECT_FALSE(sent[2].headers.Has("Authorization"));
}

TEST_F(ToolServiceTest, AFileThatLeadsAwayFromZohoIsNotFollowed) {
  for (const char* link : {"https://evil.example/", "//evil.example/", "file:///etc/passwd"}) {
    const size_t before = zoho_.sent().size();
    zoho_.Answer(MovedTo(link));
    const auto result =
        CallTool(kDownload, json({{"download_url", "https://download.zoho.eu/first"}}).dump());
    EXPECT_THAT(result, HasReason("ZOHO_ERROR")) << link;
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("none of Zoho's"));
    EXPECT_EQ(zoho_.sent().size(), before + 1);
  }
}

TEST_F(ToolServiceTest, KeepsWhatItReadWhenALaterPageFails) {
  json rows = json::array();
  for (int i = 0; i < 100; ++i) rows.push_back({{"userId", absl::StrCat(i)}});
  zoho_.Answer(Json({{"representation", rows}, {"totalCount", 1200}}));
  zoho_.Answer(net::HttpResponse{.status = 429, .headers = {{"Retry-After", "30"}}});

  const auto response = CallTool(kUsers, R"({"limit": 200})");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->rate_limit().remaining(), 0);
  EXPECT_EQ(response->rate_limit().reset().seconds(), 30);
  EXPECT_EQ(response->rate_limit().retry_after().seconds(), 30);

  const json result = json::parse(response->result_json());
  EXPECT_EQ(result["results"].size(), 100u);
  EXPECT_TRUE(result.contains("next_cursor"));
  EXPECT_THAT(result["note"].get<std::string>(), HasSubstr("30 seconds"));
}

TEST_F(ToolServiceTest, ARefusedTokenIsReplacedOnceAndTheCallTriedAgain) {
  zoho_.Answer(Json({{"error", {{"code", 2000}, {"message", "INVALID_OAUTHTOKEN"}}}}, 400));
  zoho_.Answer(Json({{"representation", json::array()}}));

  EXPECT_EQ(Call(kDepartments, json::object())["results"], json::array());

  ASSERT_EQ(tokens_service_.asked().size(), 2u);
  EXPECT_EQ(tokens_service_.asked()[0].refused_generation(), 0);
  EXPECT_EQ(tokens_service_.asked()[1].refused_generation(), 1);
  ASSERT_EQ(zoho_.sent().size(), 2u);
  EXPECT_EQ(zoho_.sent()[1].headers.Get("Authorization"), "Zoho-oauthtoken token-2");
}

TEST_F(ToolServiceTest, ATokenRefusedTwiceIsAnErrorThatNamesTheHost) {
  for (int i = 0; i < 2; ++i) {
    zoho_.Answer(Json({{"error", {{"code", 2000}, {"message", "INVALID_OAUTHTOKEN"}}}}, 401));
  }

  const auto result = CallTool(kDepartments, "{}");

  EXPECT_THAT(result, HasReason("ZOHO_TOKEN_REFUSED"));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("meeting.zoho.eu"));
  EXPECT_EQ(zoho_.sent().size(), 2u);
}

TEST_F(ToolServiceTest, ManyCallsShareOneToken) {
  zoho_.AnswerAll([](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
    return Json({{"representation", json::array()}});
  });
  for (int i = 0; i < 5; ++i) Call(kDepartments, json::object());
  EXPECT_EQ(tokens_service_.asked().size(), 1u);
}

TEST_F(ToolServiceTest, AnErrorOfAuthServiceReachesTheCallerWhole) {
  tokens_service_.Fail(ReauthorizationRequired("acc_1"));
  EXPECT_THAT(CallTool(kDepartments, "{}"), HasReason("REAUTHORIZATION_REQUIRED"));
  EXPECT_TRUE(zoho_.sent().empty());
}

TEST_F(ToolServiceTest, AnEndedLimitIsHandedOnWithItsNumbersAndNotTriedAgain) {
  zoho_.Answer(Json({{"error",
                      {{"status_code", 400},
                       {"title", "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"},
                       {"details",
                        {{"message",
                          "Cannot execute more than 100 requests per API in 2 minutes. Try again "
                          "after 22 minutes."}}}}}},
                    400));

  const auto result = CallTool(kDepartments, "{}");

  EXPECT_THAT(result, HasReason("ZOHO_RATE_LIMITED"));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted);
  const ErrorDetail detail = *GetErrorDetail(result.status());
  EXPECT_EQ(detail.retry_after, absl::Minutes(22));
  EXPECT_EQ(detail.metadata.at("ratelimit-limit"), "100");
  EXPECT_EQ(detail.metadata.at("ratelimit-remaining"), "0");
  EXPECT_EQ(detail.metadata.at("ratelimit-reset"), "1320");
  EXPECT_EQ(detail.metadata.at("x-upstream-status"), "400");
  EXPECT_EQ(zoho_.sent().size(), 1u);
}

TEST_F(ToolServiceTest, LimitsOfAGoodAnswerAreHandedOn) {
  net::HttpResponse answer = Json({{"representation", json::array()}});
  answer.headers = {
      {"X-RateLimit-Limit", "100"}, {"X-RateLimit-Remaining", "40"}, {"X-RateLimit-Reset", "7"}};
  zoho_.Answer(answer);

  const auto result = CallTool(kDepartments, "{}");

  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->rate_limit().limit(), 100);
  EXPECT_EQ(result->rate_limit().remaining(), 40);
  EXPECT_EQ(result->rate_limit().reset().seconds(), 7);
}

TEST_F(ToolServiceTest, AUserNamedByEMailIsLookedUpBeforeTheWrite) {
  zoho_.Answer(Json({{"representation",
                      {{{"userId", "1"}, {"zuid", "70009"}, {"emailId", "Sarah@Example.com"}}}}}));
  zoho_.Answer(Json({{"session", {{"presenter", 70009}}}}));

  const json result = Call(kHost, {{"id", "5"}, {"presenter", "sarah@example.com"}});

  EXPECT_EQ(result["presenter"], "70009");
  ASSERT_EQ(zoho_.sent().size(), 2u);
  EXPECT_THAT(zoho_.sent()[0].url, HasSubstr("/api/v2/60001/user?"));
  EXPECT_EQ(zoho_.sent()[1].method, "PUT");
  EXPECT_EQ(json::parse(zoho_.sent()[1].body), json::parse(R"({"session":{"presenter":70009}})"));
}

TEST_F(ToolServiceTest, AUserNamedByZuidIsNotLookedUp) {
  zoho_.Answer(Json({{"session", {{"presenter", 70009}}}}));
  Call(kHost, {{"id", "5"}, {"presenter", "70009"}});
  EXPECT_EQ(zoho_.sent().size(), 1u);
}

TEST_F(ToolServiceTest, AnAddressOfNobodyIsAnArgumentErrorAndNothingIsWritten) {
  zoho_.Answer(Json({{"representation", json::array()}}));
  const auto result = CallTool(kHost, R"({"id": "5", "presenter": "nobody@example.com"})");
  EXPECT_THAT(result, HasReason("ARGUMENT_INVALID"));
  EXPECT_EQ(GetErrorDetail(result.status())->metadata.at("field"), "presenter");
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("nobody@example.com"));
  EXPECT_EQ(zoho_.sent().size(), 1u);
}

TEST_F(ToolServiceTest, WhoMayNotSeeTheUsersIsAskedForAZuid) {
  zoho_.Answer(Json({{"error", {{"code", 1009}, {"message", "Invalid org admin"}}}}, 403));
  const auto result = CallTool(kHost, R"({"id": "5", "presenter": "sarah@example.com"})");
  EXPECT_THAT(result, HasReason("ARGUMENT_INVALID"));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("zuid"));
  EXPECT_EQ(zoho_.sent().size(), 1u);
}

TEST_F(ToolServiceTest, ALimitMetWhileLookingUpIsTheCallsError) {
  zoho_.Answer(net::HttpResponse{.status = 429, .headers = {{"Retry-After", "30"}}});
  EXPECT_THAT(CallTool(kHost, R"({"id": "5", "presenter": "sarah@example.com"})"),
              HasReason("ZOHO_RATE_LIMITED"));
}

TEST_F(ToolServiceTest, ListsWhatZohoLastSaidOfEachAccountsLimits) {
  using tools::v1::ListAccountLimitsRequest;
  using tools::v1::ListAccountLimitsResponse;
  const auto list = [this](const ListAccountLimitsRequest& request) {
    grpc::ClientContext context;
    ListAccountLimitsResponse response;
    EXPECT_TRUE(stub_->ListAccountLimits(&context, request, &response).ok());
    return response;
  };
  EXPECT_EQ(list({}).limits_size(), 0);
  for (const char* account : {"acc_2", "acc_1", "acc_3"}) {
    net::HttpResponse answer = Json({{"representation", json::array()}});
    answer.headers = {{"RateLimit-Limit", "100"}, {"RateLimit-Remaining", "40"}};
    zoho_.Answer(answer);
    CallToolRequest request;
    request.set_account(account);
    request.set_tool(kDepartments);
    grpc::ClientContext context;
    CallToolResponse response;
    ASSERT_TRUE(stub_->CallTool(&context, request, &response).ok());
  }
  zoho_.Answer(net::HttpResponse{.status = 429, .headers = {{"Retry-After", "30"}}});
  EXPECT_THAT(CallTool(kDepartments, "{}"), HasReason("ZOHO_RATE_LIMITED"));

  ListAccountLimitsRequest request;
  request.set_page_size(2);
  const ListAccountLimitsResponse first = list(request);
  request.set_page_token(first.next_page_token());
  const ListAccountLimitsResponse rest = list(request);
  ListAccountLimitsRequest named;
  named.add_accounts("acc_3");
  named.add_accounts("acc_9");

  ASSERT_EQ(first.limits_size(), 2);
  EXPECT_EQ(first.limits(0).account(), "acc_1");
  EXPECT_TRUE(first.limits(0).has_limited_until());
  EXPECT_EQ(first.limits(1).account(), "acc_2");
  EXPECT_EQ(first.limits(1).rate_limit().remaining(), 40);
  EXPECT_TRUE(first.limits(1).has_seen_time());
  EXPECT_FALSE(first.limits(1).has_limited_until());
  ASSERT_EQ(rest.limits_size(), 1);
  EXPECT_EQ(rest.limits(0).account(), "acc_3");
  EXPECT_EQ(rest.next_page_token(), "");
  ASSERT_EQ(list(named).limits_size(), 1);
  EXPECT_EQ(list(named).limits(0).account(), "acc_3");
}

TEST_F(ToolServiceTest, SecretsAreHiddenUnlessTheCallerMayShowThem) {
  const json meeting = {{"session",
                         {{"meetingKey", 1066944216},
                          {"startLink", "https://meeting.zoho.eu/start"},
                          {"pwd", "secret"},
                          {"startTime", "Jun 19, 2020 07:00 PM IST"},
                          {"timezone", "Asia/Calcutta"},
                          {"duration", "3600000"}}}};
  zoho_.AnswerAll([meeting](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
    return Json(meeting);
  });

  const json hidden = Call(kMeeting, {{"id", 1066944216}});
  const json shown = Call(kMeeting, {{"id", "1066944216"}}, /*reveal=*/true);

  EXPECT_EQ(hidden, json::parse(R"({"meetingKey": "1066944216", "startLink": "[redacted]",
      "pwd": "[redacted]", "startTime": "Jun 19, 2020 07:00 PM IST",
      "startTimeRfc3339": "2020-06-19T19:00:00+05:30", "timezone": "Asia/Calcutta",
      "duration": 3600000})"));
  EXPECT_EQ(shown["pwd"], "secret");
  EXPECT_EQ(zoho_.sent()[0].url, "https://meeting.zoho.eu/api/v2/60001/sessions/1066944216.json");
}

TEST_F(ToolServiceTest, ACallPastItsTimeIsZohosTimeout) {
  zoho_.Answer(absl::DeadlineExceededError("too late"));
  EXPECT_THAT(CallTool(kDepartments, "{}"), HasReason("ZOHO_TIMEOUT"));
}

TEST_F(ToolServiceTest, ARequestGetsALittleLessThanTheCallersTime) {
  zoho_.Answer(Json({{"representation", json::array()}}));
  ASSERT_THAT(CallTool(kDepartments, "{}", false, absl::Seconds(5)), IsOk());
  EXPECT_LT(zoho_.sent()[0].timeout, absl::Seconds(4.9));
  EXPECT_GT(zoho_.sent()[0].timeout, absl::Seconds(3));
}

TEST_F(ToolServiceTest, NoConnectionToZohoIsNamedWithItsHost) {
  zoho_.Answer(absl::UnavailableError("connection refused"));
  const auto result = CallTool(kDepartments, "{}");
  EXPECT_THAT(result, HasReason("ZOHO_UNREACHABLE"));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("meeting.zoho.eu"));
}

TEST_F(ToolServiceTest, ACallersCancelClosesTheTransfer) {
  zoho_.Hold();
  grpc::ClientContext context;
  CallToolRequest request;
  request.set_account("acc_1");
  request.set_tool(kDepartments);
  CallToolResponse response;
  Mailbox<grpc::Status> done;
  Mailbox<int> cancelled;
  stub_->async()->CallTool(&context, &request, &response,
                           [&done](grpc::Status status) { done.Put(status); });
  while (zoho_.sent().empty()) std::this_thread::yield();

  context.TryCancel();

  EXPECT_EQ(done.Take().error_code(), grpc::StatusCode::CANCELLED);
  listener_->Shutdown(absl::Now() + absl::Seconds(5));  // Returns once the call has ended here too.
  EXPECT_THAT(MetricsText(), HasSubstr(R"(outcome="CANCELLED")"));
  zoho_.Release();  // Nothing is left to answer.
}

TEST_F(ToolServiceTest, AThousandCallsInFlightNeedNoThreads) {
  constexpr int kCalls = 1000;
  zoho_.AnswerAll([](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
    return Json({{"representation", json::array()}});
  });
  Call(kDepartments, json::object());  // Brings the token.
  zoho_.Hold();
  struct Pending {
    grpc::ClientContext context;
    CallToolRequest request;
    CallToolResponse response;
  };
  std::vector<Pending> pending(kCalls);
  Mailbox<grpc::Status> done;
  for (Pending& call : pending) {
    call.request.set_account("acc_1");
    call.request.set_tool(kDepartments);
    stub_->async()->CallTool(&call.context, &call.request, &call.response,
                             [&done](grpc::Status status) { done.Put(status); });
  }
  while (zoho_.sent().size() < kCalls + 1) std::this_thread::yield();
  EXPECT_EQ(done.size(), 0u);

  zoho_.Release();

  for (int i = 0; i < kCalls; ++i) EXPECT_TRUE(done.Take().ok());
}

struct BadCall {
  const char* name;
  const char* tool;
  const char* arguments;
  const char* reason;
  const char* field;
};

class BadCalls : public ToolServiceTest, public ::testing::WithParamInterface<BadCall> {};

TEST_P(BadCalls, AreAnsweredWithTheFieldAndNeverReachZoho) {
  const auto result = CallTool(GetParam().tool, GetParam().arguments);

  EXPECT_THAT(result, HasReason(GetParam().reason));
  const ErrorDetail detail = *GetErrorDetail(result.status());
  if (GetParam().field != nullptr) {
    EXPECT_EQ(detail.metadata.at("field"), GetParam().field);
  }
  EXPECT_TRUE(zoho_.sent().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCalls,
    ::testing::Values(
        BadCall{"UnknownTool", "list_all_zoho_meeting_cats", "{}", "TOOL_UNKNOWN", nullptr},
        BadCall{"Missing", kDepartmentUsers, "{}", "ARGUMENT_INVALID", "department_id"},
        BadCall{"Null", kDepartmentUsers, R"({"department_id": null})", "ARGUMENT_INVALID",
                "department_id"},
        BadCall{"Empty", kDepartmentUsers, R"({"department_id": ""})", "ARGUMENT_INVALID",
                "department_id"},
        BadCall{"WrongType", kDepartmentUsers, R"({"department_id": ["a"]})", "ARGUMENT_INVALID",
                "department_id"},
        BadCall{"Unknown", kDepartmentUsers, R"({"departmentid": "1"})", "ARGUMENT_INVALID",
                "departmentid"},
        BadCall{"Traversal", kUser, R"({"id": "../department"})", "ARGUMENT_INVALID", "id"},
        BadCall{"Encoded", kUser, R"({"id": "%2e%2e"})", "ARGUMENT_INVALID", "id"},
        BadCall{"Control", kUser, R"({"id": "a\u0000b"})", "ARGUMENT_INVALID", "id"},
        BadCall{"LimitTooBig", kUsers, R"({"limit": 501})", "ARGUMENT_INVALID", "limit"},
        BadCall{"LimitZero", kUsers, R"({"limit": 0})", "ARGUMENT_INVALID", "limit"},
        BadCall{"Enum", kMeetings, R"({"listtype": "tomorrow"})", "ARGUMENT_INVALID", "listtype"},
        BadCall{"Cursor", kUsers, R"({"next_cursor": "forged"})", "CURSOR_INVALID", "next_cursor"},
        BadCall{"Fields", kUsers, R"({"fields": "a,,b"})", "ARGUMENT_INVALID", "fields"},
        BadCall{"NotAnObject", kUsers, "[1]", "ARGUMENT_INVALID", "arguments"},
        BadCall{"NoJson", kUsers, "{", "ARGUMENT_INVALID", "arguments"}),
    [](const auto& info) { return info.param.name; });

TEST_F(ToolServiceTest, ACursorOfOtherFiltersOrAnotherToolIsRefused) {
  json rows = json::array();
  for (int i = 0; i < 20; ++i) rows.push_back({{"meetingKey", absl::StrCat(i)}});
  zoho_.Answer(Json({{"session", rows}, {"count", 400}}));
  const json cursor = Call(kMeetings, {{"listtype", "past"}})["next_cursor"];

  EXPECT_THAT(CallTool(kMeetings, json({{"listtype", "all"}, {"next_cursor", cursor}}).dump()),
              HasReason("CURSOR_INVALID"));
  EXPECT_THAT(CallTool(kUsers, json({{"next_cursor", cursor}}).dump()),
              HasReason("CURSOR_INVALID"));
}

TEST_F(ToolServiceTest, AnAccountIsRequired) {
  CallToolRequest request;
  request.set_tool(kUsers);
  grpc::ClientContext context;
  CallToolResponse response;
  const grpc::Status status = stub_->CallTool(&context, request, &response);
  EXPECT_THAT(rpc::FromGrpc(status, ""), HasReason("FIELD_INVALID"));
}

TEST_F(ToolServiceTest, CountsCallsByToolAndOutcome) {
  zoho_.Answer(Json({{"representation", json::array()}}));
  Call(kDepartments, json::object());
  EXPECT_THAT(MetricsText(), HasSubstr("mesh_zoho_tool_calls_total{outcome=\"OK\",tool=\"" +
                                       std::string(kDepartments) + "\"} 1"));
  EXPECT_THAT(MetricsText(), HasSubstr("mesh_zoho_upstream_answers_total{code=\"200\"} 1"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
