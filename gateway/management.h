// The private listener's one handler: the management API, and the dashboard over it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/seal.h"
#include "common/net/http_server.h"
#include "edge/api_keys.h"
#include "edge/readiness.h"
#include "gateway/login_limit.h"
#include "gateway/metrics.h"
#include "gateway/router.h"
#include "gateway/routes.h"
#include "gateway/sessions.h"
#include "gateway/static_files.h"

namespace mesh::gateway {

struct ManagementOptions {
  // The base of MCP URLs, without a slash at its end.
  std::string public_url = {};

  // The base of this listener; empty where only browsers on this machine come.
  std::string management_url = {};

  // Of what browsers keep.
  Sealer sealer;

  StaticFiles dashboard;
};

// Answers by routes, each behind an API key of sufficient role; `/healthz`, `/readyz` and the
// dashboard's files without one. Thread-safe; never blocks.
class Management {
 public:
  // The references must outlive it.
  Management(const Backends& backends, const Clock& clock, ManagementOptions options,
             edge::ApiKeys& api_keys, edge::Readiness& readiness, Metrics& metrics);

  void Handle(const std::shared_ptr<net::HttpExchange>& exchange);

 private:
  const Backends backends_;
  const Sessions sessions_;
  LoginLimit logins_;
  const StaticFiles dashboard_;
  const std::vector<ApiRoute> routes_;
  const Router router_;
  edge::ApiKeys& api_keys_;
  edge::Readiness& readiness_;
  Metrics& metrics_;
};

}  // namespace mesh::gateway
