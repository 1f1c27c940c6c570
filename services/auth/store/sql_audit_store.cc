#include "services/auth/store/sql_audit_store.h"

#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include <nlohmann/json.hpp>

#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/audit_hash.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;
using Json = nlohmann::json;

std::string DetailsColumn(const v1::AuditEvent& event) {
  Json details = Json::object();
  for (const auto& [name, value] : event.details()) details[name] = value;
  return details.dump(-1, ' ', false, Json::error_handler_t::replace);
}

v1::AuditEvent EventOf(const soci::row& row) {
  v1::AuditEvent event;
  event.set_sequence(row.get<long long>("sequence"));
  event.set_id(row.get<std::string>("id"));
  *event.mutable_time() = rpc::TimestampOf(TimeOfColumn(row.get<long long>("event_time")));
  event.set_actor(row.get<std::string>("actor"));
  event.set_action(row.get<std::string>("action"));
  event.set_account(row.get<std::string>("account"));
  event.set_mcp_server(row.get<std::string>("mcp_server"));
  event.set_tool(row.get<std::string>("tool"));
  event.set_outcome(row.get<std::string>("outcome"));
  event.set_request_id(row.get<std::string>("request_id"));
  *event.mutable_duration() =
      rpc::ProtoDurationOf(absl::Microseconds(row.get<long long>("duration")));
  const Json details = Json::parse(row.get<std::string>("details"), nullptr, false);
  if (details.is_object()) {
    for (const auto& [name, value] : details.items()) {
      if (value.is_string()) (*event.mutable_details())[name] = value.get<std::string>();
    }
  }
  event.set_hash(row.get<std::string>("hash"));
  return event;
}

AuditEnd ReadEnd(soci::session& sql, const std::string& name) {
  AuditEnd end;
  long long sequence = 0;
  sql << "SELECT sequence, hash FROM audit_ends WHERE name = :name", into(sequence), into(end.hash),
      use(name, "name");
  end.sequence = sequence;
  return end;
}

void WriteEnd(soci::session& sql, const std::string& name, const AuditEnd& end) {
  const long long sequence = end.sequence;
  sql << "UPDATE audit_ends SET sequence = :sequence, hash = :hash WHERE name = :name",
      use(sequence, "sequence"), use(end.hash, "hash"), use(name, "name");
}

const std::string kNewest = "newest";
const std::string kRemoved = "removed";

// Whoever changes the log waits here for whoever does so now.
void LockLog(soci::session& sql) {
  sql << "UPDATE audit_ends SET sequence = sequence WHERE name = :name", use(kNewest, "name");
}

void InsertEvent(soci::session& sql, const v1::AuditEvent& event) {
  const long long sequence = event.sequence();
  const long long time = TimeColumn(rpc::TimeOf(event.time()));
  const long long duration = absl::ToInt64Microseconds(rpc::DurationOf(event.duration()));
  const std::string details = DetailsColumn(event);
  sql << "INSERT INTO audit_events (sequence, id, event_time, actor, action, account, mcp_server,"
         " tool, outcome, request_id, duration, details, hash)"
         " VALUES (:sequence, :id, :event_time, :actor, :action, :account, :mcp_server, :tool,"
         " :outcome, :request_id, :duration, :details, :hash)",
      use(sequence, "sequence"), use(event.id(), "id"), use(time, "event_time"),
      use(event.actor(), "actor"), use(event.action(), "action"), use(event.account(), "account"),
      use(event.mcp_server(), "mcp_server"), use(event.tool(), "tool"),
      use(event.outcome(), "outcome"), use(event.request_id(), "request_id"),
      use(duration, "duration"), use(details, "details"), use(event.hash(), "hash");
}

// By day, MCP server, tool and account.
using Counts = std::map<std::tuple<int64_t, std::string, std::string, std::string>, UsageRow>;

void Count(const v1::AuditEvent& event, Counts& counts) {
  const int64_t day = DayOf(rpc::TimeOf(event.time()));
  UsageRow& row = counts[{day, event.mcp_server(), CountedTool(event), event.account()}];
  ++row.calls;
  if (event.outcome() != "ok") ++row.errors;
  row.duration += rpc::DurationOf(event.duration());
}

void AddCounts(soci::session& sql, const Counts& counts) {
  for (const auto& [key, row] : counts) {
    const auto& [day, mcp_server, tool, account] = key;
    const long long day_column = day;
    const long long calls = row.calls;
    const long long errors = row.errors;
    const long long duration = absl::ToInt64Microseconds(row.duration);
    sql << "INSERT INTO tool_usage (day, mcp_server, tool, account, calls, errors, duration)"
           " VALUES (:day, :mcp_server, :tool, :account, :calls, :errors, :duration)"
           " ON CONFLICT (day, mcp_server, tool, account) DO UPDATE SET"
           " calls = tool_usage.calls + excluded.calls,"
           " errors = tool_usage.errors + excluded.errors,"
           " duration = tool_usage.duration + excluded.duration",
        use(day_column, "day"), use(mcp_server, "mcp_server"), use(tool, "tool"),
        use(account, "account"), use(calls, "calls"), use(errors, "errors"),
        use(duration, "duration");
  }
}

}  // namespace

absl::Status SqlAuditStore::Append(const std::vector<v1::AuditEvent>& events) {
  return database_.Write([&](soci::session& sql) {
    LockLog(sql);
    AuditEnd newest = ReadEnd(sql, kNewest);
    Counts counts;
    for (const v1::AuditEvent& given : events) {
      int known = 0;
      sql << "SELECT COUNT(*) FROM audit_events WHERE id = :id", into(known), use(given.id(), "id");
      if (known > 0) continue;
      v1::AuditEvent event = given;
      event.set_sequence(newest.sequence + 1);
      event.set_hash(AuditHash(newest.hash, event));
      InsertEvent(sql, event);
      if (event.action() == kToolCall) Count(event, counts);
      newest = {.sequence = event.sequence(), .hash = event.hash()};
    }
    AddCounts(sql, counts);
    WriteEnd(sql, kNewest, newest);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<v1::AuditEvent>> SqlAuditStore::List(const AuditFilter& filter,
                                                                int64_t before, int limit) {
  std::vector<v1::AuditEvent> events;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    events.clear();
    const long long newest = before;
    const long long start = TimeColumn(filter.start);
    const long long end = TimeColumn(filter.end);
    // A parameter that is empty narrows nothing; one statement serves all.
    const bool whole_kind = absl::EndsWith(filter.action, ".");
    const std::string action = whole_kind ? "" : filter.action;
    const std::string kind = whole_kind ? filter.action : "";
    const bool any_error = filter.outcome == "error";
    const std::string outcome = any_error ? "" : filter.outcome;
    const int errors = any_error ? 1 : 0;
    const soci::rowset<soci::row> rows =
        (sql.prepare
             << "SELECT * FROM audit_events WHERE sequence < :newest"
                " AND event_time >= :start AND event_time < :end"
                " AND (:actor = '' OR actor = :actor) AND (:action = '' OR action = :action)"
                " AND (:kind = '' OR substr(action, 1, length(:kind)) = :kind)"
                " AND (:account = '' OR account = :account)"
                " AND (:mcp_server = '' OR mcp_server = :mcp_server)"
                " AND (:tool = '' OR tool = :tool) AND (:outcome = '' OR outcome = :outcome)"
                " AND (:errors = 0 OR outcome <> 'ok')"
                " AND (:request_id = '' OR request_id = :request_id)"
                " ORDER BY sequence DESC LIMIT :most",
         use(newest, "newest"), use(start, "start"), use(end, "end"), use(filter.actor, "actor"),
         use(action, "action"), use(kind, "kind"), use(filter.account, "account"),
         use(filter.mcp_server, "mcp_server"), use(filter.tool, "tool"), use(outcome, "outcome"),
         use(errors, "errors"), use(filter.request_id, "request_id"), use(limit, "most"));
    for (const soci::row& row : rows) events.push_back(EventOf(row));
    return absl::OkStatus();
  }));
  return events;
}

absl::StatusOr<std::vector<v1::AuditEvent>> SqlAuditStore::Read(int64_t first, int limit) {
  std::vector<v1::AuditEvent> events;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    events.clear();
    const long long from = first;
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT * FROM audit_events WHERE sequence >= :from_sequence"
                        " ORDER BY sequence LIMIT :most",
         use(from, "from_sequence"), use(limit, "most"));
    for (const soci::row& row : rows) events.push_back(EventOf(row));
    return absl::OkStatus();
  }));
  return events;
}

absl::StatusOr<AuditEnds> SqlAuditStore::Ends() {
  AuditEnds ends;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    ends = {.newest = ReadEnd(sql, kNewest), .removed = ReadEnd(sql, kRemoved)};
    return absl::OkStatus();
  }));
  return ends;
}

absl::StatusOr<int64_t> SqlAuditStore::RemoveOldest(absl::Time time, int64_t limit) {
  int64_t removed = 0;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    removed = 0;
    LockLog(sql);
    AuditEnd end = ReadEnd(sql, kRemoved);
    const long long old = TimeColumn(time);
    const long long last = end.sequence + limit;
    long long first_young = 0;
    const long long none = std::numeric_limits<long long>::max();
    // Events come nearly in the order of their times; what stands behind a younger one waits for
    // it.
    sql << "SELECT COALESCE(MIN(sequence), :none) FROM audit_events WHERE event_time >= :old",
        into(first_young), use(none, "none"), use(old, "old");
    long long sequence = 0;
    std::string hash;
    sql << "SELECT sequence, hash FROM audit_events WHERE sequence <= :last"
           " AND sequence < :first_young ORDER BY sequence DESC LIMIT 1",
        into(sequence), into(hash), use(last, "last"), use(first_young, "first_young");
    if (!sql.got_data()) return absl::OkStatus();
    soci::statement remove = (sql.prepare << "DELETE FROM audit_events WHERE sequence <= :sequence",
                              use(sequence, "sequence"));
    remove.execute(/*withDataExchange=*/true);
    removed = remove.get_affected_rows();
    end = {.sequence = sequence, .hash = hash};
    WriteEnd(sql, kRemoved, end);
    return absl::OkStatus();
  }));
  return removed;
}

absl::StatusOr<std::vector<UsageRow>> SqlAuditStore::Usage(const UsageFilter& filter, int limit) {
  std::vector<UsageRow> usage;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    usage.clear();
    const long long first_day = filter.first_day;
    const long long last_day = filter.last_day;
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT * FROM tool_usage WHERE day >= :first_day AND day <= :last_day"
                        " AND (:account = '' OR account = :account)"
                        " AND (:mcp_server = '' OR mcp_server = :mcp_server)"
                        " AND (:tool = '' OR tool = :tool)"
                        " ORDER BY day, mcp_server, tool, account LIMIT :most",
         use(first_day, "first_day"), use(last_day, "last_day"), use(filter.account, "account"),
         use(filter.mcp_server, "mcp_server"), use(filter.tool, "tool"), use(limit, "most"));
    for (const soci::row& row : rows) {
      usage.push_back({.day = row.get<long long>("day"),
                       .account = row.get<std::string>("account"),
                       .mcp_server = row.get<std::string>("mcp_server"),
                       .tool = row.get<std::string>("tool"),
                       .calls = row.get<long long>("calls"),
                       .errors = row.get<long long>("errors"),
                       .duration = absl::Microseconds(row.get<long long>("duration"))});
    }
    return absl::OkStatus();
  }));
  return usage;
}

absl::Status SqlAuditStore::RemoveUsageBefore(int64_t day) {
  return database_.Write([&](soci::session& sql) {
    const long long first = day;
    sql << "DELETE FROM tool_usage WHERE day < :day", use(first, "day");
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
