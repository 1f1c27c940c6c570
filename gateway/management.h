// The private listener's one handler: the management API.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/net/http_server.h"
#include "edge/api_keys.h"
#include "edge/readiness.h"
#include "gateway/metrics.h"
#include "gateway/router.h"
#include "gateway/routes.h"

namespace mesh::gateway {

// Answers by routes, each behind an API key of sufficient role; `/healthz` and `/readyz` without
// one. Thread-safe; never blocks.
class Management {
 public:
  // `public_url` is the base of MCP URLs, without a slash at its end; `management_url` that of this
  // listener, empty where only browsers on this machine come.
  Management(const Backends& backends, const std::string& public_url,
             const std::string& management_url, edge::ApiKeys& api_keys, edge::Readiness& readiness,
             Metrics& metrics);

  void Handle(const std::shared_ptr<net::HttpExchange>& exchange);

 private:
  const Backends backends_;
  const std::vector<ApiRoute> routes_;
  const Router router_;
  edge::ApiKeys& api_keys_;
  edge::Readiness& readiness_;
  Metrics& metrics_;
};

}  // namespace mesh::gateway
