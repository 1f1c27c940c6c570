// Calls a service from a test, which waits for the answer.
#pragma once

#include <chrono>

#include "absl/status/statusor.h"
#include <grpcpp/grpcpp.h>

#include "common/rpc/status.h"

namespace mesh::rpc {

// Calls `method` of `stub` and waits, for twenty seconds at most.
template <typename Response, typename Stub, typename Request>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromGrpc(status, "the service");
  return response;
}

}  // namespace mesh::rpc
