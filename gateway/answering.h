// The pattern of nearly every route: one call to a service, its response as the answer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <nlohmann/json_fwd.hpp>

#include "common/rpc/call_group.h"
#include "gateway/api_call.h"

namespace mesh::gateway {

// Those of a query by name, those of one name in their order.
using Parameters = std::multimap<std::string, std::string>;

// Fails with INVALID_ARGUMENT (`FIELD_INVALID`), naming the parameter where a value is no UTF-8.
absl::StatusOr<Parameters> ReadQuery(const net::ServerRequest& request);

// The same for a route that takes none but `known`: others are errors.
absl::StatusOr<Parameters> ReadParameters(const net::ServerRequest& request,
                                          const std::set<std::string>& known);

// The last of that name, or an empty string.
std::string ValueOf(const Parameters& parameters, const std::string& name);

// `limit` as a number; 0 where it is absent. Fails with INVALID_ARGUMENT
// (`FIELD_INVALID`).
absl::StatusOr<int> ReadLimit(const Parameters& parameters);

// An RFC 3339 time; nullopt where it is absent. Fails likewise.
absl::StatusOr<std::optional<absl::Time>> ReadTime(const Parameters& parameters,
                                                   const std::string& name);

// `?limit=` and `?next_cursor=` of a list.
struct PageRequest {
  int limit = 0;
  std::string cursor = {};
};

// Fails with INVALID_ARGUMENT (`FIELD_INVALID`), naming the parameter: unknown ones are errors.
absl::StatusOr<PageRequest> ReadPage(const net::ServerRequest& request);

// `{"results": […], "next_cursor": …}`, null on the last page.
nlohmann::ordered_json Page(nlohmann::ordered_json results, const std::string& next_cursor);

// Makes the call and answers with what `answer(ApiCall&, Response)` makes of the response, or with
// the error.
template <typename Async, typename Request, typename Response>
void CallAndAnswer(rpc::CallGroup& calls, const char* service, std::type_identity_t<Async>& stub,
                   void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                         std::function<void(grpc::Status)>),
                   Request request, std::unique_ptr<ApiCall> call,
                   std::type_identity_t<absl::AnyInvocable<void(ApiCall&, Response) &&>> answer) {
  const CallContext context = call->context();
  calls.Call(context, service, stub, method, std::move(request),
             [call = std::move(call),
              answer = std::move(answer)](absl::StatusOr<Response> response) mutable {
               if (!response.ok()) return call->Answer(response.status());
               std::move(answer)(*call, *std::move(response));
             });
}

}  // namespace mesh::gateway
