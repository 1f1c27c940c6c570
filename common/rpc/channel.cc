#include "common/rpc/channel.h"

#include <utility>

#include "absl/time/clock.h"
#include <grpcpp/grpcpp.h>

#include "common/base/status_macros.h"
#include "common/rpc/credentials.h"

namespace mesh::rpc {
namespace {

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  // The catalogue of a large OpenAPI document is more than gRPC's 4 MiB.
  arguments.SetMaxReceiveMessageSize(64 << 20);
  // A proxy in the environment is for the way out, not for the services behind.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

std::shared_ptr<grpc::Channel> Make(const std::string& target,
                                    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments = Arguments();
  arguments.SetLoadBalancingPolicyName("round_robin");
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const std::string& target, const config::v1::ServiceConfig& config) {
  ASSIGN_OR_RETURN(const auto credentials, MakeChannelCredentials(config, target, absl::Now()));
  return Make(target, credentials);
}

absl::StatusOr<PeerChannels> PeerChannels::Create(const config::v1::ServiceConfig& config,
                                                  std::string name) {
  if (!config.has_tls()) return PeerChannels(nullptr, std::move(name));
  ASSIGN_OR_RETURN(auto credentials, MakeChannelCredentials(config, name, absl::Now()));
  return PeerChannels(std::move(credentials), std::move(name));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> PeerChannels::To(const std::string& target) const {
  // Of the usual policy, which connects when there is a call: a peer that has gone is not sought.
  grpc::ChannelArguments arguments = Arguments();
  if (credentials_ == nullptr) {
    ASSIGN_OR_RETURN(const auto plain, MakeChannelCredentials({}, target, absl::Now()));
    return grpc::CreateCustomChannel(target, plain, arguments);
  }
  arguments.SetSslTargetNameOverride(name_);
  return grpc::CreateCustomChannel(target, credentials_, arguments);
}

std::shared_ptr<grpc::Channel> MakeLoopbackChannel(const std::string& target) {
  return Make(target, grpc::InsecureChannelCredentials());
}

}  // namespace mesh::rpc
