#include "services/auth/store/sql_approval_store.h"

#include <string>

#include "absl/strings/escaping.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;
using v1::Approval;

v1::Approval ApprovalOf(const soci::row& row, absl::Time now) {
  const auto time = [&row](const char* column) {
    return rpc::TimestampOf(TimeOfColumn(row.get<long long>(column)));
  };
  Approval approval;
  approval.set_id(row.get<std::string>("id"));
  approval.set_account(row.get<std::string>("account"));
  approval.set_mcp_server(row.get<std::string>("mcp_server"));
  approval.set_tool(row.get<std::string>("tool"));
  approval.set_arguments_sha256(absl::HexStringToBytes(row.get<std::string>("arguments_sha256")));
  approval.set_arguments(row.get<std::string>("arguments"));
  approval.set_state(static_cast<Approval::State>(row.get<int>("state")));
  *approval.mutable_expire_time() = time("expire_time");
  *approval.mutable_create_time() = time("create_time");
  if (row.get<long long>("decide_time") != 0) {
    *approval.mutable_decide_time() = time("decide_time");
  }
  approval.set_decided_by(row.get<std::string>("decided_by"));
  if (row.get<long long>("use_time") != 0) *approval.mutable_use_time() = time("use_time");
  const bool open = approval.state() == Approval::PENDING || approval.state() == Approval::APPROVED;
  if (open && rpc::TimeOf(approval.expire_time()) <= now) approval.set_state(Approval::EXPIRED);
  return approval;
}

absl::StatusOr<Approval> Read(soci::session& sql, const std::string& id, absl::Time now) {
  soci::row row;
  sql << "SELECT * FROM approvals WHERE id = :id", into(row), use(id, "id");
  if (!sql.got_data()) return ApprovalNotFound(id);
  return ApprovalOf(row, now);
}

// Until the end of the transaction, so that two calls do not ask for the same approval twice, nor
// both get it. Returns whether there is such a server.
bool Lock(soci::session& sql, const std::string& mcp_server) {
  soci::statement lock =
      (sql.prepare << "UPDATE mcp_servers SET update_time = update_time WHERE id = :id",
       use(mcp_server, "id"));
  lock.execute(/*withDataExchange=*/true);
  return lock.get_affected_rows() > 0;
}

// Brings an approval from one state to another, where it is in that one and has not expired.
bool Move(soci::session& sql, const Approval& approval, Approval::State from, absl::Time now) {
  const int old_state = from;
  const int state = approval.state();
  const long long time = TimeColumn(now);
  const long long expire_time = TimeColumn(rpc::TimeOf(approval.expire_time()));
  const long long decide_time =
      approval.has_decide_time() ? TimeColumn(rpc::TimeOf(approval.decide_time())) : 0;
  const long long use_time =
      approval.has_use_time() ? TimeColumn(rpc::TimeOf(approval.use_time())) : 0;
  soci::statement update =
      (sql.prepare << "UPDATE approvals SET state = :state, expire_time = :expire_time,"
                      " decide_time = :decide_time, decided_by = :decided_by, use_time = :use_time"
                      " WHERE id = :id AND state = :old_state AND expire_time > :time",
       use(state, "state"), use(expire_time, "expire_time"), use(decide_time, "decide_time"),
       use(approval.decided_by(), "decided_by"), use(use_time, "use_time"),
       use(approval.id(), "id"), use(old_state, "old_state"), use(time, "time"));
  update.execute(/*withDataExchange=*/true);
  return update.get_affected_rows() > 0;
}

// The one for the call of `wanted` that decides about it: an approval, or what an operator denied,
// or what is pending. STATE_UNSPECIFIED where there is none.
Approval Find(soci::session& sql, const Approval& wanted, absl::Time now) {
  const std::string sha256 = absl::BytesToHexString(wanted.arguments_sha256());
  const long long time = TimeColumn(now);
  const int approved = Approval::APPROVED;
  const int denied = Approval::DENIED;
  const int pending = Approval::PENDING;
  soci::row row;
  // What was denied before the client binds nobody: the same person may have changed their mind.
  sql << "SELECT * FROM approvals WHERE mcp_server = :mcp_server AND tool = :tool"
         " AND arguments_sha256 = :sha256 AND expire_time > :time"
         " AND (state IN (:approved, :pending) OR (state = :denied AND decided_by <> mcp_server))"
         " ORDER BY CASE state WHEN :approved THEN 0 WHEN :denied THEN 1 ELSE 2 END,"
         " create_time DESC, id LIMIT 1",
      into(row), use(wanted.mcp_server(), "mcp_server"), use(wanted.tool(), "tool"),
      use(sha256, "sha256"), use(time, "time"), use(approved, "approved"), use(pending, "pending"),
      use(denied, "denied");
  return sql.got_data() ? ApprovalOf(row, now) : Approval();
}

int64_t CountPending(soci::session& sql, const std::string& mcp_server, absl::Time now) {
  const long long time = TimeColumn(now);
  const int pending = Approval::PENDING;
  int count = 0;
  sql << "SELECT COUNT(*) FROM approvals WHERE mcp_server = :mcp_server AND state = :pending"
         " AND expire_time > :time",
      into(count), use(mcp_server, "mcp_server"), use(pending, "pending"), use(time, "time");
  return count;
}

void Insert(soci::session& sql, const Approval& approval) {
  const std::string sha256 = absl::BytesToHexString(approval.arguments_sha256());
  const int pending = Approval::PENDING;
  const long long expire_time = TimeColumn(rpc::TimeOf(approval.expire_time()));
  const long long create_time = TimeColumn(rpc::TimeOf(approval.create_time()));
  sql << "INSERT INTO approvals (id, account, mcp_server, tool, arguments_sha256, arguments, state,"
         " expire_time, create_time, decide_time, decided_by, use_time)"
         " VALUES (:id, :account, :mcp_server, :tool, :sha256, :arguments, :pending, :expire_time,"
         " :create_time, 0, '', 0)",
      use(approval.id(), "id"), use(approval.account(), "account"),
      use(approval.mcp_server(), "mcp_server"), use(approval.tool(), "tool"), use(sha256, "sha256"),
      use(approval.arguments(), "arguments"), use(pending, "pending"),
      use(expire_time, "expire_time"), use(create_time, "create_time");
}

}  // namespace

absl::StatusOr<Approval> SqlApprovalStore::Claim(const Approval& wanted, int64_t most_pending,
                                                 absl::Time now) {
  Approval approval;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    if (!Lock(sql, wanted.mcp_server())) return McpServerNotFound(wanted.mcp_server());
    approval = Find(sql, wanted, now);
    if (approval.state() == Approval::APPROVED) {
      approval.set_state(Approval::USED);
      *approval.mutable_use_time() = rpc::TimestampOf(now);
      if (Move(sql, approval, Approval::APPROVED, now)) return absl::OkStatus();
      approval.Clear();
    }
    if (!approval.id().empty()) return absl::OkStatus();
    if (CountPending(sql, wanted.mcp_server(), now) >= most_pending) {
      return ApprovalsTooMany(wanted.mcp_server());
    }
    approval = wanted;
    approval.set_state(Approval::PENDING);
    Insert(sql, approval);
    return absl::OkStatus();
  }));
  return approval;
}

absl::StatusOr<Approval> SqlApprovalStore::Answer(const Approval& subject, bool approved,
                                                  absl::Time now) {
  Approval approval;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    ASSIGN_OR_RETURN(approval, Read(sql, subject.id(), now));
    if (!IsFor(approval, subject)) return ApprovalNotFound(subject.id());
    const Approval::State before = approval.state();
    if (before == Approval::PENDING || before == Approval::APPROVED) {
      AnswerBeforeClient(approved, now, approval);
      if (Move(sql, approval, before, now)) return absl::OkStatus();
      ASSIGN_OR_RETURN(approval, Read(sql, subject.id(), now));
    }
    return ApprovalClosed(approval.id(), ApprovalStateName(approval.state()));
  }));
  return approval;
}

absl::StatusOr<Approval> SqlApprovalStore::Decide(absl::string_view id, bool approved,
                                                  absl::string_view decided_by,
                                                  absl::Time expire_time, absl::Time now) {
  Approval approval;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string key(id);
    ASSIGN_OR_RETURN(approval, Read(sql, key, now));
    if (approval.state() == Approval::PENDING) {
      approval.set_state(approved ? Approval::APPROVED : Approval::DENIED);
      approval.set_decided_by(std::string(decided_by));
      *approval.mutable_decide_time() = rpc::TimestampOf(now);
      *approval.mutable_expire_time() = rpc::TimestampOf(expire_time);
      if (Move(sql, approval, Approval::PENDING, now)) return absl::OkStatus();
      ASSIGN_OR_RETURN(approval, Read(sql, key, now));
    }
    return ApprovalClosed(id, ApprovalStateName(approval.state()));
  }));
  return approval;
}

absl::StatusOr<Approval> SqlApprovalStore::Get(absl::string_view id, absl::Time now) {
  Approval approval;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    ASSIGN_OR_RETURN(approval, Read(sql, std::string(id), now));
    return absl::OkStatus();
  }));
  return approval;
}

absl::StatusOr<Page<Approval>> SqlApprovalStore::List(const ApprovalFilter& filter,
                                                      const PageRequest& page, absl::Time now) {
  Page<Approval> result;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    result = {};
    const Position before = NewestFirst(page);
    const long long before_time = TimeColumn(before.create_time);
    const long long time = TimeColumn(now);
    const int state = filter.state;
    const int pending = Approval::PENDING;
    const int approved = Approval::APPROVED;
    const int expired = Approval::EXPIRED;
    const int one_more = page.limit + 1;
    // A parameter that is empty narrows nothing; one statement serves all.
    const soci::rowset<soci::row> rows =
        (sql.prepare
             << "SELECT * FROM approvals WHERE (create_time, id) < (:before_time, :before_id)"
                " AND (:account = '' OR account = :account)"
                " AND (:mcp_server = '' OR mcp_server = :mcp_server)"
                " AND (:state = 0 OR :state = CASE WHEN state IN (:pending, :approved)"
                " AND expire_time <= :time THEN :expired ELSE state END)"
                " ORDER BY create_time DESC, id DESC LIMIT :one_more",
         use(before_time, "before_time"), use(before.id, "before_id"),
         use(filter.account, "account"), use(filter.mcp_server, "mcp_server"), use(state, "state"),
         use(pending, "pending"), use(approved, "approved"), use(time, "time"),
         use(expired, "expired"), use(one_more, "one_more"));
    for (const soci::row& row : rows) AddToPage(page, ApprovalOf(row, now), result);
    return absl::OkStatus();
  }));
  return result;
}

absl::Status SqlApprovalStore::DeleteEnded(absl::Time time) {
  return database_.Write([&](soci::session& sql) {
    const long long end = TimeColumn(time);
    sql << "DELETE FROM approvals WHERE expire_time < :end", use(end, "end");
    return absl::OkStatus();
  });
}

}  // namespace mesh::auth
