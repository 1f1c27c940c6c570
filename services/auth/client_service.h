// The gRPC service of what MCP servers' clients say of themselves.
#pragma once

#include "absl/status/statusor.h"

#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/clients.grpc.pb.h"
#include "services/auth/store/client_store.h"

namespace mesh::auth {

// Thread-safe.
class ClientService final : public v1::ClientService::CallbackService {
 public:
  ClientService(ClientStore& store, ThreadPool& pool, rpc::ServerMetrics& metrics)
      : store_(store), pool_(pool), metrics_(metrics) {}

  grpc::ServerUnaryReactor* RecordClients(grpc::CallbackServerContext* call,
                                          const v1::RecordClientsRequest* request,
                                          google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ListClients(grpc::CallbackServerContext* call,
                                        const v1::ListClientsRequest* request,
                                        v1::ListClientsResponse* response) override;

 private:
  absl::StatusOr<google::protobuf::Empty> Record(const v1::RecordClientsRequest& request);
  absl::StatusOr<v1::ListClientsResponse> List(const v1::ListClientsRequest& request);

  ClientStore& store_;
  ThreadPool& pool_;
  rpc::ServerMetrics& metrics_;
};

}  // namespace mesh::auth
