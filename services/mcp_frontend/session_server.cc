#include "services/mcp_frontend/session_server.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/net/http_server.h"
#include "common/rpc/peer_policy.h"
#include "services/mcp_frontend/replicas.h"

namespace mesh::frontend {
namespace {

using DeliverReply = std::shared_ptr<rpc::Reply<v1::DeliverResponse>>;

// The client's POST, as the replica that got it tells.
class ForwardedPost final : public net::HttpExchange {
 public:
  ForwardedPost(const v1::DeliverRequest& message, DeliverReply reply)
      : request_{.method = "POST",
                 .path = "/messages",
                 .headers = {{"Content-Type", message.content_type()}},
                 .body = message.message()},
        reply_(std::move(reply)) {}

  const net::ServerRequest& request() const override { return request_; }

  void Respond(net::ServerResponse response) override {
    v1::DeliverResponse delivered;
    delivered.set_status(response.status);
    for (const auto& [name, value] : response.headers) {
      v1::Header& header = *delivered.add_headers();
      header.set_name(name);
      header.set_value(value);
    }
    delivered.set_body(std::string(response.body));
    reply_->Finish(std::move(delivered));
  }

  // A message is answered by a status.
  std::shared_ptr<net::HttpStream> Stream(net::ServerResponse) override {
    CHECK(false);
    return nullptr;
  }

  void Abort() override { reply_->Finish(CallerGone()); }

  void OnGone(absl::AnyInvocable<void() &&> callback) override {
    reply_->OnCancel(std::move(callback));
  }

 private:
  const net::ServerRequest request_;
  const DeliverReply reply_;
};

}  // namespace

SessionServer::SessionServer(Endpoint& endpoint, rpc::ServerMetrics& metrics)
    : endpoint_(endpoint), metrics_(metrics.Of("Deliver")) {}

grpc::ServerUnaryReactor* SessionServer::Deliver(grpc::CallbackServerContext* call,
                                                 const v1::DeliverRequest* request,
                                                 v1::DeliverResponse* response) {
  return rpc::HandleLater(
      metrics_, call, request, response,
      [this](const v1::DeliverRequest& message, DeliverReply reply) {
        CallContext context = reply->context();
        endpoint_.Deliver({.exchange = std::make_shared<ForwardedPost>(message, std::move(reply)),
                           .context = std::move(context),
                           .session = message.session(),
                           .token = Secret(message.token()),
                           .api_key = Secret(message.api_key())});
      });
}

absl::StatusOr<std::unique_ptr<rpc::GrpcListener>> ListenToReplicas(
    const config::v1::McpFrontendConfig& config, SessionServer& server) {
  if (config.replica_address().empty()) return nullptr;
  if (config.seal_key_file().empty()) {
    return FieldInvalid("seal_key_file", "is required beside replica_address",
                        "seal_key_file: \"/run/secrets/mcp-frontend.key\"");
  }
  return rpc::GrpcListener::Start(
      config.service(),
      {rpc::Grant(ReplicaName(config), {v1::SessionService::service_full_name()})}, {&server});
}

std::string ReplicaAddress(const config::v1::McpFrontendConfig& config,
                           const rpc::GrpcListener* listener) {
  if (listener == nullptr || !absl::EndsWith(config.replica_address(), ":0")) {
    return config.replica_address();
  }
  const std::string bound = listener->address();
  return absl::StrCat(config.replica_address().substr(0, config.replica_address().rfind(':')),
                      bound.substr(bound.rfind(':')));
}

}  // namespace mesh::frontend
