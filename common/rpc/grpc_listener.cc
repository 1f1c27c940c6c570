#include "common/rpc/grpc_listener.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/credentials.h"
#include "common/rpc/peer_policy.h"

namespace mesh::rpc {

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Start(
    const config::v1::ServiceConfig& config, const std::vector<config::v1::PeerGrant>& peers,
    const std::vector<grpc::Service*>& services) {
  const std::string wanted = config.listen().empty() ? "127.0.0.1:0" : config.listen();
  ASSIGN_OR_RETURN(PeerPolicy policy, PeerPolicy::Create(config, peers));
  ASSIGN_OR_RETURN(const auto credentials,
                   MakeServerCredentials(config, wanted, std::move(policy), absl::Now()));
  grpc::EnableDefaultHealthCheckService(true);
  // Registering the plugin twice registers its service twice, which gRPC refuses.
  static const bool reflection = (grpc::reflection::InitProtoReflectionServerBuilderPlugin(), true);
  static_cast<void>(reflection);

  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(wanted, credentials, &port);
  // Two processes on one port would each get half of the calls; the second is told instead.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return AddressUnusable(wanted, "the port is taken, or the address is not of this machine");
  }
  std::string address = absl::StrCat(wanted.substr(0, wanted.rfind(':')), ":", port);
  return std::unique_ptr<GrpcListener>(new GrpcListener(std::move(server), std::move(address)));
}

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::StartOnLoopback(
    const std::vector<grpc::Service*>& services) {
  return Start({}, {}, services);
}

GrpcListener::GrpcListener(std::unique_ptr<grpc::Server> server, std::string address)
    : server_(std::move(server)), address_(std::move(address)) {}

GrpcListener::~GrpcListener() { Shutdown(absl::Now()); }

void GrpcListener::StopBeingReady() { server_->GetHealthCheckService()->SetServingStatus(false); }

void GrpcListener::Shutdown(absl::Time deadline) {
  if (on_shutdown_ != nullptr) std::exchange(on_shutdown_, nullptr)();
  server_->Shutdown(absl::ToChronoTime(deadline));
  server_->Wait();
}

std::shared_ptr<grpc::Channel> GrpcListener::InProcessChannel() {
  return server_->InProcessChannel(grpc::ChannelArguments());
}

}  // namespace mesh::rpc
