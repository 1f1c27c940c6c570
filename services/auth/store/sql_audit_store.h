// The AuditStore in SQL.
#pragma once

#include "services/auth/store/audit_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlAuditStore final : public AuditStore {
 public:
  explicit SqlAuditStore(SqlDatabase& database) : database_(database) {}

  absl::Status Append(const std::vector<v1::AuditEvent>& events) override;
  absl::StatusOr<std::vector<v1::AuditEvent>> List(const AuditFilter& filter, int64_t before,
                                                   int limit) override;
  absl::StatusOr<std::vector<v1::AuditEvent>> Read(int64_t first, int limit) override;
  absl::StatusOr<AuditEnds> Ends() override;
  absl::StatusOr<int64_t> RemoveOldest(absl::Time time, int64_t limit) override;
  absl::StatusOr<std::vector<UsageRow>> Usage(const UsageFilter& filter, int limit) override;
  absl::Status RemoveUsageBefore(int64_t day) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
