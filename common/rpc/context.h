// A CallContext on its way through gRPC: as metadata and deadline of a call.
#pragma once

#include <grpcpp/grpcpp.h>

#include "common/base/call_context.h"

namespace mesh::rpc {

// Gives an outgoing call the deadline, request id, actor and trace context of `from`.
void Attach(const CallContext& from, grpc::ClientContext& to);

// What the caller of an incoming call gave it. A call without a request id gets a new one.
CallContext ContextOf(const grpc::CallbackServerContext& call);

}  // namespace mesh::rpc
