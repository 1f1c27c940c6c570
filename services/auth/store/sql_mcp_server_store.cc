#include "services/auth/store/sql_mcp_server_store.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/sql_change_store.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

absl::Time ExpireTimeOf(const v1::McpServer& server) {
  return server.has_expire_time() ? rpc::TimeOf(server.expire_time()) : absl::InfiniteFuture();
}

v1::McpServer ServerOf(const soci::row& row) {
  v1::McpServer server;
  server.set_id(row.get<std::string>("id"));
  server.set_account(row.get<std::string>("account"));
  server.set_name(row.get<std::string>("name"));
  v1::McpServerConfig& config = *server.mutable_config();
  const std::string methods = row.get<std::string>("methods");
  for (const absl::string_view method : absl::StrSplit(methods, ' ', absl::SkipEmpty())) {
    config.add_methods(std::string(method));
  }
  const std::string tags = row.get<std::string>("tags");
  for (const absl::string_view tag : absl::StrSplit(tags, ' ', absl::SkipEmpty())) {
    config.add_tags(std::string(tag));
  }
  config.set_require_api_token_auth(row.get<int>("require_api_token_auth") != 0);
  config.set_reveal_secrets(row.get<int>("reveal_secrets") != 0);
  config.set_approval(static_cast<v1::McpServerConfig::Approval>(row.get<int>("approval")));
  const absl::Time expire_time = TimeOfColumn(row.get<long long>("expire_time"));
  if (expire_time != absl::InfiniteFuture()) {
    *server.mutable_expire_time() = rpc::TimestampOf(expire_time);
  }
  *server.mutable_create_time() = rpc::TimestampOf(TimeOfColumn(row.get<long long>("create_time")));
  *server.mutable_update_time() = rpc::TimestampOf(TimeOfColumn(row.get<long long>("update_time")));
  return server;
}

absl::Status RequireAccount(soci::session& sql, const std::string& account) {
  int found = 0;
  sql << "SELECT COUNT(*) FROM accounts WHERE id = :account", into(found), use(account, "account");
  return found > 0 ? absl::OkStatus() : AccountNotFound(account);
}

absl::StatusOr<v1::McpServer> Read(soci::session& sql, absl::string_view account,
                                   absl::string_view id, absl::Time now) {
  const std::string account_key(account);
  const std::string key(id);
  const long long time = TimeColumn(now);
  soci::row row;
  sql << "SELECT * FROM mcp_servers WHERE id = :id AND account = :account AND expire_time > :time",
      into(row), use(key, "id"), use(account_key, "account"), use(time, "time");
  if (!sql.got_data()) return McpServerNotFound(id);
  return ServerOf(row);
}

// Until the end of the transaction, so that of two changes of a server none is lost.
void Lock(soci::session& sql, absl::string_view id) {
  const std::string key(id);
  sql << "UPDATE mcp_servers SET update_time = update_time WHERE id = :id", use(key, "id");
}

// Runs a statement with the parameters :id, :account, :name, :methods, :tags,
// :require_api_token_auth, :reveal_secrets, :approval, :expire_time, :create_time and :update_time.
void WriteServer(soci::session& sql, const std::string& statement, const v1::McpServer& server) {
  const v1::McpServerConfig& config = server.config();
  const std::string methods = absl::StrJoin(config.methods(), " ");
  const std::string tags = absl::StrJoin(config.tags(), " ");
  const int require_api_token_auth = config.require_api_token_auth() ? 1 : 0;
  const int reveal_secrets = config.reveal_secrets() ? 1 : 0;
  const int approval = config.approval();
  const long long expire_time = TimeColumn(ExpireTimeOf(server));
  const long long create_time = TimeColumn(rpc::TimeOf(server.create_time()));
  const long long update_time = TimeColumn(rpc::TimeOf(server.update_time()));
  sql << statement, use(server.id(), "id"), use(server.account(), "account"),
      use(server.name(), "name"), use(methods, "methods"), use(tags, "tags"),
      use(require_api_token_auth, "require_api_token_auth"), use(reveal_secrets, "reveal_secrets"),
      use(approval, "approval"), use(expire_time, "expire_time"), use(create_time, "create_time"),
      use(update_time, "update_time");
}

void InsertToken(soci::session& sql, const std::string& server, absl::string_view token_sha256) {
  const std::string sha256 = absl::BytesToHexString(token_sha256);
  const long long never = TimeColumn(absl::InfiniteFuture());
  sql << "INSERT INTO mcp_tokens (sha256, mcp_server, expire_time)"
         " VALUES (:sha256, :mcp_server, :expire_time)",
      use(sha256, "sha256"), use(server, "mcp_server"), use(never, "expire_time");
}

}  // namespace

absl::Status SqlMcpServerStore::Insert(const v1::McpServer& server,
                                       absl::string_view token_sha256) {
  return database_.Write([&](soci::session& sql) -> absl::Status {
    RETURN_IF_ERROR(RequireAccount(sql, server.account()));
    WriteServer(sql,
                "INSERT INTO mcp_servers (id, account, name, methods, tags,"
                " require_api_token_auth, reveal_secrets, approval, expire_time, create_time,"
                " update_time)"
                " VALUES (:id, :account, :name, :methods, :tags, :require_api_token_auth,"
                " :reveal_secrets, :approval, :expire_time, :create_time, :update_time)",
                server);
    InsertToken(sql, server.id(), token_sha256);
    AddChange(sql, v1::Change::MCP_SERVER, server.id());
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::McpServer> SqlMcpServerStore::Get(absl::string_view account,
                                                     absl::string_view id, absl::Time now) {
  v1::McpServer server;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    ASSIGN_OR_RETURN(server, Read(sql, account, id, now));
    return absl::OkStatus();
  }));
  return server;
}

absl::StatusOr<Page<v1::McpServer>> SqlMcpServerStore::List(absl::string_view account,
                                                            const PageRequest& page,
                                                            absl::Time now) {
  Page<v1::McpServer> result;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    result = {};
    const std::string key(account);
    RETURN_IF_ERROR(RequireAccount(sql, key));
    const long long time = TimeColumn(now);
    const long long after_time = TimeColumn(page.after.create_time);
    const int one_more = page.limit + 1;
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT * FROM mcp_servers WHERE account = :account"
                        " AND (create_time, id) > (:after_time, :after_id)"
                        " AND expire_time > :time ORDER BY create_time, id LIMIT :one_more",
         use(key, "account"), use(after_time, "after_time"), use(page.after.id, "after_id"),
         use(time, "time"), use(one_more, "one_more"));
    for (const soci::row& row : rows) AddToPage(page, ServerOf(row), result);
    return absl::OkStatus();
  }));
  return result;
}

absl::Status SqlMcpServerStore::Delete(absl::string_view account, absl::string_view id,
                                       absl::Time now) {
  return database_.Write([&](soci::session& sql) -> absl::Status {
    const std::string account_key(account);
    const std::string key(id);
    const long long time = TimeColumn(now);
    soci::statement remove =
        (sql.prepare << "DELETE FROM mcp_servers WHERE id = :id AND account = :account"
                        " AND expire_time > :time",
         use(key, "id"), use(account_key, "account"), use(time, "time"));
    remove.execute(/*withDataExchange=*/true);
    if (remove.get_affected_rows() == 0) return McpServerNotFound(id);
    AddChange(sql, v1::Change::MCP_SERVER, key);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::McpServer> SqlMcpServerStore::Update(
    absl::string_view account, absl::string_view id, absl::Time now,
    absl::FunctionRef<absl::Status(v1::McpServer&)> change) {
  v1::McpServer server;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    Lock(sql, id);
    ASSIGN_OR_RETURN(server, Read(sql, account, id, now));
    RETURN_IF_ERROR(change(server));
    *server.mutable_update_time() = rpc::TimestampOf(now);
    WriteServer(sql,
                "UPDATE mcp_servers SET name = :name, methods = :methods, tags = :tags,"
                " require_api_token_auth = :require_api_token_auth,"
                " reveal_secrets = :reveal_secrets, approval = :approval,"
                " expire_time = :expire_time, update_time = :update_time"
                " WHERE id = :id AND account = :account AND create_time = :create_time",
                server);
    AddChange(sql, v1::Change::MCP_SERVER, server.id());
    return absl::OkStatus();
  }));
  return server;
}

absl::StatusOr<v1::McpServer> SqlMcpServerStore::Rotate(absl::string_view account,
                                                        absl::string_view id,
                                                        absl::string_view token_sha256,
                                                        absl::Time previous_end, absl::Time now) {
  v1::McpServer server;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) -> absl::Status {
    Lock(sql, id);
    ASSIGN_OR_RETURN(server, Read(sql, account, id, now));
    const long long end = TimeColumn(previous_end);
    const long long update_time = TimeColumn(now);
    sql << "UPDATE mcp_tokens SET expire_time = :end"
           " WHERE mcp_server = :mcp_server AND expire_time > :end",
        use(end, "end"), use(server.id(), "mcp_server");
    sql << "UPDATE mcp_servers SET update_time = :update_time WHERE id = :id",
        use(update_time, "update_time"), use(server.id(), "id");
    InsertToken(sql, server.id(), token_sha256);
    *server.mutable_update_time() = rpc::TimestampOf(now);
    AddChange(sql, v1::Change::MCP_SERVER, server.id());
    return absl::OkStatus();
  }));
  return server;
}

absl::StatusOr<v1::ResolvedMcpServer> SqlMcpServerStore::Resolve(absl::string_view token_sha256,
                                                                 absl::Time now) {
  v1::ResolvedMcpServer resolved;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) -> absl::Status {
    resolved.Clear();
    const std::string sha256 = absl::BytesToHexString(token_sha256);
    const long long time = TimeColumn(now);
    soci::row row;
    sql << kResolveStatement, into(row), use(sha256, "sha256"), use(time, "time");
    if (!sql.got_data()) return McpTokenInvalid();
    *resolved.mutable_mcp_server() = ServerOf(row);
    const absl::Time end = TimeOfColumn(row.get<long long>("token_expire_time"));
    if (end != absl::InfiniteFuture()) {
      *resolved.mutable_token_expire_time() = rpc::TimestampOf(end);
    }
    return absl::OkStatus();
  }));
  return resolved;
}

absl::StatusOr<int64_t> SqlMcpServerStore::DeleteExpired(absl::Time now, int64_t limit) {
  int64_t deleted = 0;
  RETURN_IF_ERROR(database_.Write([&](soci::session& sql) {
    const long long time = TimeColumn(now);
    const long long most = limit;
    soci::statement servers =
        (sql.prepare << "DELETE FROM mcp_servers WHERE id IN (SELECT id FROM mcp_servers"
                        " WHERE expire_time <= :time ORDER BY expire_time LIMIT :most)",
         use(time, "time"), use(most, "most"));
    servers.execute(/*withDataExchange=*/true);
    deleted = servers.get_affected_rows();
    sql << "DELETE FROM mcp_tokens WHERE expire_time <= :time", use(time, "time");
    return absl::OkStatus();
  }));
  return deleted;
}

}  // namespace mesh::auth
