#include "services/auth/store/sql_client_store.h"

#include <optional>
#include <set>
#include <string>

#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/sql_database.h"

namespace mesh::auth {
namespace {

using soci::into;
using soci::use;

// 0 where there is none.
long long TimeOrZero(bool present, const google::protobuf::Timestamp& time) {
  return present ? TimeColumn(rpc::TimeOf(time)) : 0;
}

v1::Client ClientOf(const soci::row& row) {
  const auto time = [&row](const char* column) {
    return rpc::TimestampOf(TimeOfColumn(row.get<long long>(column)));
  };
  v1::Client client;
  client.set_mcp_server(row.get<std::string>("mcp_server"));
  client.set_era(row.get<std::string>("era"));
  client.set_name(row.get<std::string>("name"));
  client.set_version(row.get<std::string>("version"));
  client.set_introduced(row.get<int>("introduced") != 0);
  client.set_revision(row.get<std::string>("revision"));
  client.set_user_agent(row.get<std::string>("user_agent"));
  client.set_list_digest(row.get<std::string>("list_digest"));
  if (row.get<long long>("list_time") != 0) *client.mutable_list_time() = time("list_time");
  *client.mutable_first_seen_time() = time("first_seen_time");
  *client.mutable_last_seen_time() = time("last_seen_time");
  return client;
}

// Until the end of the transaction, so that of two that write down the same client none is lost.
// Returns whether there is such a server.
bool Lock(soci::session& sql, const std::string& mcp_server) {
  soci::statement lock =
      (sql.prepare << "UPDATE mcp_servers SET update_time = update_time WHERE id = :id",
       use(mcp_server, "id"));
  lock.execute(/*withDataExchange=*/true);
  return lock.get_affected_rows() > 0;
}

// Who it is that did not introduce itself.
void Recognise(soci::session& sql, v1::Client& client) {
  std::string name;
  std::string version;
  sql << "SELECT name, version FROM mcp_clients WHERE mcp_server = :mcp_server AND era = :era"
         " AND user_agent = :user_agent AND introduced = 1"
         " ORDER BY last_seen_time DESC, name, version LIMIT 1",
      into(name), into(version), use(client.mcp_server(), "mcp_server"), use(client.era(), "era"),
      use(client.user_agent(), "user_agent");
  if (!sql.got_data()) return;
  client.set_introduced(true);
  client.set_name(name);
  client.set_version(version);
}

// What a client did before it introduced itself, or before that was known here, is its own.
void TakeOver(soci::session& sql, v1::Client& client) {
  soci::row row;
  sql << "SELECT * FROM mcp_clients WHERE mcp_server = :mcp_server AND era = :era"
         " AND user_agent = :user_agent AND introduced = 0",
      into(row), use(client.mcp_server(), "mcp_server"), use(client.era(), "era"),
      use(client.user_agent(), "user_agent");
  if (!sql.got_data()) return;
  const v1::Client before = ClientOf(row);
  if (!client.has_list_time() && before.has_list_time()) {
    client.set_list_digest(before.list_digest());
    *client.mutable_list_time() = before.list_time();
  }
  sql << "DELETE FROM mcp_clients WHERE mcp_server = :mcp_server AND era = :era"
         " AND user_agent = :user_agent AND introduced = 0",
      use(client.mcp_server(), "mcp_server"), use(client.era(), "era"),
      use(client.user_agent(), "user_agent");
}

// What is newer stays as it is.
void Upsert(soci::session& sql, const v1::Client& client) {
  const int introduced = client.introduced() ? 1 : 0;
  const long long list_time = TimeOrZero(client.has_list_time(), client.list_time());
  const long long seen_time = TimeColumn(rpc::TimeOf(client.last_seen_time()));
  sql << "INSERT INTO mcp_clients (mcp_server, era, name, version, introduced, revision,"
         " user_agent, list_digest, list_time, first_seen_time, last_seen_time)"
         " VALUES (:mcp_server, :era, :name, :version, :introduced, :revision, :user_agent,"
         " :list_digest, :list_time, :first_seen_time, :last_seen_time)"
         " ON CONFLICT (mcp_server, era, name, version, introduced) DO UPDATE SET"
         " revision = CASE WHEN excluded.last_seen_time >= mcp_clients.last_seen_time"
         " AND excluded.revision <> ''"
         " THEN excluded.revision ELSE mcp_clients.revision END,"
         " user_agent = CASE WHEN excluded.last_seen_time >= mcp_clients.last_seen_time"
         " THEN excluded.user_agent ELSE mcp_clients.user_agent END,"
         " list_digest = CASE WHEN excluded.list_time > mcp_clients.list_time"
         " THEN excluded.list_digest ELSE mcp_clients.list_digest END,"
         " list_time = CASE WHEN excluded.list_time > mcp_clients.list_time"
         " THEN excluded.list_time ELSE mcp_clients.list_time END,"
         " last_seen_time = CASE WHEN excluded.last_seen_time > mcp_clients.last_seen_time"
         " THEN excluded.last_seen_time ELSE mcp_clients.last_seen_time END",
      use(client.mcp_server(), "mcp_server"), use(client.era(), "era"), use(client.name(), "name"),
      use(client.version(), "version"), use(introduced, "introduced"),
      use(client.revision(), "revision"), use(client.user_agent(), "user_agent"),
      use(client.list_digest(), "list_digest"), use(list_time, "list_time"),
      use(seen_time, "first_seen_time"), use(seen_time, "last_seen_time");
}

void Trim(soci::session& sql, const std::string& mcp_server, int keep) {
  const soci::rowset<soci::row> rows =
      (sql.prepare << "SELECT * FROM mcp_clients WHERE mcp_server = :mcp_server"
                      " ORDER BY last_seen_time DESC, era, name, version, introduced",
       use(mcp_server, "mcp_server"));
  std::vector<v1::Client> beyond;
  int position = 0;
  for (const soci::row& row : rows) {
    if (++position > keep) beyond.push_back(ClientOf(row));
  }
  for (const v1::Client& client : beyond) {
    const int introduced = client.introduced() ? 1 : 0;
    sql << "DELETE FROM mcp_clients WHERE mcp_server = :mcp_server AND era = :era"
           " AND name = :name AND version = :version AND introduced = :introduced",
        use(mcp_server, "mcp_server"), use(client.era(), "era"), use(client.name(), "name"),
        use(client.version(), "version"), use(introduced, "introduced");
  }
}

}  // namespace

absl::Status SqlClientStore::Record(const std::vector<v1::Client>& seen, int keep) {
  // In one order, so that no two wait for each other.
  std::set<std::string> servers;
  for (const v1::Client& client : seen) servers.insert(client.mcp_server());
  return database_.Write([&](soci::session& sql) {
    for (const std::string& server : servers) {
      if (!Lock(sql, server)) continue;
      for (const v1::Client& given : seen) {
        if (given.mcp_server() != server) continue;
        v1::Client client = given;
        if (!client.introduced()) {
          Recognise(sql, client);
        } else {
          TakeOver(sql, client);
        }
        Upsert(sql, client);
      }
      Trim(sql, server, keep);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<v1::Client>> SqlClientStore::List(absl::string_view mcp_server) {
  std::vector<v1::Client> clients;
  RETURN_IF_ERROR(database_.Read([&](soci::session& sql) {
    clients.clear();
    const std::string key(mcp_server);
    const soci::rowset<soci::row> rows =
        (sql.prepare << "SELECT * FROM mcp_clients WHERE mcp_server = :mcp_server"
                        " ORDER BY last_seen_time DESC, era, name, version, introduced",
         use(key, "mcp_server"));
    for (const soci::row& row : rows) clients.push_back(ClientOf(row));
    return absl::OkStatus();
  }));
  return clients;
}

}  // namespace mesh::auth
