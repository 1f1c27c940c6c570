// The ApprovalStore in SQL.
#pragma once

#include "services/auth/store/approval_store.h"

namespace mesh::auth {

class SqlDatabase;

class SqlApprovalStore final : public ApprovalStore {
 public:
  explicit SqlApprovalStore(SqlDatabase& database) : database_(database) {}

  absl::StatusOr<v1::Approval> Claim(const v1::Approval& wanted, int64_t most_pending,
                                     absl::Time now) override;
  absl::StatusOr<v1::Approval> Answer(const v1::Approval& subject, bool approved,
                                      absl::Time now) override;
  absl::StatusOr<v1::Approval> Decide(absl::string_view id, bool approved,
                                      absl::string_view decided_by, absl::Time expire_time,
                                      absl::Time now) override;
  absl::StatusOr<v1::Approval> Get(absl::string_view id, absl::Time now) override;
  absl::StatusOr<Page<v1::Approval>> List(const ApprovalFilter& filter, const PageRequest& page,
                                          absl::Time now) override;
  absl::Status DeleteEnded(absl::Time time) override;

 private:
  SqlDatabase& database_;
};

}  // namespace mesh::auth
