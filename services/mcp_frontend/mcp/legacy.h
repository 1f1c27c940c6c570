// The revisions that open with `initialize`: 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25,
// served without sessions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/mcp_frontend/mcp/revision.h"

namespace mesh::mcp {

// Newest first.
const std::vector<std::string>& LegacyVersions();

class Legacy final : public Revision {
 public:
  explicit Legacy(const ServerInfo& info);

  // Whether a client whose requests carry this version header, or none, may send batches.
  static bool AllowsBatch(std::optional<absl::string_view> version_header);

  const char* label() const override { return "legacy"; }
  absl::Cord Write(const mcp::Result& result) const override;
  bool LeavingCancels() const override { return false; }
  RpcError ResourceNotFound(absl::string_view uri) const override;
  std::optional<RpcError> Check(const Message& message,
                                const net::HttpHeaders& headers) const override;
  void Serve(const Incoming& incoming) const override;

  // Asks by requests of the server's own, one beside the other, while the answer waits.
  void Converse(const Incoming& incoming, absl::string_view subject, Turn turn) const override;

 private:
  void Initialize(const Incoming& incoming) const;
  void SetLevel(const Incoming& incoming) const;
  void Subscribe(const Incoming& incoming, bool on) const;

  // What `initialize` says behind its capabilities, without the braces.
  const std::string introduction_;
};

}  // namespace mesh::mcp
