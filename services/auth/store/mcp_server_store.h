// Keeps MCP servers and the digests of their URLs' tokens.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/mcp_servers.pb.h"
#include "services/auth/store/page.h"

namespace mesh::auth {

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE
// (`STORE_UNAVAILABLE`) while the database does not answer. To every reading method a server is
// gone from its `expire_time` on.
class McpServerStore {
 public:
  virtual ~McpServerStore() = default;

  // `token_sha256` is 32 bytes. Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  virtual absl::Status Insert(const v1::McpServer& server, absl::string_view token_sha256) = 0;

  // Fails with NOT_FOUND (`MCP_SERVER_NOT_FOUND`), also where it belongs to another account.
  virtual absl::StatusOr<v1::McpServer> Get(absl::string_view account, absl::string_view id,
                                            absl::Time now) = 0;

  // Those of an account, oldest first. Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`).
  virtual absl::StatusOr<Page<v1::McpServer>> List(absl::string_view account,
                                                   const PageRequest& page, absl::Time now) = 0;

  // Fails with NOT_FOUND (`MCP_SERVER_NOT_FOUND`), also where it belongs to another account.
  virtual absl::Status Delete(absl::string_view account, absl::string_view id, absl::Time now) = 0;

  // Replaces a server by what `change` makes of it, in one transaction; its name, config and expiry
  // may change. Fails like Get(), and like `change`.
  virtual absl::StatusOr<v1::McpServer> Update(
      absl::string_view account, absl::string_view id, absl::Time now,
      absl::FunctionRef<absl::Status(v1::McpServer&)> change) = 0;

  // Adds a token to a server; those that are there end at `previous_end`, unless earlier. Fails
  // like Get().
  virtual absl::StatusOr<v1::McpServer> Rotate(absl::string_view account, absl::string_view id,
                                               absl::string_view token_sha256,
                                               absl::Time previous_end, absl::Time now) = 0;

  // Fails with UNAUTHENTICATED (`MCP_TOKEN_INVALID`) alike, and after the same work, for an unknown
  // and an expired one.
  virtual absl::StatusOr<v1::ResolvedMcpServer> Resolve(absl::string_view token_sha256,
                                                        absl::Time now) = 0;

  // Removes what has expired, at most `limit` servers, and returns how many.
  virtual absl::StatusOr<int64_t> DeleteExpired(absl::Time now, int64_t limit) = 0;
};

}  // namespace mesh::auth
