#include "gateway/audit_api.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::ApiKey;
using auth::v1::AuditEvent;
using auth::v1::AuditService;
using Async = AuditService::StubInterface::async_interface;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

struct Wanted {
  auth::v1::ListAuditEventsRequest request = {};
  bool lines = false;
};

absl::StatusOr<Wanted> ReadList(const net::ServerRequest& http) {
  ASSIGN_OR_RETURN(
      const Parameters parameters,
      ReadParameters(http, {"since", "until", "actor", "action", "account", "mcp_server", "tool",
                            "outcome", "request_id", "limit", "next_cursor", "format"}));
  Wanted wanted;
  auth::v1::ListAuditEventsRequest& request = wanted.request;
  ASSIGN_OR_RETURN(const std::optional<absl::Time> since, ReadTime(parameters, "since"));
  if (since.has_value()) *request.mutable_start_time() = rpc::TimestampOf(*since);
  ASSIGN_OR_RETURN(const std::optional<absl::Time> until, ReadTime(parameters, "until"));
  if (until.has_value()) *request.mutable_end_time() = rpc::TimestampOf(*until);
  request.set_actor(ValueOf(parameters, "actor"));
  request.set_action(ValueOf(parameters, "action"));
  request.set_account(ValueOf(parameters, "account"));
  request.set_mcp_server(ValueOf(parameters, "mcp_server"));
  request.set_tool(ValueOf(parameters, "tool"));
  request.set_outcome(ValueOf(parameters, "outcome"));
  request.set_request_id(ValueOf(parameters, "request_id"));
  request.set_page_token(ValueOf(parameters, "next_cursor"));
  ASSIGN_OR_RETURN(const int limit, ReadLimit(parameters));
  request.set_page_size(limit);
  const std::string format = ValueOf(parameters, "format");
  if (!format.empty() && format != "json" && format != "jsonl") {
    return FieldInvalid("format", "must be json or jsonl", "jsonl");
  }
  wanted.lines = format == "jsonl";
  return wanted;
}

Json ToJson(const AuditEvent& event) {
  Json details = Json::object();
  for (const auto& [name, value] :
       std::map<std::string, std::string>(event.details().begin(), event.details().end())) {
    details[name] = value;
  }
  return {{"sequence", event.sequence()},
          {"id", event.id()},
          {"time", TimeText(event.time())},
          {"actor", event.actor()},
          {"action", event.action()},
          {"account", event.account()},
          {"mcp_server", event.mcp_server()},
          {"tool", event.tool()},
          {"outcome", event.outcome()},
          {"request_id", event.request_id()},
          {"duration_ms", absl::ToDoubleMilliseconds(rpc::DurationOf(event.duration()))},
          {"details", std::move(details)},
          {"hash", event.hash()}};
}

// An event a line, as a file of any length grows page by page: the cursor is in a header.
net::ServerResponse Lines(const auth::v1::ListAuditEventsResponse& response) {
  absl::Cord body;
  for (const AuditEvent& event : response.events()) {
    body.Append(ToJson(event).dump(-1, ' ', false, Json::error_handler_t::replace));
    body.Append("\n");
  }
  net::ServerResponse http{.headers = {{"Content-Type", "application/x-ndjson"}},
                           .body = std::move(body)};
  if (!response.next_page_token().empty()) {
    http.headers.Add("X-Next-Cursor", response.next_page_token());
  }
  return http;
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<Wanted> wanted = ReadList(call->request());
  if (!wanted.ok()) return call->Answer(wanted.status());
  CallAndAnswer(to.calls, kService, *to.audit.async(), &Async::ListAuditEvents, wanted->request,
                std::move(call),
                [lines = wanted->lines](ApiCall& answered,
                                        const auth::v1::ListAuditEventsResponse& response) {
                  if (lines) return answered.Answer(Lines(response));
                  Json results = Json::array();
                  for (const AuditEvent& event : response.events()) {
                    results.push_back(ToJson(event));
                  }
                  answered.Answer(200, Page(std::move(results), response.next_page_token()));
                });
}

void Verify(const Backends& to, std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<Parameters> parameters = ReadParameters(call->request(), {"start"});
  if (!parameters.ok()) return call->Answer(parameters.status());
  auth::v1::VerifyAuditRequest request;
  int64_t start = 0;
  if (const std::string text = ValueOf(*parameters, "start");
      !text.empty() && (!absl::SimpleAtoi(text, &start) || start < 0)) {
    return call->Answer(FieldInvalid("start", "must be the sequence of an event", "1"));
  }
  request.set_start_sequence(start);
  CallAndAnswer(to.calls, kService, *to.audit.async(), &Async::VerifyAudit, std::move(request),
                std::move(call), [](ApiCall& answered, const auth::v1::VerifyAuditResponse& found) {
                  Json json = {
                      {"intact", found.intact()},
                      {"events", found.events()},
                      {"first", found.first_sequence()},
                      {"last", found.last_sequence()},
                      {"next", found.next_sequence() == 0 ? Json() : Json(found.next_sequence())}};
                  if (!found.intact()) {
                    json["broken"] = found.broken_sequence();
                    json["problem"] = found.problem();
                  }
                  answered.Answer(200, json);
                });
}

}  // namespace

std::vector<ApiRoute> AuditRoutes() {
  return {
      {"GET", "/audit", ApiKey::OPERATOR, List},
      {"GET", "/audit/verify", ApiKey::OPERATOR, Verify},
  };
}

}  // namespace mesh::gateway
