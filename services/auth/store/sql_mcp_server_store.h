// The McpServerStore in SQL.
#pragma once

#include "services/auth/store/mcp_server_store.h"

namespace mesh::auth {

class SqlDatabase;

// Of the call that every request with an unknown token makes, for a test of its plan: parameters
// are :sha256 and :time.
inline constexpr char kResolveStatement[] =
    "SELECT mcp_servers.*, mcp_tokens.expire_time AS token_expire_time FROM mcp_tokens"
    " JOIN mcp_servers ON mcp_servers.id = mcp_tokens.mcp_server"
    " WHERE mcp_tokens.sha256 = :sha256 AND mcp_tokens.expire_time > :time"
    " AND mcp_servers.expire_time > :time";

class SqlMcpServerStore final : public McpServerStore {
 public:
  explicit SqlMcpServerStore(SqlDatabase& database) : database_(database) {}

  absl::Status Insert(const v1::McpServer& server, absl::string_view token_sha256) override;
  absl::StatusOr<v1::McpServer> Get(absl::string_view account, absl::string_view id,
                                    absl::Time now) override;
  absl::StatusOr<Page<v1::McpServer>> List(absl::string_view account, const PageRequest& page,
                                           absl::Time now) override;
  absl::Status Delete(absl::string_view account, absl::string_view id, absl::Time now) override;
  absl::StatusOr<v1::McpServer> Update(
      absl::string_view account, absl::string_view id, absl::Time now,
      absl::FunctionRef<absl::Status(v1::McpServer&)> change) override;
  absl::StatusOr<v1::McpServer> Rotate(absl::string_view account, absl::string_view id,
                                       absl::string_view token_sha256, absl::Time previous_end,
                                       absl::Time now) override;
  absl::StatusOr<v1::ResolvedMcpServer> Resolve(absl::string_view token_sha256,
                                                absl::Time now) override;
  absl::StatusOr<int64_t> DeleteExpired(absl::Time now, int64_t limit) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
