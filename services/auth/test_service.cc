#include "services/auth/test_service.h"

#include <utility>

#include "common/base/check.h"

namespace mesh::auth {

TestService::TestService(TestWorld& world, Store& store)
    : rpc_metrics_(*world.registry),
      broker_(store.tokens(), world.sealer, world.zoho, world.regions, world.clients, refreshers_,
              world.clock, world.metrics, {}),
      connector_(world.zoho, world.regions, world.clients, world.clock, world.metrics),
      registrar_(store, connector_, broker_, world.sealer, world.clock, {}),
      audit_log_(store.audit(), world.clock, world.metrics, {}),
      accounts_(store, connector_, registrar_, world.regions, world.clients, world.clock, workers_,
                rpc_metrics_, audit_log_),
      connect_(store, connector_, registrar_, world.sealer, world.regions, world.clients,
               world.clock, workers_, rpc_metrics_, audit_log_),
      tokens_(broker_, absl::Minutes(5), rpc_metrics_),
      mcp_servers_(store.mcp_servers(), world.clock, workers_, rpc_metrics_, world.metrics,
                   audit_log_),
      api_keys_(store.api_keys(), world.clock, workers_, rpc_metrics_, audit_log_),
      audit_(audit_log_, store.audit(), world.clock, workers_, rpc_metrics_),
      clients_(store.clients(), workers_, rpc_metrics_),
      approvals_(store.approvals(), absl::Minutes(10), world.clock, workers_, rpc_metrics_,
                 world.metrics, audit_log_),
      feed_(store.changes(), world.metrics, [this](const auto& news) { broker_.Apply(news); },
            {.interval = absl::Milliseconds(5)}) {
  auto listener =
      rpc::GrpcListener::StartOnLoopback({&accounts_, &connect_, &tokens_, &mcp_servers_,
                                          &api_keys_, &audit_, &clients_, &approvals_, &changes_});
  CHECK(listener.ok());  // Any free port is to be had.
  listener_ = *std::move(listener);
  channel_ = listener_->InProcessChannel();
}

}  // namespace mesh::auth
