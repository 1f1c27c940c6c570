// Two replicas with the services behind them: a stream that one holds, POSTs that the other gets.
#include "services/mcp_frontend/session_server.h"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>
#include <sys/stat.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/file.h"
#include "common/base/status_matchers.h"
#include "common/net/curl_http_client.h"
#include "common/net/http_server.h"
#include "common/net/raw_socket.h"
#include "common/tls/test_certificates.h"
#include "edge/audit_recorder.h"
#include "edge/fake_services.h"
#include "services/mcp_frontend/server_info.h"

namespace mesh::frontend {
namespace {

using net::HttpHeaders;
using net::HttpResponse;
using nlohmann::json;
using testing::HasSubstr;
using tools::v1::Tool;

constexpr char kToken[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr char kOtherToken[] = "9123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr char kApiKey[] = "an-api-key-of-more-than-32-characters";
constexpr char kDepartments[] = "list_all_zoho_meeting_departments";

std::string Message(int id, absl::string_view method, absl::string_view params = "{}") {
  return absl::StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":")", method, R"(","params":)",
                      params, "}");
}

// One front end.
struct Replica {
  Replica(edge::FakeBackends& backends, const config::v1::McpFrontendConfig& config)
      : auth_channel(backends.auth()),
        accounts(auth::v1::AccountService::NewStub(auth_channel)),
        mcp_servers(auth::v1::McpServerService::NewStub(auth_channel)),
        api_key_service(auth::v1::ApiKeyService::NewStub(auth_channel)),
        client_service(auth::v1::ClientService::NewStub(auth_channel)),
        approval_service(auth::v1::ApprovalService::NewStub(auth_channel)),
        tool_service(tools::v1::ToolService::NewStub(backends.zoho_proxy())),
        audit(auth::v1::AuditService::NewStub(auth_channel)) {
    auto others = Replicas::Create(config, calls);
    EXPECT_THAT(others.status(), IsOk());
    endpoint = std::make_unique<Endpoint>(EndpointOptions{.allowed_hosts = {"127.0.0.1"},
                                                          .call_timeout = absl::Seconds(40),
                                                          .replicas = *std::move(others)},
                                          servers, api_keys, tenants, streamable_http, http_sse,
                                          readiness, metrics);
    sessions = std::make_unique<SessionServer>(*endpoint, rpc_metrics);
    auto listening = ListenToReplicas(config, *sessions);
    EXPECT_THAT(listening.status(), IsOk());
    listener = *std::move(listening);
    http_sse.NameReplica(ReplicaAddress(config, listener.get()));
    auto started = net::HttpServer::Start({.threads = 1},
                                          [this](auto exchange) { endpoint->Handle(exchange); });
    EXPECT_THAT(started.status(), IsOk());
    server = *std::move(started);
    EXPECT_NE(catalogue.AwaitOther("", absl::Seconds(10)), nullptr);
  }

  ~Replica() {
    protocol.EndStreams();
    server->Shutdown(absl::InfinitePast());
    if (listener != nullptr) listener->Shutdown(absl::Now());
    protocol.Close();
    calls.Close();
  }

  FakeClock clock{absl::Now()};
  prometheus::Registry registry;
  Metrics metrics{registry};
  rpc::ServerMetrics rpc_metrics{registry};
  std::shared_ptr<grpc::Channel> auth_channel;
  std::unique_ptr<auth::v1::AccountService::Stub> accounts;
  std::unique_ptr<auth::v1::McpServerService::Stub> mcp_servers;
  std::unique_ptr<auth::v1::ApiKeyService::Stub> api_key_service;
  std::unique_ptr<auth::v1::ClientService::Stub> client_service;
  std::unique_ptr<auth::v1::ApprovalService::Stub> approval_service;
  std::unique_ptr<tools::v1::ToolService::Stub> tool_service;
  std::unique_ptr<auth::v1::AuditService::Stub> audit;
  edge::AuditRecorder recorder{*audit, registry};
  rpc::CallGroup calls;
  mcp::Protocol protocol{MeshServerInfo(),
                         {.sealer = *Sealer::Create(Secret(std::string(32, 'k')))}};
  edge::CatalogueWatch catalogue{
      *tool_service,
      {.interval = absl::Milliseconds(20), .first_interval = absl::Milliseconds(20)},
      [] {}};
  edge::Readiness readiness{*accounts, *tool_service, catalogue};
  edge::ApiKeys api_keys{clock, *api_key_service, calls};
  mcp::StreamableHttp streamable_http{protocol};
  mcp::HttpSse http_sse{protocol};
  ResolvedServers servers{clock, *mcp_servers, calls};
  Clients clients{*client_service, clock, calls, protocol.timer()};
  Approvals approvals{*approval_service, calls, metrics};
  Tools tools{*tool_service, catalogue, recorder, approvals, calls, protocol.timer(), metrics};
  NameLists names{clock, *tool_service, calls};
  Tenants tenants{tools, catalogue, *accounts, names, clients, calls};
  std::unique_ptr<Endpoint> endpoint;
  std::unique_ptr<SessionServer> sessions;
  std::unique_ptr<rpc::GrpcListener> listener;
  std::unique_ptr<net::HttpServer> server;
};

class SessionServerTest : public testing::Test {
 protected:
  SessionServerTest() {
    backends_.tools.SetTools("d1", {edge::FakeTool(kDepartments, Tool::LIST, {"departments"})});
    Put(kToken, "mcp_main", false);
    Put(kOtherToken, "mcp_other", true);
    backends_.api_keys.Put(kApiKey, auth::v1::ApiKey::VIEWER);
    holder_ = std::make_unique<Replica>(backends_, ConfigOf("mcp-frontend-service"));
    other_ = std::make_unique<Replica>(backends_, ConfigOf("mcp-frontend-service"));
  }

  void Put(const char* token, const char* id, bool second_factor) {
    auth::v1::McpServer server;
    server.set_id(id);
    server.set_account("acc_1");
    server.mutable_config()->set_require_api_token_auth(second_factor);
    backends_.mcp_servers.Put(token, server);
  }

  // Of a process that shows a certificate of the mesh with `name`.
  config::v1::McpFrontendConfig ConfigOf(const std::string& name) const {
    const std::string base = absl::StrCat(std::getenv("TEST_TMPDIR"), "/", name);
    const TestCertificate own =
        SignTestCertificate(authority_, name, absl::Now() + absl::Minutes(30));
    config::v1::McpFrontendConfig config;
    config::v1::TlsConfig& tls = *config.mutable_service()->mutable_tls();
    tls.set_certificate_file(base + ".crt");
    tls.set_key_file(base + ".key");
    tls.set_ca_file(base + ".ca");
    EXPECT_THAT(WriteFileAtomically(tls.certificate_file(), own.certificate), IsOk());
    EXPECT_THAT(WriteFileAtomically(tls.key_file(), own.key), IsOk());
    EXPECT_THAT(WriteFileAtomically(tls.ca_file(), authority_.certificate), IsOk());
    EXPECT_EQ(chmod(tls.key_file().c_str(), 0600), 0);
    config.set_replica_address("127.0.0.1:0");
    config.set_seal_key_file("not read here");
    return config;
  }

  // A stream on `holder_`, and where its client is told to POST.
  net::RawSocket Open(const char* token, std::string& endpoint, const char* api_key = "") {
    net::RawSocket stream(holder_->server->address());
    stream.Send(absl::StrCat("GET /sse/", token,
                             " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: ", api_key, "\r\n\r\n"));
    stream.ReadUntil("event: endpoint\ndata: ");
    endpoint = stream.ReadUntil("\n\n");
    endpoint.resize(endpoint.size() - 2);
    return stream;
  }

  HttpResponse Post(const Replica& replica, absl::string_view path, absl::string_view body,
                    const char* api_key = "", const char* type = "application/json") {
    net::HttpRequest request{.method = "POST",
                             .url = absl::StrCat("http://", replica.server->address(), path),
                             .headers = {{"Content-Type", type}, {"X-Api-Key", api_key}},
                             .body = std::string(body)};
    absl::StatusOr<HttpResponse> response = SendAndWait(client_, std::move(request));
    EXPECT_THAT(response.status(), IsOk());
    return response.ok() ? *std::move(response) : HttpResponse();
  }

  // What the holder itself says to a replica that asks, whatever that has checked before.
  int Deliver(const std::string& session, absl::string_view token, absl::string_view api_key = "") {
    const auto channels = rpc::PeerChannels::Create(ConfigOf("mcp-frontend-service").service(),
                                                    "mcp-frontend-service");
    const auto stub = v1::SessionService::NewStub(*channels->To(holder_->listener->address()));
    v1::DeliverRequest request;
    request.set_session(session);
    request.set_token(std::string(token));
    request.set_api_key(std::string(api_key));
    request.set_content_type("application/json");
    request.set_message(Message(1, "ping"));
    v1::DeliverResponse response;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const grpc::Status status = stub->Deliver(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.status();
  }

  // The session of `endpoint` as its replica knows it.
  std::string SessionOf(absl::string_view endpoint, absl::string_view tenant) const {
    return holder_->http_sse.Find(endpoint.substr(endpoint.find('=') + 1), tenant).session;
  }

  const TestCertificate authority_ = MakeTestAuthority("the mesh");
  edge::FakeBackends backends_;
  std::unique_ptr<Replica> holder_;
  std::unique_ptr<Replica> other_;
  net::CurlHttpClient client_;
};

TEST_F(SessionServerTest, APostToAnyReplicaIsAnsweredOnTheStream) {
  std::string endpoint;
  net::RawSocket stream = Open(kToken, endpoint);

  for (Replica* replica : {other_.get(), holder_.get(), other_.get()}) {
    const HttpResponse accepted = Post(*replica, endpoint, Message(7, "tools/list"));

    EXPECT_EQ(accepted.status, 202);
    EXPECT_EQ(accepted.body, "");
    EXPECT_FALSE(accepted.headers.Has("content-type"));
    EXPECT_TRUE(accepted.headers.Has("x-request-id"));
    stream.ReadUntil("event: message\ndata: ");
    const json answer = json::parse(stream.ReadUntil("\n\n"));
    EXPECT_EQ(answer["id"], 7);
    EXPECT_EQ(answer["result"]["tools"][0]["name"], kDepartments);
  }
}

TEST_F(SessionServerTest, ACallHasItsOwnTimeAndItsCallersRequestId) {
  std::chrono::system_clock::duration left{};
  std::string request_id;
  backends_.tools.SetHandler([&](const auto&, grpc::ServerContext& context) {
    left = context.deadline() - std::chrono::system_clock::now();
    const auto found = context.client_metadata().find("x-request-id");
    request_id = std::string(found->second.data(), found->second.size());
    tools::v1::CallToolResponse response;
    response.set_result_json(R"({"results":[]})");
    return response;
  });
  std::string endpoint;
  net::RawSocket stream = Open(kToken, endpoint);

  const HttpResponse accepted =
      Post(*other_, endpoint,
           Message(1, "tools/call", absl::StrCat(R"({"name":")", kDepartments, R"("})")));

  EXPECT_THAT(stream.ReadUntil("\"id\":1"), HasSubstr("event: message"));
  EXPECT_GT(left, std::chrono::seconds(30));
  EXPECT_EQ(request_id, accepted.headers.Get("x-request-id").value_or(""));
}

TEST_F(SessionServerTest, WhatIsNoMessageIsRefusedOnThePostThere) {
  std::string endpoint;
  const net::RawSocket stream = Open(kToken, endpoint);

  const HttpResponse malformed = Post(*other_, endpoint, "{");

  EXPECT_EQ(malformed.status, 400);
  EXPECT_EQ(malformed.headers.Get("content-type"), "application/json");
  EXPECT_EQ(json::parse(malformed.body)["error"]["code"], -32700);
  EXPECT_EQ(Post(*other_, endpoint, Message(1, "ping"), "", "text/plain").status, 415);
}

TEST_F(SessionServerTest, TheHolderChecksTokenSecondFactorAndWhoseSessionItIsItself) {
  std::string endpoint;
  const net::RawSocket stream = Open(kOtherToken, endpoint, kApiKey);
  const std::string session = SessionOf(endpoint, "mcp_other");

  EXPECT_EQ(Deliver(session, kOtherToken, kApiKey), 202);
  EXPECT_EQ(Deliver(session, kOtherToken), 401);
  EXPECT_EQ(Deliver(session, kOtherToken, "another-api-key-of-more-than-32-characters"), 401);
  EXPECT_EQ(Deliver(session, kToken), 404);
  EXPECT_EQ(Deliver(session, "unknown"), 404);
  EXPECT_EQ(Deliver("sse_none", kOtherToken, kApiKey), 404);
}

TEST_F(SessionServerTest, ASecondFactorTravelsWithThePost) {
  std::string endpoint;
  net::RawSocket stream = Open(kOtherToken, endpoint, kApiKey);

  EXPECT_EQ(Post(*other_, endpoint, Message(1, "ping")).status, 401);
  EXPECT_EQ(Post(*other_, endpoint, Message(2, "ping"), kApiKey).status, 202);
  EXPECT_THAT(stream.ReadUntil("\"id\":2"), HasSubstr("event: message"));
}

TEST_F(SessionServerTest, APostForAReplicaThatHasGoneIs404SoThatTheClientConnectsAgain) {
  std::string endpoint;
  { const net::RawSocket stream = Open(kToken, endpoint); }
  holder_ = nullptr;

  const absl::Time begun = absl::Now();
  const HttpResponse gone = Post(*other_, endpoint, Message(1, "ping"));

  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(json::parse(gone.body)["error"]["code"], 404);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(SessionServerTest, ASessionThatHasEndedIs404AlsoFromAnotherReplica) {
  std::string endpoint;
  net::RawSocket stream = Open(kToken, endpoint);
  holder_->protocol.EndStreams();
  stream.ReadUntil("\r\n0\r\n\r\n");  // The last chunk; the connection stays.

  EXPECT_EQ(Post(*other_, endpoint, Message(1, "ping")).status, 404);
}

TEST_F(SessionServerTest, OtherServicesOfTheMeshMayNotCall) {
  const auto channels =
      rpc::PeerChannels::Create(ConfigOf("zoho-proxy-service").service(), "mcp-frontend-service");
  const auto stub = v1::SessionService::NewStub(*channels->To(holder_->listener->address()));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::DeliverResponse response;

  EXPECT_EQ(stub->Deliver(&context, {}, &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST(ListenToReplicas, OpensNothingWhereThereIsOneReplicaAndNeedsTheirKeyWhereThereAreMore) {
  edge::FakeBackends backends;
  backends.tools.SetTools("d1", {edge::FakeTool(kDepartments, Tool::LIST, {"departments"})});
  const Replica alone(backends, {});
  EXPECT_EQ(alone.listener, nullptr);

  config::v1::McpFrontendConfig config;
  config.set_replica_address("10.0.0.1:50053");
  EXPECT_THAT(ListenToReplicas(config, *alone.sessions).status(), HasReason("FIELD_INVALID"));
  EXPECT_EQ(ReplicaAddress(config, nullptr), "10.0.0.1:50053");
}

}  // namespace
}  // namespace mesh::frontend
