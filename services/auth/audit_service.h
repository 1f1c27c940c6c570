// The gRPC service of the audit log.
#pragma once

#include "absl/status/statusor.h"

#include "common/base/clock.h"
#include "common/base/thread_pool.h"
#include "common/rpc/metrics.h"
#include "mesh/auth/v1/audit.grpc.pb.h"
#include "services/auth/audit_log.h"
#include "services/auth/store/audit_store.h"

namespace mesh::auth {

// Thread-safe.
class AuditService final : public v1::AuditService::CallbackService {
 public:
  AuditService(AuditLog& log, AuditStore& store, const Clock& clock, ThreadPool& pool,
               rpc::ServerMetrics& metrics)
      : log_(log), store_(store), clock_(clock), pool_(pool), metrics_(metrics) {}

  grpc::ServerUnaryReactor* RecordEvents(grpc::CallbackServerContext* call,
                                         const v1::RecordEventsRequest* request,
                                         google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ListAuditEvents(grpc::CallbackServerContext* call,
                                            const v1::ListAuditEventsRequest* request,
                                            v1::ListAuditEventsResponse* response) override;
  grpc::ServerUnaryReactor* VerifyAudit(grpc::CallbackServerContext* call,
                                        const v1::VerifyAuditRequest* request,
                                        v1::VerifyAuditResponse* response) override;
  grpc::ServerUnaryReactor* ListUsage(grpc::CallbackServerContext* call,
                                      const v1::ListUsageRequest* request,
                                      v1::ListUsageResponse* response) override;

 private:
  absl::StatusOr<google::protobuf::Empty> Record(const v1::RecordEventsRequest& request);
  absl::StatusOr<v1::ListAuditEventsResponse> List(const v1::ListAuditEventsRequest& request);
  absl::StatusOr<v1::ListUsageResponse> Usage(const v1::ListUsageRequest& request);

  AuditLog& log_;
  AuditStore& store_;
  const Clock& clock_;
  ThreadPool& pool_;
  rpc::ServerMetrics& metrics_;
};

}  // namespace mesh::auth
