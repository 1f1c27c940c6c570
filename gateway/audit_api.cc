#include "gateway/audit_api.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
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
using Parameters = std::map<std::string, std::string>;

constexpr char kService[] = "auth-service";
constexpr int kMostEvents = 1000;

// Those in `known`; any other is an error.
absl::StatusOr<Parameters> ReadParameters(const net::ServerRequest& request,
                                          const std::set<std::string>& known) {
  ASSIGN_OR_RETURN(const auto pairs, net::ParseQuery(request.query));
  Parameters parameters;
  for (const auto& [name, value] : pairs) {
    if (known.count(name) == 0) {
      return FieldInvalid(name,
                          absl::StrCat("is not known here; known: ", absl::StrJoin(known, ", ")));
    }
    parameters[name] = value;
  }
  return parameters;
}

absl::Status ReadTime(const Parameters& parameters, const char* name,
                      google::protobuf::Timestamp* (auth::v1::ListAuditEventsRequest::*field)(),
                      auth::v1::ListAuditEventsRequest& request) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return absl::OkStatus();
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, found->second, &time, nullptr)) {
    return FieldInvalid(name, "must be an RFC 3339 time with a zone", "2026-12-31T00:00:00Z");
  }
  *(request.*field)() = rpc::TimestampOf(time);
  return absl::OkStatus();
}

struct Wanted {
  auth::v1::ListAuditEventsRequest request = {};
  bool lines = false;
};

absl::StatusOr<Wanted> ReadList(const net::ServerRequest& http) {
  using Request = auth::v1::ListAuditEventsRequest;
  ASSIGN_OR_RETURN(
      Parameters parameters,
      ReadParameters(http, {"since", "until", "actor", "action", "account", "mcp_server", "tool",
                            "outcome", "request_id", "limit", "next_cursor", "format"}));
  Wanted wanted;
  Request& request = wanted.request;
  RETURN_IF_ERROR(ReadTime(parameters, "since", &Request::mutable_start_time, request));
  RETURN_IF_ERROR(ReadTime(parameters, "until", &Request::mutable_end_time, request));
  request.set_actor(parameters["actor"]);
  request.set_action(parameters["action"]);
  request.set_account(parameters["account"]);
  request.set_mcp_server(parameters["mcp_server"]);
  request.set_tool(parameters["tool"]);
  request.set_outcome(parameters["outcome"]);
  request.set_request_id(parameters["request_id"]);
  request.set_page_token(parameters["next_cursor"]);
  if (const std::string& limit = parameters["limit"]; !limit.empty()) {
    int size = 0;
    if (!absl::SimpleAtoi(limit, &size) || size < 1 || size > kMostEvents) {
      return FieldInvalid("limit", "must be a whole number from 1 to 1000", "100");
    }
    request.set_page_size(size);
  }
  const std::string& format = parameters["format"];
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
  absl::StatusOr<Parameters> parameters = ReadParameters(call->request(), {"start"});
  if (!parameters.ok()) return call->Answer(parameters.status());
  auth::v1::VerifyAuditRequest request;
  int64_t start = 0;
  if (const std::string& text = (*parameters)["start"];
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

void Usage(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<Parameters> parameters =
      ReadParameters(call->request(), {"since", "until", "account", "mcp_server", "tool"});
  if (!parameters.ok()) return call->Answer(parameters.status());
  auth::v1::ListUsageRequest request;
  request.set_start_date((*parameters)["since"]);
  request.set_end_date((*parameters)["until"]);
  request.set_account((*parameters)["account"]);
  request.set_mcp_server((*parameters)["mcp_server"]);
  request.set_tool((*parameters)["tool"]);
  CallAndAnswer(
      to.calls, kService, *to.audit.async(), &Async::ListUsage, std::move(request), std::move(call),
      [](ApiCall& answered, const auth::v1::ListUsageResponse& response) {
        Json results = Json::array();
        for (const auth::v1::Usage& usage : response.usage()) {
          const double total = absl::ToDoubleMilliseconds(rpc::DurationOf(usage.total_duration()));
          results.push_back(
              {{"date", usage.date()},
               {"account", usage.account()},
               {"mcp_server", usage.mcp_server()},
               {"tool", usage.tool()},
               {"calls", usage.calls()},
               {"errors", usage.errors()},
               {"mean_duration_ms",
                usage.calls() == 0 ? 0.0 : total / static_cast<double>(usage.calls())}});
        }
        answered.Answer(200,
                        {{"results", std::move(results)}, {"truncated", response.truncated()}});
      });
}

}  // namespace

std::vector<ApiRoute> AuditRoutes() {
  return {
      {"GET", "/audit", ApiKey::OPERATOR, List},
      {"GET", "/audit/verify", ApiKey::OPERATOR, Verify},
      {"GET", "/usage", ApiKey::VIEWER, Usage},
  };
}

}  // namespace mesh::gateway
