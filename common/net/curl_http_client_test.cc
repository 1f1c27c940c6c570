#include "common/net/curl_http_client.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/net/http_server.h"

namespace mesh::net {
namespace {

using ::testing::Optional;

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  auto server = HttpServer::Start(std::move(options), std::move(handler));
  EXPECT_THAT(server, IsOk());
  return *std::move(server);
}

std::string UrlOf(const HttpServer& server, absl::string_view path = "/") {
  return absl::StrCat("http://", server.address(), path);
}

TEST(CurlHttpClient, SendsARequestAndReadsTheAnswer) {
  const auto server = Serve([](std::shared_ptr<HttpExchange> exchange) {
    const ServerRequest& request = exchange->request();
    exchange->Respond({.status = 201,
                       .headers = {{"X-Sent", std::string(*request.headers.Get("x-sent"))}},
                       .body = absl::Cord(absl::StrCat(request.method, " ", request.path, "?",
                                                       request.query, " ", request.body))});
  });
  CurlHttpClient client;

  ASSERT_OK_AND_ASSIGN(const HttpResponse response,
                       SendAndWait(client, {.method = "POST",
                                            .url = UrlOf(*server, "/a%20b?c=d"),
                                            .headers = {{"X-Sent", "yes"}},
                                            .body = "body"}));

  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.headers.Get("x-SENT"), Optional(absl::string_view("yes")));
  EXPECT_EQ(response.body, "POST /a%20b?c=d body");
}

}  // namespace
}  // namespace mesh::net
