// One request of the management API on its way to its answer.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <nlohmann/json_fwd.hpp>

#include "common/base/call_context.h"
#include "common/net/http_server.h"
#include "gateway/metrics.h"

namespace mesh::gateway {

// Not thread-safe: whoever holds it last answers, once. Writes a line to the log then, with the
// route's pattern and the key's id.
class ApiCall {
 public:
  // `metrics` must outlive it.
  ApiCall(std::shared_ptr<net::HttpExchange> exchange, CallContext context, Metrics& metrics);

  const net::ServerRequest& request() const { return exchange_->request(); }
  const CallContext& context() const { return context_; }

  // What stands in the path in place of the n-th `{…}`.
  const std::string& path_value(size_t n) const { return path_values_[n]; }

  void SetRoute(std::string route, std::vector<std::string> path_values) {
    route_ = std::move(route);
    path_values_ = std::move(path_values);
  }
  void SetKey(absl::string_view id) { context_.actor = std::string(id); }

  void Answer(int status, const nlohmann::ordered_json& body);
  void Answer(const absl::Status& error);
  void Answer(net::ServerResponse response);

 private:
  const std::shared_ptr<net::HttpExchange> exchange_;
  CallContext context_;
  Metrics& metrics_;
  const absl::Time arrived_;
  std::string route_ = "none";
  std::vector<std::string> path_values_;
};

}  // namespace mesh::gateway
