#include "services/auth/audit_service.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/auth/audit_verify.h"
#include "services/auth/store/page.h"

namespace mesh::auth {
namespace {

constexpr char kList[] = "audit";
constexpr int kMostEvents = 1000;
constexpr int kMostUsage = 10'000;
constexpr int64_t kUsualDays = 30;

// A verification stops in time to answer.
constexpr int64_t kMostVerified = 200'000;
constexpr absl::Duration kTimeToAnswer = absl::Seconds(5);

// Of a date in UTC; `fallback` for an empty one.
absl::StatusOr<int64_t> ReadDay(absl::string_view field, const std::string& date,
                                int64_t fallback) {
  if (date.empty()) return fallback;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day) || day < absl::CivilDay(1970, 1, 1) ||
      day > absl::CivilDay(9999, 12, 31)) {
    return FieldInvalid(field, "must be a date", "2026-11-25");
  }
  return day - absl::CivilDay(1970, 1, 1);
}

}  // namespace

grpc::ServerUnaryReactor* AuditService::RecordEvents(grpc::CallbackServerContext* call,
                                                     const v1::RecordEventsRequest* request,
                                                     google::protobuf::Empty* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("RecordEvents"), call, request, response,
      [this](const CallContext&, const v1::RecordEventsRequest& r) { return Record(r); });
}

grpc::ServerUnaryReactor* AuditService::ListAuditEvents(grpc::CallbackServerContext* call,
                                                        const v1::ListAuditEventsRequest* request,
                                                        v1::ListAuditEventsResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ListAuditEvents"), call, request, response,
      [this](const CallContext&, const v1::ListAuditEventsRequest& r) { return List(r); });
}

grpc::ServerUnaryReactor* AuditService::VerifyAudit(grpc::CallbackServerContext* call,
                                                    const v1::VerifyAuditRequest* request,
                                                    v1::VerifyAuditResponse* response) {
  return rpc::HandleOnPool(pool_, metrics_.Of("VerifyAudit"), call, request, response,
                           [this](const CallContext& c, const v1::VerifyAuditRequest& r) {
                             return VerifyAuditLog(store_, r.start_sequence(), kMostVerified,
                                                   c.deadline - kTimeToAnswer);
                           });
}

grpc::ServerUnaryReactor* AuditService::ListUsage(grpc::CallbackServerContext* call,
                                                  const v1::ListUsageRequest* request,
                                                  v1::ListUsageResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ListUsage"), call, request, response,
      [this](const CallContext&, const v1::ListUsageRequest& r) { return Usage(r); });
}

absl::StatusOr<google::protobuf::Empty> AuditService::Record(
    const v1::RecordEventsRequest& request) {
  if (request.events_size() > kMostEvents) {
    return FieldInvalid("events", absl::StrCat("must be at most ", kMostEvents));
  }
  if (request.events_size() > 0) {
    RETURN_IF_ERROR(log_.Append({request.events().begin(), request.events().end()}));
  }
  return google::protobuf::Empty();
}

absl::StatusOr<v1::ListAuditEventsResponse> AuditService::List(
    const v1::ListAuditEventsRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest page,
                   ReadPageRequest(kList, request.page_size(), request.page_token()));
  int64_t before = std::numeric_limits<int64_t>::max();
  if (!page.after.id.empty() && !absl::SimpleAtoi(page.after.id, &before)) {
    return PageTokenInvalid();
  }
  AuditFilter filter{.actor = request.actor(),
                     .action = request.action(),
                     .account = request.account(),
                     .mcp_server = request.mcp_server(),
                     .tool = request.tool(),
                     .outcome = request.outcome(),
                     .request_id = request.request_id()};
  if (request.has_start_time()) filter.start = rpc::TimeOf(request.start_time());
  if (request.has_end_time()) filter.end = rpc::TimeOf(request.end_time());
  if (filter.start > filter.end) {
    return FieldInvalid("start_time", "must not be after `end_time`");
  }
  ASSIGN_OR_RETURN(std::vector<v1::AuditEvent> events, store_.List(filter, before, page.limit + 1));
  v1::ListAuditEventsResponse response;
  const bool more = static_cast<int>(events.size()) > page.limit;
  if (more) events.pop_back();
  if (more) {
    response.set_next_page_token(FormatPageToken(
        kList, {.create_time = absl::UnixEpoch(), .id = absl::StrCat(events.back().sequence())}));
  }
  for (v1::AuditEvent& event : events) *response.add_events() = std::move(event);
  return response;
}

absl::StatusOr<v1::ListUsageResponse> AuditService::Usage(const v1::ListUsageRequest& request) {
  UsageFilter filter{
      .account = request.account(), .mcp_server = request.mcp_server(), .tool = request.tool()};
  ASSIGN_OR_RETURN(filter.last_day, ReadDay("end_date", request.end_date(), DayOf(clock_.Now())));
  ASSIGN_OR_RETURN(filter.first_day,
                   ReadDay("start_date", request.start_date(), filter.last_day - kUsualDays));
  if (filter.first_day > filter.last_day) {
    return FieldInvalid("start_date", "must not be after `end_date`");
  }
  ASSIGN_OR_RETURN(const std::vector<UsageRow> rows, store_.Usage(filter, kMostUsage + 1));
  v1::ListUsageResponse response;
  response.set_truncated(rows.size() > kMostUsage);
  for (const UsageRow& row : rows) {
    if (response.usage_size() == kMostUsage) break;
    v1::Usage& usage = *response.add_usage();
    usage.set_date(absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + row.day));
    usage.set_account(row.account);
    usage.set_mcp_server(row.mcp_server);
    usage.set_tool(row.tool);
    usage.set_calls(row.calls);
    usage.set_errors(row.errors);
    *usage.mutable_total_duration() = rpc::ProtoDurationOf(row.duration);
  }
  return response;
}

}  // namespace mesh::auth
