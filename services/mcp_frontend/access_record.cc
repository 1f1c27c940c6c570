#include "services/mcp_frontend/access_record.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/hash.h"
#include "common/base/log.h"

namespace mesh::frontend {
namespace {

// A caller can make these up: the log keeps what a person can read.
constexpr size_t kMaxLoggedBytes = 80;

}  // namespace

AccessRecord::AccessRecord(std::shared_ptr<net::HttpExchange> exchange, std::string request_id,
                           net::HttpHeaders headers, Metrics& metrics, From from)
    : exchange_(std::move(exchange)),
      request_id_(std::move(request_id)),
      headers_(std::move(headers)),
      metrics_(metrics),
      from_(from),
      arrived_(absl::Now()) {}

void AccessRecord::SetToken(absl::string_view token) {
  who_ = absl::StrCat("token:", Sha256Hex(token).substr(0, 8));
}

void AccessRecord::Respond(net::ServerResponse response) {
  Finish(response);
  exchange_->Respond(std::move(response));
}

std::shared_ptr<net::HttpStream> AccessRecord::Stream(net::ServerResponse head) {
  Finish(head);
  return exchange_->Stream(std::move(head));
}

void AccessRecord::OnGone(absl::AnyInvocable<void() &&> callback) {
  exchange_->OnGone(std::move(callback));
}

void AccessRecord::SawRequest(const mcp::Message& message, const mcp::Revision& revision) {
  metrics_.Message(revision.label(), message.method);
  if (!method_.empty()) return;
  era_ = revision.label();
  method_ = message.method.substr(0, kMaxLoggedBytes);
  if (message.name.has_value()) tool_ = message.name->substr(0, kMaxLoggedBytes);
}

void AccessRecord::SawRefusal(const mcp::RpcError& error) { metrics_.Refused(error.label); }

void AccessRecord::Finish(net::ServerResponse& response) {
  for (const auto& [name, value] : headers_) {
    if (!response.headers.Has(name)) response.headers.Add(name, value);
  }
  if (from_ == From::kClient) metrics_.Answered(response.status);
  LogInfo("mcp request", {{"request_id", request_id_},
                          {"server", who_},
                          {"era", era_},
                          {"method", method_},
                          {"tool", tool_},
                          {"status", response.status},
                          {"seconds", absl::Now() - arrived_}});
}

}  // namespace mesh::frontend
