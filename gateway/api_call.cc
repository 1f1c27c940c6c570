#include "gateway/api_call.h"

#include "absl/time/clock.h"
#include <nlohmann/json.hpp>

#include "common/base/log.h"
#include "gateway/http_errors.h"

namespace mesh::gateway {

ApiCall::ApiCall(std::shared_ptr<net::HttpExchange> exchange, CallContext context, Metrics& metrics)
    : exchange_(std::move(exchange)),
      context_(std::move(context)),
      metrics_(metrics),
      arrived_(absl::Now()) {}

void ApiCall::Answer(int status, const nlohmann::ordered_json& body) {
  Answer(net::ServerResponse{
      .status = status,
      .headers = {{"Content-Type", "application/json"}},
      .body = absl::Cord(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))});
}

void ApiCall::Answer(const absl::Status& error) { Answer(ToHttp(error)); }

void ApiCall::Answer(net::ServerResponse response) {
  response.headers.Add("X-Request-Id", context_.request_id);
  response.headers.Add("Cache-Control", "no-store");
  const absl::Duration took = absl::Now() - arrived_;
  metrics_.Answered(route_, response.status, took);
  LogInfo("management request", {{"request_id", context_.request_id},
                                 {"route", route_},
                                 {"key", context_.actor},
                                 {"status", response.status},
                                 {"seconds", took}});
  exchange_->Respond(std::move(response));
}

}  // namespace mesh::gateway
