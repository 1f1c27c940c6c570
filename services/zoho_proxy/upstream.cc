#include "services/zoho_proxy/upstream.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/match.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/net/url.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

// The host of a request, without what else stands in its URL.
std::string HostOf(const std::string& url) {
  const absl::StatusOr<net::Url> parsed = net::ParseUrl(url);
  return parsed.ok() ? parsed->host : std::string();
}

// Why a request got no answer, in the mesh's terms.
absl::Status NoAnswerFrom(const std::string& host, const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      return ZohoTimedOut();
    case absl::StatusCode::kCancelled:
      return CallerGone();
    case absl::StatusCode::kResourceExhausted:
      return ZohoBroken(ZohoServiceOf(host) == ZohoService::kFiles
                            ? "the file is longer than the mesh reads, and its host sends no part "
                              "of it; people fetch it from "
                              "the `playUrl` of the recording"
                            : "its answer is longer than the mesh reads; ask for fewer rows",
                        200);
    default:
      return ZohoUnreachable(host, status.message());
  }
}

// Whether it is worth looking, so that good answers are not parsed twice.
bool MayBeRefusal(const net::HttpResponse& response) {
  constexpr size_t kLongestError = 1024;
  return response.status == 400 || response.status == 401 ||
         (response.body.size() < kLongestError &&
          absl::StrContains(response.body, "INVALID_OAUTHTOKEN"));
}

}  // namespace

class Upstream::PendingCall final : public Upstream::Call,
                                    public std::enable_shared_from_this<PendingCall> {
 public:
  PendingCall(const Upstream& upstream, const CallContext& context, std::string account,
              Build build, Done done)
      : upstream_(upstream),
        context_(context),
        account_(std::move(account)),
        build_(std::move(build)),
        done_(std::move(done)) {}

  void Start(int64_t refused) {
    upstream_.tokens_.Get(
        context_, account_, refused,
        [self = shared_from_this(), refused](absl::StatusOr<std::shared_ptr<const Lease>> lease) {
          if (self->finished_) return;
          if (!lease.ok()) return self->Finish(lease.status());
          self->Send(**lease, /*again=*/refused != 0);
        });
  }

  void Cancel() override {
    std::shared_ptr<net::HttpCall> transfer;
    {
      const std::lock_guard lock(mu_);
      cancelled_ = true;
      transfer = transfer_;
    }
    if (transfer != nullptr) transfer->Cancel();
    Finish(CallerGone());
  }

 private:
  void Send(const Lease& lease, bool again) {
    absl::StatusOr<net::HttpRequest> request = build_(lease);
    if (!request.ok()) return Finish(request.status());
    const absl::Duration left = context_.deadline - upstream_.clock_.Now();
    if (left <= absl::ZeroDuration()) return Finish(ZohoTimedOut());
    request->timeout = left;
    request->max_response_bytes = upstream_.max_response_bytes_;
    host_ = HostOf(request->url);
    shows_token_ = request->headers.Has("Authorization");
    {
      const std::lock_guard lock(mu_);
      if (cancelled_) return;
    }
    const absl::Time sent = upstream_.clock_.Now();
    std::shared_ptr<net::HttpCall> transfer = upstream_.http_.Send(
        *std::move(request), [self = shared_from_this(), generation = lease.generation, again,
                              sent](absl::StatusOr<net::HttpResponse> response) {
          self->Answered(generation, again, sent, std::move(response));
        });
    {
      const std::lock_guard lock(mu_);
      // The answer may have come already, and with it a second transfer.
      if (!answered_ || again) transfer_ = transfer;
      if (!cancelled_) return;
    }
    transfer->Cancel();
  }

  void Answered(int64_t generation, bool again, absl::Time sent,
                absl::StatusOr<net::HttpResponse> response) {
    {
      const std::lock_guard lock(mu_);
      answered_ = true;
    }
    upstream_.metrics_.RecordUpstream(response.ok() ? response->status : 0,
                                      upstream_.clock_.Now() - sent);
    if (!response.ok()) return Finish(NoAnswerFrom(host_, response.status()));
    // What showed no token cannot have it refused: a signed link that has expired, for one.
    if (shows_token_ && MayBeRefusal(*response)) {
      const std::optional<ZohoFault> fault = ReadFault(*response);
      if (fault.has_value() && IsTokenRefused(*fault)) {
        if (again) return Finish(ZohoTokenRefused(host_));
        LogWarning(
            "access token refused",
            {{"request_id", context_.request_id}, {"host", host_}, {"status", response->status}});
        return Start(generation);
      }
    }
    Finish(UpstreamAnswer{.response = *std::move(response), .host = host_});
  }

  void Finish(absl::StatusOr<UpstreamAnswer> result) {
    if (finished_.exchange(true)) return;
    std::move(done_)(std::move(result));
  }

  const Upstream upstream_;
  const CallContext context_;
  const std::string account_;
  const Build build_;
  Done done_;
  std::atomic<bool> finished_ = false;

  std::string host_;
  bool shows_token_ = false;

  std::mutex mu_;
  std::shared_ptr<net::HttpCall> transfer_;
  bool answered_ = false;
  bool cancelled_ = false;
};

std::shared_ptr<Upstream::Call> Upstream::Send(const CallContext& context,
                                               const std::string& account, Build build, Done done) {
  auto call =
      std::make_shared<PendingCall>(*this, context, account, std::move(build), std::move(done));
  call->Start(/*refused=*/0);
  return call;
}

}  // namespace mesh::zoho_proxy
