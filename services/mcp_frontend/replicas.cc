#include "services/mcp_frontend/replicas.h"

#include <algorithm>

#include "absl/time/clock.h"

#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace mesh::frontend {
namespace {

constexpr char kDefaultName[] = "mcp-frontend-service";

// A replica answers from memory, or after one call to auth-service.
constexpr absl::Duration kPatience = absl::Seconds(5);

// More than a service has replicas; those that were replaced give way.
constexpr size_t kMaxStubs = 64;

net::ServerResponse ResponseOf(v1::DeliverResponse delivered) {
  net::ServerResponse response{.status = delivered.status()};
  for (const v1::Header& header : delivered.headers()) {
    response.headers.Add(header.name(), header.value());
  }
  response.body = absl::Cord(std::move(*delivered.mutable_body()));
  return response;
}

}  // namespace

std::string ReplicaName(const config::v1::McpFrontendConfig& config) {
  return config.replica_name().empty() ? kDefaultName : config.replica_name();
}

absl::StatusOr<std::shared_ptr<Replicas>> Replicas::Create(
    const config::v1::McpFrontendConfig& config, rpc::CallGroup& calls) {
  ASSIGN_OR_RETURN(rpc::PeerChannels channels,
                   rpc::PeerChannels::Create(config.service(), ReplicaName(config)));
  return std::shared_ptr<Replicas>(new Replicas(std::move(channels), calls));
}

absl::StatusOr<Replicas::Stub> Replicas::StubOf(const std::string& address) {
  const std::lock_guard lock(mu_);
  const auto found = std::find_if(stubs_.begin(), stubs_.end(),
                                  [&](const auto& entry) { return entry.first == address; });
  if (found != stubs_.end()) {
    stubs_.splice(stubs_.begin(), stubs_, found);
    return stubs_.front().second;
  }
  ASSIGN_OR_RETURN(const auto channel, channels_.To(address));
  stubs_.emplace_front(address, v1::SessionService::NewStub(channel));
  if (stubs_.size() > kMaxStubs) stubs_.pop_back();
  return stubs_.front().second;
}

void Replicas::Forget(const std::string& address) {
  const std::lock_guard lock(mu_);
  stubs_.remove_if([&](const auto& entry) { return entry.first == address; });
}

void Replicas::Deliver(const CallContext& context, const std::string& address,
                       v1::DeliverRequest message, Done done) {
  const absl::StatusOr<Stub> stub = StubOf(address);
  if (!stub.ok()) {
    LogWarning("a replica cannot be called", {{"replica", address}, {"why", stub.status()}});
    return std::move(done)(std::nullopt);
  }
  CallContext to = context;
  to.deadline = std::min(context.deadline, absl::Now() + kPatience);
  calls_.Call(to, "mcp-frontend-service", *(*stub)->async(),
              &v1::SessionService::StubInterface::async_interface::Deliver, std::move(message),
              // The stub must outlive its call, also where it is forgotten meanwhile.
              [this, address, stub = *stub,
               done = std::move(done)](absl::StatusOr<v1::DeliverResponse> answer) mutable {
                if (answer.ok()) return std::move(done)(ResponseOf(*std::move(answer)));
                LogWarning("a replica does not answer for its session",
                           {{"replica", address}, {"why", answer.status()}});
                Forget(address);
                std::move(done)(std::nullopt);
              });
}

}  // namespace mesh::frontend
