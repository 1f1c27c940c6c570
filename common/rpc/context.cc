#include "common/rpc/context.h"

#include <string>

#include "absl/time/time.h"

#include "common/base/random.h"

namespace mesh::rpc {
namespace {

constexpr char kRequestId[] = "x-request-id";
constexpr char kActor[] = "x-actor";
constexpr char kTraceparent[] = "traceparent";

std::string Metadata(const grpc::CallbackServerContext& call, const char* key) {
  const auto entry = call.client_metadata().find(key);
  if (entry == call.client_metadata().end()) return {};
  return std::string(entry->second.data(), entry->second.size());
}

}  // namespace

void Attach(const CallContext& from, grpc::ClientContext& to) {
  if (from.deadline != absl::InfiniteFuture()) to.set_deadline(absl::ToChronoTime(from.deadline));
  if (!from.request_id.empty()) to.AddMetadata(kRequestId, from.request_id);
  if (!from.actor.empty()) to.AddMetadata(kActor, from.actor);
  if (!from.traceparent.empty()) to.AddMetadata(kTraceparent, from.traceparent);
}

CallContext ContextOf(const grpc::CallbackServerContext& call) {
  CallContext context{.request_id = Metadata(call, kRequestId),
                      .actor = Metadata(call, kActor),
                      .traceparent = Metadata(call, kTraceparent)};
  // Without a deadline gRPC gives the far end of its clock.
  if (call.deadline() < std::chrono::system_clock::time_point::max()) {
    context.deadline = absl::FromChrono(call.deadline());
  }
  if (context.request_id.empty()) context.request_id = RandomId("req_");
  return context;
}

}  // namespace mesh::rpc
