// Whether this replica should get traffic: it is not draining, and the services behind answer.
#pragma once

#include <atomic>
#include <memory>

#include "common/net/http_server.h"
#include "common/rpc/call_group.h"
#include "edge/catalogue.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "mesh/tools/v1/tools.grpc.pb.h"

namespace mesh::edge {

// Answers `/healthz` and `/readyz`. Thread-safe.
class Readiness {
 public:
  Readiness(auth::v1::AccountService::StubInterface& auth,
            tools::v1::ToolService::StubInterface& tools, const CatalogueWatch& catalogue)
      : auth_(auth), tools_(tools), catalogue_(catalogue) {}

  // Answers the exchange where its path is one of the two, else returns false.
  bool Handle(const std::shared_ptr<net::HttpExchange>& exchange);

  // `/readyz` says no from here on.
  void StopBeingReady() { draining_ = true; }

 private:
  class Check;

  auth::v1::AccountService::StubInterface& auth_;
  tools::v1::ToolService::StubInterface& tools_;
  const CatalogueWatch& catalogue_;
  std::atomic<bool> draining_ = false;
  rpc::CallGroup calls_;
};

}  // namespace mesh::edge
