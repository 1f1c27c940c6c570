#include "common/net/http_server.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/net/raw_client.h"

namespace mesh::net {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Exchange = std::shared_ptr<HttpExchange>;

// Hands values from an I/O thread to the test.
template <typename T>
class Mailbox {
 public:
  void Put(T value) {
    {
      const std::lock_guard lock(mu_);
      values_.push_back(std::move(value));
    }
    came_.notify_all();
  }

  // Ends the test where nothing comes.
  T Take() {
    std::unique_lock lock(mu_);
    const bool came =
        came_.wait_for(lock, std::chrono::seconds(10), [&] { return !values_.empty(); });
    EXPECT_TRUE(came);
    if (!came) return T();
    T value = std::move(values_.front());
    values_.erase(values_.begin());
    return value;
  }

  bool empty() {
    const std::lock_guard lock(mu_);
    return values_.empty();
  }

 private:
  std::mutex mu_;
  std::condition_variable came_;
  std::vector<T> values_;
};

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  if (options.threads == 0) options.threads = 2;
  auto server = HttpServer::Start(std::move(options), std::move(handler));
  EXPECT_THAT(server, IsOk());
  return *std::move(server);
}

// Answers with what came in.
void Echo(Exchange exchange) {
  const ServerRequest& request = exchange->request();
  exchange->Respond({.headers = {{"Content-Type", "text/plain"}},
                     .body = absl::Cord(absl::StrCat(request.method, " ", request.path, " ?",
                                                     request.query, " ", request.body))});
}

constexpr absl::string_view kGet = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(HttpServer, AnswersARequest) {
  const auto server = Serve(Echo);
  RawClient client(server->address());

  client.Send(kGet);

  EXPECT_THAT(client.ReadResponse(),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\nDate: "), HasSubstr(" GMT\r\n"),
                    HasSubstr("Content-Type: text/plain\r\n"), HasSubstr("Content-Length: 12\r\n"),
                    Not(HasSubstr("Connection:")), EndsWith("\r\n\r\nGET /a ?b=c ")));
}

TEST(HttpServer, StreamsChunks) {
  Mailbox<Exchange> exchanges;
  const auto server = Serve([&](Exchange exchange) { exchanges.Put(std::move(exchange)); });
  RawClient client(server->address());

  client.Send(kGet);
  const auto stream = exchanges.Take()->Stream(
      {.headers = {{"Content-Type", "text/event-stream"}}, .body = absl::Cord("first")});
  EXPECT_THAT(client.ReadUntil("first\r\n"), AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"),
                                                   EndsWith("\r\n\r\n5\r\nfirst\r\n")));
  EXPECT_TRUE(stream->Write(absl::Cord("and more of it")));
  EXPECT_EQ(client.ReadUntil("it\r\n"), "e\r\nand more of it\r\n");
  stream->Close();
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");

  EXPECT_FALSE(stream->Write(absl::Cord("late")));
  client.Send(kGet);
  exchanges.Take()->Respond({.status = 202});
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 202 Accepted\r\n"));
}

}  // namespace
}  // namespace mesh::net
