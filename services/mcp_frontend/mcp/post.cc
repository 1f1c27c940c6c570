#include "services/mcp_frontend/mcp/post.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include <nlohmann/json.hpp>

#include "common/base/traceparent.h"

namespace mesh::mcp {

net::ServerResponse JsonResponse(int status, absl::Cord body, const net::HttpHeaders& headers) {
  net::ServerResponse response{.status = status, .headers = headers, .body = std::move(body)};
  response.headers.Add("Content-Type", "application/json");
  return response;
}

net::ServerResponse HttpError(const RpcError& error, absl::string_view id) {
  return JsonResponse(error.http_status, ErrorMessage(id, error), {});
}

void Refuse(const Post& post, const RpcError& error, absl::string_view id) {
  post.observer->SawRefusal(error);
  post.exchange->Respond(HttpError(error, id));
}

net::ServerResponse MethodNotAllowed(absl::string_view allow) {
  net::ServerResponse refused = HttpError(HttpRefusal(405, "Send MCP messages by POST."));
  refused.headers.Add("Allow", allow);
  return refused;
}

net::ServerResponse EventResponse(absl::Cord first, const net::HttpHeaders& headers) {
  net::ServerResponse response{.status = 200, .headers = headers, .body = std::move(first)};
  response.headers.Add("Content-Type", "text/event-stream");
  response.headers.Set("Cache-Control", "no-cache, no-transform");
  // Asks a proxy of a widespread kind not to hold events back.
  response.headers.Add("X-Accel-Buffering", "no");
  return response;
}

absl::Cord MessageEvent(absl::Cord message) {
  absl::Cord event("event: message\ndata: ");
  event.Append(std::move(message));
  event.Append("\n\n");
  return event;
}

bool HasJsonContent(const net::HttpHeaders& headers) {
  absl::string_view type = headers.Get("content-type").value_or("");
  type = absl::StripAsciiWhitespace(type.substr(0, type.find(';')));
  return absl::EqualsIgnoreCase(type, "application/json");
}

CallContext ContextOf(const Post& post, const Message& message) {
  CallContext context = post.context;
  std::string traceparent = ValidTraceparent(message.meta.traceparent);
  if (!traceparent.empty()) context.traceparent = std::move(traceparent);
  return context;
}

std::string CancelledId(const Message& message) {
  const auto params = nlohmann::json::parse(message.params, nullptr, /*allow_exceptions=*/false);
  if (!params.is_object()) return {};
  const auto id = params.find("requestId");
  return id == params.end() || id->is_null() ? std::string() : id->dump();
}

}  // namespace mesh::mcp
