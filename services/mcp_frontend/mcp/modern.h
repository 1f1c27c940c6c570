// Revision 2026-07-28: no handshake, no session; every request says in `_meta` and in headers what
// it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/mcp_frontend/mcp/listeners.h"
#include "services/mcp_frontend/mcp/request_state.h"
#include "services/mcp_frontend/mcp/revision.h"

namespace mesh::mcp {

// Newest first.
const std::vector<std::string>& ModernVersions();

class Modern final : public Revision {
 public:
  struct Options {
    // Whether a version header that names an older revision than the body is an error, as the
    // specification has it. A client in the field sends its header one revision behind.
    bool strict_version_header = false;
  };

  // `listeners` must outlive it.
  Modern(const ServerInfo& info, const Options& options, RequestStates states,
         Listeners& listeners);

  const char* label() const override { return "modern"; }
  absl::Cord Write(const mcp::Result& result) const override;
  bool LeavingCancels() const override { return true; }
  RpcError ResourceNotFound(absl::string_view uri) const override;
  std::optional<RpcError> Check(const Message& message,
                                const net::HttpHeaders& headers) const override;
  void Serve(const Incoming& incoming) const override;

  // Asks by `input_required`; the client comes back with its answers and the state, which is
  // sealed.
  void Converse(const Incoming& incoming, absl::string_view subject, Turn turn) const override;

 private:
  class AskingAnswer;
  class Subscription;

  std::optional<RpcError> CheckVersion(const std::string& version,
                                       const net::HttpHeaders& headers) const;
  // `members` stand between the type and `_meta`, each followed by a comma.
  absl::Cord Write(absl::string_view type, absl::Cord members, absl::string_view meta) const;
  void Listen(const Incoming& incoming) const;

  const Options options_;
  const RequestStates states_;
  Listeners& listeners_;
  // The member `io.modelcontextprotocol/serverInfo`.
  const std::string server_info_;
  // What `server/discover` says, without the braces.
  const std::string discovery_;
};

}  // namespace mesh::mcp
