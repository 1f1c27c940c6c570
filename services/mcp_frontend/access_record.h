// One request on its way, with what the log and the metrics will say of it once it is answered.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/net/http_server.h"
#include "services/mcp_frontend/mcp/streamable_http.h"
#include "services/mcp_frontend/metrics.h"

namespace mesh::frontend {

// Passes an exchange on, adds `headers` to its answer, and writes one line when it is answered: who
// (an MCP server, or eight digits of an unknown token's digest), what, how it ended. Never a path,
// as that holds the token.
class AccessRecord final : public net::HttpExchange, public mcp::Observer {
 public:
  enum class From {
    kClient,
    // Another replica, which answers the client and counts that.
    kReplica,
  };

  // `metrics` must outlive it.
  AccessRecord(std::shared_ptr<net::HttpExchange> exchange, std::string request_id,
               net::HttpHeaders headers, Metrics& metrics, From from = From::kClient);

  // Both before the answer, by whoever holds the exchange at that time.
  void SetToken(absl::string_view token);
  void SetServer(absl::string_view id) { who_ = std::string(id); }

  const net::ServerRequest& request() const override { return exchange_->request(); }
  void Respond(net::ServerResponse response) override;
  std::shared_ptr<net::HttpStream> Stream(net::ServerResponse head) override;
  void Abort() override { exchange_->Abort(); }
  void OnGone(absl::AnyInvocable<void() &&> callback) override;

  void SawRequest(const mcp::Message& message, const mcp::Revision& revision) override;
  void SawRefusal(const mcp::RpcError& error) override;

 private:
  void Finish(net::ServerResponse& response);

  const std::shared_ptr<net::HttpExchange> exchange_;
  const std::string request_id_;
  const net::HttpHeaders headers_;
  Metrics& metrics_;
  const From from_;
  const absl::Time arrived_;
  std::string who_;
  // Of the first message.
  const char* era_ = "";
  std::string method_;
  std::string tool_;
};

}  // namespace mesh::frontend
