// Revision 2026-07-28: no handshake, no session; every request says in `_meta` and in headers what
// it is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

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

  Modern(const ServerInfo& info, const Options& options);

  const char* label() const override { return "modern"; }
  absl::Cord Write(const mcp::Result& result) const override;
  bool LeavingCancels() const override { return true; }
  std::optional<RpcError> Check(const Message& message,
                                const net::HttpHeaders& headers) const override;
  void Serve(const Message& message, const CallContext& context, Tenant& tenant,
             std::shared_ptr<Answer> answer) const override;

 private:
  std::optional<RpcError> CheckVersion(const std::string& version,
                                       const net::HttpHeaders& headers) const;

  const Options options_;
  // The member `io.modelcontextprotocol/serverInfo`.
  const std::string server_info_;
  // What `server/discover` says, without the braces.
  const std::string discovery_;
};

}  // namespace mesh::mcp
