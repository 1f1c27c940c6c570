#include "services/zoho_proxy/upstream.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/net/url.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/host_breakers.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

using Outcome = CircuitBreaker::Outcome;

// A timeout below says more of the caller's patience than of the host.
constexpr absl::Duration kFairPatience = absl::Seconds(5);

// The host of a request, with its port where that is not the scheme's own, and without what else
// stands in its URL.
std::string HostOf(const std::string& url) {
  const absl::StatusOr<net::Url> parsed = net::ParseUrl(url);
  if (!parsed.ok()) return std::string();
  const int usual = parsed->scheme == "https" ? 443 : 80;
  if (parsed->port == usual) return parsed->host;
  return absl::StrCat(parsed->host, ":", parsed->port);
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

// What a transfer's end says of its host.
Outcome OutcomeOf(const absl::StatusOr<net::HttpResponse>& response, absl::Duration patience) {
  if (response.ok()) {
    const bool is_gateway_error = response->status >= 502 && response->status <= 504;
    return is_gateway_error ? Outcome::kFailed : Outcome::kAnswered;
  }
  switch (response.status().code()) {
    case absl::StatusCode::kUnavailable:
      return Outcome::kFailed;
    case absl::StatusCode::kDeadlineExceeded:
      return patience >= kFairPatience ? Outcome::kTimedOut : Outcome::kUnknown;
    case absl::StatusCode::kResourceExhausted:  // A longer answer than the mesh reads.
      return Outcome::kAnswered;
    default:
      return Outcome::kUnknown;
  }
}

// Whether it is worth looking for what is wrong, so that good answers are not parsed twice.
bool MayBeFault(const net::HttpResponse& response) {
  constexpr size_t kLongestError = 1024;
  return response.status >= 400 ||
         (response.body.size() < kLongestError && (absl::StrContains(response.body, "\"error") ||
                                                   absl::StrContains(response.body, "failure")));
}

}  // namespace

struct Upstream::State {
  State(const UpstreamOptions& options, ProxyMetrics& metrics)
      : gate(options.gate), breakers(options.breaker, metrics) {}

  AccountGate gate;
  HostBreakers breakers;
  LimitBoard limits;
};

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

  void Begin() {
    std::shared_ptr<AccountGate::Ticket> ticket = upstream_.state_->gate.Enter(
        account_, [self = shared_from_this()](absl::StatusOr<AccountGate::Slot> slot) {
          if (!slot.ok()) return self->Finish(slot.status());
          self->Entered(*std::move(slot));
        });
    const std::lock_guard lock(mu_);
    ticket_ = std::move(ticket);
  }

  void Entered(AccountGate::Slot slot) {
    {
      const std::lock_guard lock(mu_);
      // A cancelled one gives its place back as this returns.
      if (finished_) return;
      slot_ = std::move(slot);
    }
    Start(/*refused=*/0);
  }

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
    std::shared_ptr<AccountGate::Ticket> ticket;
    {
      const std::lock_guard lock(mu_);
      cancelled_ = true;
      transfer = transfer_;
      ticket = ticket_;
    }
    upstream_.state_->gate.Withdraw(ticket);
    if (transfer != nullptr) transfer->Cancel();
    Finish(CallerGone());
  }

  void Resume() override {
    std::shared_ptr<net::HttpCall> transfer;
    {
      const std::lock_guard lock(mu_);
      transfer = transfer_;
      // The sink may be ahead of the line that keeps the transfer.
      if (transfer == nullptr) resume_ = true;
    }
    if (transfer != nullptr) transfer->Resume();
  }

 private:
  void Send(const Lease& lease, bool again) {
    absl::StatusOr<net::HttpRequest> request = build_(lease);
    if (!request.ok()) return Finish(request.status());
    const absl::Time sent = upstream_.clock_.Now();
    const absl::Duration left = context_.deadline - sent;
    if (left <= absl::ZeroDuration()) return Finish(ZohoTimedOut());
    request->timeout = left;
    request->max_response_bytes = upstream_.options_.max_response_bytes;
    host_ = HostOf(request->url);
    region_ = lease.region;
    shows_token_ = request->headers.Has("Authorization");
    {
      const std::lock_guard lock(mu_);
      if (cancelled_) return;
      transfer_ = nullptr;
    }
    if (absl::Status admitted = upstream_.state_->breakers.Admit(host_, sent); !admitted.ok()) {
      return Finish(admitted);
    }
    std::shared_ptr<net::HttpCall> transfer = upstream_.http_.Send(
        *std::move(request), [self = shared_from_this(), generation = lease.generation, again, sent,
                              left](absl::StatusOr<net::HttpResponse> response) {
          self->Answered(generation, again, sent, left, std::move(response));
        });
    bool cancelled = false;
    bool resume = false;
    {
      const std::lock_guard lock(mu_);
      // The answer may have come already, and with it a second transfer.
      if (!answered_ || again) transfer_ = transfer;
      cancelled = cancelled_;
      resume = std::exchange(resume_, false);
    }
    if (cancelled) return transfer->Cancel();
    if (resume) transfer->Resume();
  }

  void Answered(int64_t generation, bool again, absl::Time sent, absl::Duration patience,
                absl::StatusOr<net::HttpResponse> response) {
    {
      const std::lock_guard lock(mu_);
      answered_ = true;
    }
    const absl::Time now = upstream_.clock_.Now();
    State& state = *upstream_.state_;
    state.breakers.Record(host_, OutcomeOf(response, patience), account_, now);
    upstream_.metrics_.RecordUpstream(response.ok() ? response->status : 0, now - sent);
    if (!response.ok()) return Finish(NoAnswerFrom(host_, response.status()));
    std::optional<ZohoFault> fault;
    if (MayBeFault(*response)) fault = ReadFault(*response);
    // What showed no token cannot have it refused: a signed link that has expired, for one.
    if (shows_token_ && fault.has_value() && IsTokenRefused(*fault)) {
      if (again) return Finish(ZohoTokenRefused(host_, region_));
      LogWarning(
          "access token refused",
          {{"request_id", context_.request_id}, {"host", host_}, {"status", response->status}});
      return Start(generation);
    }
    const RateLimitReading limits = ReadRateLimit(*response, fault.has_value() ? &*fault : nullptr,
                                                  now, upstream_.options_.assumed_lock);
    state.limits.Record(account_, limits, now);
    Finish(UpstreamAnswer{.response = *std::move(response), .host = host_, .limits = limits});
  }

  void Finish(absl::StatusOr<UpstreamAnswer> result) {
    AccountGate::Slot slot;
    {
      const std::lock_guard lock(mu_);
      if (finished_.exchange(true)) return;
      slot = std::move(slot_);
    }
    slot.Release();
    std::move(done_)(std::move(result));
  }

  const Upstream upstream_;
  const CallContext context_;
  const std::string account_;
  const Build build_;
  Done done_;
  std::atomic<bool> finished_ = false;

  std::string host_;
  std::string region_;
  bool shows_token_ = false;

  std::mutex mu_;
  AccountGate::Slot slot_;
  std::shared_ptr<AccountGate::Ticket> ticket_;
  std::shared_ptr<net::HttpCall> transfer_;
  bool answered_ = false;
  bool cancelled_ = false;
  bool resume_ = false;
};

Upstream::Upstream(net::HttpClient& http, TokenCache& tokens, const Clock& clock,
                   ProxyMetrics& metrics, const UpstreamOptions& options)
    : http_(http),
      tokens_(tokens),
      clock_(clock),
      metrics_(metrics),
      options_(options),
      state_(std::make_shared<State>(options, metrics)) {}

const LimitBoard& Upstream::limits() const { return state_->limits; }

std::shared_ptr<Upstream::Call> Upstream::Send(const CallContext& context,
                                               const std::string& account, Build build, Done done) {
  auto call =
      std::make_shared<PendingCall>(*this, context, account, std::move(build), std::move(done));
  call->Begin();
  return call;
}

}  // namespace mesh::zoho_proxy
