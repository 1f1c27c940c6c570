// Takes audit events at once, and brings them into the store in batches, through outages of the
// database and restarts of the process.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "mesh/auth/v1/audit.pb.h"
#include "services/auth/audit_spool.h"
#include "services/auth/audit_trail.h"
#include "services/auth/metrics.h"
#include "services/auth/store/audit_store.h"

namespace mesh::auth {

struct AuditLogOptions {
  // Where events wait while the database does not take them; empty for nowhere.
  std::string spool_path = {};
  int64_t max_spool_bytes = int64_t{64} << 20;

  // Events held in memory; more go to the disk at once.
  size_t max_queued = 10'000;

  // Between two tries to bring in what waits.
  absl::Duration retry = absl::Seconds(1);
};

// Thread-safe. Destruction brings what is queued into the store, or else onto the disk.
class AuditLog final : public AuditTrail {
 public:
  // What waits on disk from an earlier life is brought in as well.
  AuditLog(AuditStore& store, const Clock& clock, AuthMetrics& metrics,
           const AuditLogOptions& options);
  ~AuditLog() override;

  void Record(const CallContext& context, const AuditSubject& subject, const absl::Status& outcome,
              absl::Duration took) override;

  // Adds events of another service, and waits until they are in the store or on disk. Fails like
  // AuditSpool::Add(), and like the store where there is no disk for them.
  absl::Status Append(std::vector<v1::AuditEvent> events);

  // Waits until what was recorded before is in the store or on disk, or was given up.
  void Flush();

 private:
  void Run();
  // Into the store, else onto the disk.
  absl::Status Keep(const std::vector<v1::AuditEvent>& events);
  void GiveUp(const std::vector<v1::AuditEvent>& events, const absl::Status& why);

  AuditStore& store_;
  const Clock& clock_;
  AuthMetrics& metrics_;
  const AuditLogOptions options_;
  AuditSpool spool_;
  std::mutex mu_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::vector<v1::AuditEvent> queue_;
  bool writing_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mesh::auth
