// ProxyService over gRPC, with a real HTTP client and a server that plays Zoho.
#include "services/zoho_proxy/proxy_service.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/curl_http_client.h"
#include "common/net/http_server.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status.h"
#include "mesh/tools/v1/proxy.grpc.pb.h"
#include "services/zoho_proxy/download.h"
#include "services/zoho_proxy/token_cache.h"

namespace mesh::zoho_proxy {
namespace {

using tools::v1::DownloadRequest;
using tools::v1::DownloadResponse;
using tools::v1::SendRequest;
using tools::v1::SendResponse;

class ProxyServiceTest : public ::testing::Test {
 protected:
  using Exchange = std::shared_ptr<net::HttpExchange>;

  absl::StatusOr<SendResponse> Send(SendRequest request) {
    request.set_account("acc_1");
    grpc::ClientContext context;
    SendResponse response;
    const grpc::Status status = stub_->Send(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status, "zoho-proxy-service");
    return response;
  }

  DownloadRequest Link(const std::string& path = "/film") {
    DownloadRequest request;
    request.set_account("acc_1");
    request.set_url(zoho_url_ + path);
    return request;
  }

  Mailbox<Exchange> exchanges_;
  std::unique_ptr<net::HttpServer> zoho_ = *net::HttpServer::Start(
      {.threads = 1}, [this](Exchange exchange) { exchanges_.Put(std::move(exchange)); });
  const std::string zoho_url_ = absl::StrCat("http://", zoho_->address());

  const SystemClock clock_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  rpc::ServerMetrics server_metrics_{registry_};
  TokenCache tokens_{[this](const CallContext&, const auth::v1::GetAccessTokenRequest& request,
                            TokenCache::Fetched done) {
                       auth::v1::AccessToken token;
                       token.set_generation(request.refused_generation() + 1);
                       token.set_access_token("token");
                       token.set_organization_id("60001");
                       token.set_meeting_url(zoho_url_);
                       *token.mutable_expire_time() =
                           rpc::TimestampOf(absl::Now() + absl::Hours(1));
                       std::move(done)(std::move(token));
                     },
                     clock_};
  net::CurlHttpClient http_;
  Upstream upstream_{http_, tokens_, clock_, metrics_, {}};
  const ZohoHosts hosts_;
  ProxyServiceImpl service_{upstream_, hosts_, clock_, absl::Seconds(50), server_metrics_};
  std::unique_ptr<rpc::GrpcListener> listener_ = *rpc::GrpcListener::StartOnLoopback({&service_});
  std::unique_ptr<tools::v1::ProxyService::Stub> stub_ =
      tools::v1::ProxyService::NewStub(listener_->InProcessChannel());
};

TEST_F(ProxyServiceTest, SendsARawCallAndHandsTheAnswerOn) {
  SendRequest request;
  request.set_method("POST");
  request.set_path("/api/v2/{zsoid}/sessions.json");
  request.set_body(R"({"session":{}})");
  Mailbox<absl::StatusOr<SendResponse>> got;
  std::thread caller([&] { got.Put(Send(request)); });
  const Exchange exchange = exchanges_.Take();
  exchange->Respond({.status = 201,
                     .headers = {{"Content-Type", "application/json"}, {"RateLimit", "\"d\";r=5"}},
                     .body = absl::Cord("{\"a\":1}")});
  caller.join();

  EXPECT_EQ(exchange->request().method, "POST");
  EXPECT_EQ(exchange->request().path, "/api/v2/60001/sessions.json");
  EXPECT_EQ(exchange->request().body, R"({"session":{}})");
  EXPECT_EQ(exchange->request().headers.Get("Authorization"), "Zoho-oauthtoken token");
  const auto response = got.Take();
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status(), 201);
  EXPECT_EQ(response->body(), "{\"a\":1}");
  EXPECT_EQ(response->rate_limit().remaining(), 5);
}

TEST_F(ProxyServiceTest, RefusesWhatIsNoCallAndSendsNothing) {
  SendRequest request;
  EXPECT_THAT(Send(request), HasReason("FIELD_INVALID"));
  request.set_path("/a");
  request.set_host("evil.example");
  EXPECT_THAT(Send(request), HasReason("HOST_NOT_ALLOWED"));
  EXPECT_EQ(exchanges_.size(), 0u);

  grpc::ClientContext context;
  SendResponse response;
  EXPECT_THAT(rpc::FromGrpc(stub_->Send(&context, {}, &response), ""), HasReason("FIELD_INVALID"));
}

TEST_F(ProxyServiceTest, StreamsAFile) {
  std::string film;
  for (int i = 0; film.size() < 5'000'000; ++i) absl::StrAppend(&film, i, " ");
  grpc::ClientContext context;
  const auto reader = stub_->Download(&context, Link());
  const Exchange exchange = exchanges_.Take();
  exchange->Respond({.headers = {{"Content-Type", "video/mp4"}}, .body = absl::Cord(film)});

  std::string got;
  DownloadResponse message;
  int64_t size = 0;
  while (reader->Read(&message)) {
    if (message.has_file()) size = message.file().size();
    got += message.data();
    EXPECT_EQ(message.position(), static_cast<int64_t>(got.size()));
    EXPECT_LE(message.data().size(), Download::kMaxWaiting);
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(size, static_cast<int64_t>(film.size()));
  EXPECT_TRUE(got == film);
}

TEST_F(ProxyServiceTest, AReaderThatDoesNotReadStopsZoho) {
  grpc::ClientContext context;
  const auto reader = stub_->Download(&context, Link());
  const Exchange exchange = exchanges_.Take();
  // The server holds a megabyte for a client that does not read, and cuts it off beyond.
  Mailbox<bool> stopped;
  const std::shared_ptr<net::HttpStream> stream = exchange->Stream({});
  stream->OnGone([&stopped] { stopped.Put(true); });
  const absl::Cord piece(std::string(256 << 10, 'x'));
  int64_t sent = 0;
  while (stopped.size() == 0 && sent < (1 << 30)) {
    if (stream->Write(piece)) sent += static_cast<int64_t>(piece.size());
  }
  EXPECT_LT(sent, int64_t{1} << 30);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ProxyServiceTest, AReaderThatGoesAwayClosesTheTransfer) {
  grpc::ClientContext context;
  const auto reader = stub_->Download(&context, Link());
  const Exchange exchange = exchanges_.Take();
  Mailbox<bool> gone;
  const std::shared_ptr<net::HttpStream> stream = exchange->Stream({.body = absl::Cord("abc")});
  stream->OnGone([&gone] { gone.Put(true); });
  DownloadResponse message;
  ASSERT_TRUE(reader->Read(&message));

  context.TryCancel();

  gone.Take();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ProxyServiceTest, AnErrorOfZohoEndsTheStream) {
  grpc::ClientContext context;
  const auto reader = stub_->Download(&context, Link());
  exchanges_.Take()->Respond(
      {.status = 404, .body = absl::Cord("{\"error\":{\"message\":\"x\"}}")});
  DownloadResponse message;
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_THAT(rpc::FromGrpc(reader->Finish(), ""), HasReason("ZOHO_OBJECT_NOT_FOUND"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
