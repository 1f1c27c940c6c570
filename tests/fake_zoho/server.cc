#include "tests/fake_zoho/server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/delay_queue.h"
#include "common/base/status_macros.h"
#include "common/net/http_server.h"

namespace fake_zoho {
namespace {

using Exchange = std::shared_ptr<mesh::net::HttpExchange>;
using Stream = std::shared_ptr<mesh::net::HttpStream>;

// In the order of their ports.
constexpr Listener kListeners[] = {{Region::kUs, Role::kAccounts}, {Region::kUs, Role::kMeeting},
                                   {Region::kEu, Role::kAccounts}, {Region::kEu, Role::kMeeting},
                                   {Region::kUs, Role::kDownload}, {Region::kEu, Role::kDownload}};

constexpr size_t kMaxConnections = 60'000;
constexpr size_t kMaxBodyBytes = 4 << 20;

mesh::net::ServerResponse ResponseOf(Answer answer) {
  return {.status = answer.status,
          .headers = std::move(answer.headers),
          .body = absl::Cord(std::move(answer.body))};
}

// Sends `rest` in pieces.
void Drip(mesh::DelayQueue& queue, Stream stream, std::string rest, size_t bytes,
          absl::Duration interval) {
  queue.Post(interval, [&queue, stream = std::move(stream), rest = std::move(rest), bytes,
                        interval]() mutable {
    if (!stream->Write(absl::Cord(rest.substr(0, bytes)))) return;
    if (rest.size() <= bytes) return stream->Close();
    Drip(queue, std::move(stream), rest.substr(bytes), bytes, interval);
  });
}

void Send(mesh::DelayQueue& queue, const Exchange& exchange, Delivery delivery) {
  switch (delivery.kind) {
    case Delivery::Kind::kWhole:
      exchange->Respond(ResponseOf(std::move(delivery.answer)));
      return;
    case Delivery::Kind::kReset:
      exchange->Abort();
      return;
    case Delivery::Kind::kTruncate: {
      std::string& body = delivery.answer.body;
      body.resize(std::min(body.size(), delivery.bytes));
      exchange->Stream(ResponseOf(std::move(delivery.answer)))->Abort();
      return;
    }
    case Delivery::Kind::kDrip: {
      std::string body = std::exchange(delivery.answer.body, {});
      Drip(queue, exchange->Stream(ResponseOf(std::move(delivery.answer))), std::move(body),
           delivery.bytes, delivery.interval);
      return;
    }
    case Delivery::Kind::kHang:
      // Holds itself until then.
      exchange->OnGone([exchange] {});
      return;
  }
}

Request RequestOf(const mesh::net::ServerRequest& request) {
  return {.method = request.method,
          .path = request.path,
          .query = request.query,
          .headers = request.headers,
          .body = request.body};
}

class ServerImpl final : public Server {
 public:
  explicit ServerImpl(FakeZoho& zoho) : zoho_(zoho) {}

  ~ServerImpl() override { Shutdown(absl::Now()); }

  absl::Status Listen(const ServerOptions& options) {
    int port = options.port_base;
    for (const Listener where : kListeners) {
      mesh::net::HttpServerOptions http;
      http.listen = absl::StrCat(options.host, ":", port);
      http.threads = 1;
      http.max_connections = kMaxConnections;
      http.max_body_bytes = kMaxBodyBytes;
      ASSIGN_OR_RETURN(auto server,
                       mesh::net::HttpServer::Start(http, [this, where](const Exchange& exchange) {
                         Handle(where, exchange);
                       }));
      addresses_.UrlOf(where) = absl::StrCat("http://", server->address());
      servers_.push_back(std::move(server));
      if (port != 0) ++port;
    }
    zoho_.SetAddresses(addresses_);
    return absl::OkStatus();
  }

  const Addresses& addresses() const override { return addresses_; }

  void Shutdown(absl::Time deadline) override {
    queue_.Stop();
    for (auto& server : servers_) server->Shutdown(deadline);
  }

 private:
  void Handle(Listener where, const Exchange& exchange) {
    Delivery delivery = zoho_.Handle(where, RequestOf(exchange->request()), absl::Now());
    if (delivery.delay <= absl::ZeroDuration()) return Send(queue_, exchange, std::move(delivery));
    const absl::Duration delay = delivery.delay;
    queue_.Post(delay, [this, exchange, delivery = std::move(delivery)]() mutable {
      Send(queue_, exchange, std::move(delivery));
    });
  }

  FakeZoho& zoho_;
  Addresses addresses_;
  mesh::DelayQueue queue_;
  std::vector<std::unique_ptr<mesh::net::HttpServer>> servers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      FakeZoho& zoho) {
  auto server = std::make_unique<ServerImpl>(zoho);
  RETURN_IF_ERROR(server->Listen(options));
  return server;
}

}  // namespace fake_zoho
