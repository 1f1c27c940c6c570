#include "services/zoho_proxy/proxy_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/rpc/handle.h"
#include "services/zoho_proxy/download.h"
#include "services/zoho_proxy/raw_request.h"
#include "services/zoho_proxy/unanswered_write.h"

namespace mesh::zoho_proxy {
namespace {

using SendReply = rpc::Reply<tools::v1::SendResponse>;

// A film of some gigabytes on a slow line.
constexpr absl::Duration kLongestDownload = absl::Hours(4);

void LogEnd(const char* what, const CallContext& context, const std::string& account,
            const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  Log(status.ok() ? LogLevel::kDebug : LogLevel::kInfo, what,
      {{"request_id", context.request_id},
       {"account", account},
       {"outcome", status.ok() ? "OK" : reason}});
}

// One download's stream. gRPC owns it until OnDone().
class DownloadReactor final : public grpc::ServerWriteReactor<tools::v1::DownloadResponse>,
                              public DownloadWriter {
 public:
  DownloadReactor(CallContext context, std::string account, rpc::MethodMetrics& metrics)
      : context_(std::move(context)),
        account_(std::move(account)),
        arrived_(absl::Now()),
        metrics_(metrics) {}

  // Before gRPC gets the reactor, and with it the right to call it.
  void Start(std::shared_ptr<Download> download) {
    download_ = std::move(download);
    download_->Start();
  }

  void Write(const tools::v1::DownloadResponse& message) override { StartWrite(&message); }

  void Finish(const absl::Status& status) override {
    rpc::RecordCall(metrics_, context_, arrived_, status);
    LogEnd("recording downloaded", context_, account_, status);
    ServerWriteReactor::Finish(rpc::ToGrpc(status));
  }

 private:
  void OnWriteDone(bool ok) override { download_->Written(ok); }
  void OnCancel() override { download_->Cancel(); }
  void OnDone() override { delete this; }

  const CallContext context_;
  const std::string account_;
  const absl::Time arrived_;
  rpc::MethodMetrics& metrics_;
  std::shared_ptr<Download> download_;
};

}  // namespace

ProxyServiceImpl::ProxyServiceImpl(Upstream& upstream, const ZohoHosts& hosts, const Clock& clock,
                                   absl::Duration call_timeout, rpc::ServerMetrics& server_metrics)
    : upstream_(upstream),
      hosts_(hosts),
      clock_(clock),
      call_timeout_(call_timeout),
      send_metrics_(server_metrics.Of("Send")),
      download_metrics_(server_metrics.Of("Download")) {}

grpc::ServerUnaryReactor* ProxyServiceImpl::Send(grpc::CallbackServerContext* call,
                                                 const tools::v1::SendRequest* request,
                                                 tools::v1::SendResponse* response) {
  return rpc::HandleLater(
      send_metrics_, call, request, response,
      [this](const tools::v1::SendRequest& asked, const std::shared_ptr<SendReply>& reply) {
        if (asked.account().empty()) {
          return reply->Finish(FieldInvalid("account", "must be the id of an integrated account"));
        }
        CallContext context = reply->context();
        context.deadline = std::min(context.deadline, clock_.Now() + call_timeout_);
        const std::shared_ptr<Upstream::Call> sent = upstream_.Send(
            context, asked.account(),
            // A copy: a caller that goes away takes its request along.
            [this, asked](const Lease& lease) { return BuildRawRequest(asked, lease, hosts_); },
            [reply, account = asked.account(),
             writes = asked.method() != "GET" &&
                      !asked.method().empty()](absl::StatusOr<UpstreamAnswer> answer) {
              LogEnd("sent to Zoho", reply->context(), account, answer.status());
              if (!answer.ok()) {
                return reply->Finish(writes ? UnansweredWrite(answer.status()) : answer.status());
              }
              reply->Finish(ReadRawResponse(std::move(answer->response), answer->limits));
            });
        reply->OnCancel([weak = std::weak_ptr<Upstream::Call>(sent)] {
          if (const std::shared_ptr<Upstream::Call> alive = weak.lock()) alive->Cancel();
        });
      });
}

grpc::ServerWriteReactor<tools::v1::DownloadResponse>* ProxyServiceImpl::Download(
    grpc::CallbackServerContext* call, const tools::v1::DownloadRequest* request) {
  CallContext context = rpc::ContextOf(*call);
  context.deadline = std::min(context.deadline, clock_.Now() + kLongestDownload);
  auto* reactor = new DownloadReactor(context, request->account(), download_metrics_);
  reactor->Start(
      std::make_shared<zoho_proxy::Download>(upstream_, hosts_, context, *request, *reactor));
  return reactor;
}

}  // namespace mesh::zoho_proxy
