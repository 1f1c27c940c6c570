#include "common/rpc/channel.h"

#include "absl/time/clock.h"
#include <grpcpp/grpcpp.h>

#include "common/base/status_macros.h"
#include "common/rpc/credentials.h"

namespace mesh::rpc {
namespace {

std::shared_ptr<grpc::Channel> Make(const std::string& target,
                                    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  // The catalogue of a large OpenAPI document is more than gRPC's 4 MiB.
  arguments.SetMaxReceiveMessageSize(64 << 20);
  // A proxy in the environment is for the way out, not for the services behind.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const std::string& target, const config::v1::ServiceConfig& config) {
  ASSIGN_OR_RETURN(const auto credentials, MakeChannelCredentials(config, target, absl::Now()));
  return Make(target, credentials);
}

std::shared_ptr<grpc::Channel> MakeLoopbackChannel(const std::string& target) {
  return Make(target, grpc::InsecureChannelCredentials());
}

}  // namespace mesh::rpc
