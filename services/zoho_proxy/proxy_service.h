// ProxyService over gRPC: raw calls to Zoho, and downloads.
#pragma once

#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/rpc/metrics.h"
#include "mesh/tools/v1/proxy.grpc.pb.h"
#include "services/zoho_proxy/upstream.h"
#include "services/zoho_proxy/zoho_hosts.h"

namespace mesh::zoho_proxy {

// Thread-safe; no thread waits for Zoho, for auth-service or for a slow reader.
class ProxyServiceImpl final : public tools::v1::ProxyService::CallbackService {
 public:
  // All must outlive it. `call_timeout` is the longest time that Send() may wait for Zoho.
  ProxyServiceImpl(Upstream& upstream, const ZohoHosts& hosts, const Clock& clock,
                   absl::Duration call_timeout, rpc::ServerMetrics& server_metrics);

  grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* call,
                                 const tools::v1::SendRequest* request,
                                 tools::v1::SendResponse* response) override;

  grpc::ServerWriteReactor<tools::v1::DownloadResponse>* Download(
      grpc::CallbackServerContext* call, const tools::v1::DownloadRequest* request) override;

 private:
  Upstream& upstream_;
  const ZohoHosts& hosts_;
  const Clock& clock_;
  const absl::Duration call_timeout_;
  rpc::MethodMetrics& send_metrics_;
  rpc::MethodMetrics& download_metrics_;
};

}  // namespace mesh::zoho_proxy
