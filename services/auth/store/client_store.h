// Keeps what is known of the clients of MCP servers.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "mesh/auth/v1/clients.pb.h"

namespace mesh::auth {

// Thread-safe. Times are kept to the microsecond. Every method may block, and fails with
// UNAVAILABLE (`STORE_UNAVAILABLE`) while the database does not answer.
class ClientStore {
 public:
  virtual ~ClientStore() = default;

  // Notes what was seen of clients, as ClientService.RecordClients says, in the order given. Of
  // each MCP server it keeps the `keep` that came last.
  virtual absl::Status Record(const std::vector<v1::Client>& seen, int keep) = 0;

  // Those of an MCP server, the one that came last first.
  virtual absl::StatusOr<std::vector<v1::Client>> List(absl::string_view mcp_server) = 0;
};

}  // namespace mesh::auth
