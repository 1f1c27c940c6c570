#include "services/zoho_proxy/download.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/file_head.h"
#include "services/zoho_proxy/tool.h"
#include "services/zoho_proxy/zoho_request.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

constexpr int kMaxRedirects = 5;
constexpr int kOk = 200;
constexpr int kPartialContent = 206;
constexpr int kRangeNotSatisfiable = 416;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What FaultToStatus() needs to know of a download.
const Tool& DownloadTool() {
  static const Tool* const tool = [] {
    auto* made = new Tool;
    made->listed.add_scopes("ZohoMeeting.meetinguds.READ");
    made->listed.add_scopes("ZohoFiles.files.READ");
    made->not_found_hint = "Take the link from a list of recordings, where it is still there.";
    made->forbidden_hint = "The recording's owner has not given this account access to the file.";
    return made;
  }();
  return *tool;
}

}  // namespace

Download::Download(Upstream& upstream, const ZohoHosts& hosts, const CallContext& context,
                   const tools::v1::DownloadRequest& request, DownloadWriter& writer)
    : upstream_(upstream),
      hosts_(hosts),
      context_(context),
      account_(request.account()),
      offset_(request.offset()),
      writer_(writer),
      url_(request.url()),
      position_(request.offset()) {}

void Download::Start() {
  if (account_.empty()) {
    return End(FieldInvalid("account", "must be the id of an integrated account"));
  }
  if (offset_ < 0) return End(FieldInvalid("offset", "must not be negative"));
  Ask();
}

void Download::Ask() {
  int number = 0;
  {
    const std::lock_guard lock(mu_);
    number = ++asks_;
  }
  std::shared_ptr<Upstream::Call> call = upstream_.Send(
      context_, account_,
      [self = shared_from_this()](const Lease& lease) { return self->Build(lease); },
      [self = shared_from_this()](absl::StatusOr<UpstreamAnswer> answer) {
        self->Answered(std::move(answer));
      });
  bool cancelled = false;
  bool resume = false;
  {
    const std::lock_guard lock(mu_);
    // The answer may have come already, and sent us on.
    if (number == asks_ && !ended_.has_value()) call_ = call;
    cancelled = cancelled_;
    resume = resting_ && waiting_.empty();
    if (resume) resting_ = false;
  }
  if (cancelled) return call->Cancel();
  if (resume) call->Resume();
}

absl::StatusOr<net::HttpRequest> Download::Build(const Lease& lease) {
  RETURN_IF_ERROR(hosts_.CheckDownload(url_, lease));
  net::HttpRequest request{.url = url_, .sink = shared_from_this()};
  // A signed link, as a redirect gives one, needs no token.
  if (with_token_ && !IsSignedLink(url_)) AddZohoHeaders(lease, request.headers);
  request.headers.Add("Accept", "*/*");
  if (offset_ > 0) request.headers.Add("Range", absl::StrCat("bytes=", offset_, "-"));
  return request;
}

bool Download::Begin(const net::HttpResponse& head) {
  if (head.status != kOk && head.status != kPartialContent) return false;
  // An error of Zoho's may come with a good status.
  const auto type = head.headers.Get("Content-Type");
  if (type.has_value() && absl::StartsWithIgnoreCase(*type, "application/json")) return false;
  const std::lock_guard lock(mu_);
  file_ = ReadFileHead(head);
  skip_ = head.status == kOk ? offset_ : 0;
  return true;
}

bool Download::Write(absl::string_view bytes) {
  Next next = Next::kNothing;
  {
    const std::lock_guard lock(mu_);
    if (!waiting_.empty() && waiting_.size() + bytes.size() > kMaxWaiting) {
      resting_ = true;
      return false;
    }
    const auto skipped = std::min<size_t>(bytes.size(), static_cast<size_t>(skip_));
    skip_ -= static_cast<int64_t>(skipped);
    waiting_.append(bytes.data() + skipped, bytes.size() - skipped);
    next = TakeNext();
  }
  Act(next);
  return true;
}

void Download::Written(bool ok) {
  if (!ok) Cancel();
  Next next = Next::kNothing;
  std::shared_ptr<Upstream::Call> rested;
  {
    const std::lock_guard lock(mu_);
    writing_ = false;
    next = TakeNext();
    // There is room again, unless the transfer is not known yet: then Ask() wakes it.
    if (resting_ && call_ != nullptr) {
      resting_ = false;
      rested = call_;
    }
  }
  Act(next);
  if (rested != nullptr) rested->Resume();
}

void Download::Cancel() {
  std::shared_ptr<Upstream::Call> call;
  {
    const std::lock_guard lock(mu_);
    cancelled_ = true;
    call = call_;
  }
  if (call != nullptr) call->Cancel();
}

void Download::Answered(absl::StatusOr<UpstreamAnswer> answer) {
  if (!answer.ok()) return End(answer.status());
  const net::HttpResponse& response = answer->response;
  if (answer->limits.limited) {
    return End(ZohoRateLimited(answer->limits.facts, answer->limits.retry_after, response.status));
  }
  const bool is_good = response.status == kOk || response.status == kPartialContent;
  std::optional<ZohoFault> fault;
  if (!is_good || !response.body.empty()) fault = ReadFault(response);
  if (is_good && !fault.has_value()) {
    if (!response.body.empty()) TakeWhole(response);
    return End(absl::OkStatus());
  }
  if (IsRedirect(response.status)) {
    if (absl::Status status = Redirect(response); !status.ok()) return End(std::move(status));
    return Ask();
  }
  if (response.status == kRangeNotSatisfiable) {
    return End(FieldInvalid("offset", "must lie within the file"));
  }
  End(fault.has_value() ? FaultToStatus(*fault, DownloadTool())
                        : ZohoBroken("its answer is no file", response.status));
}

void Download::TakeWhole(const net::HttpResponse& response) {
  const std::lock_guard lock(mu_);
  file_ = ReadFileHead(response);
  const size_t skipped =
      response.status == kOk ? std::min<size_t>(response.body.size(), offset_) : 0;
  waiting_ = response.body.substr(skipped);
}

absl::Status Download::Redirect(const net::HttpResponse& response) {
  if (++redirects_ > kMaxRedirects) return ZohoBroken("it redirects in a circle", response.status);
  const std::string location(response.headers.Get("Location").value_or(""));
  ASSIGN_OR_RETURN(const net::Url from, net::ParseUrl(url_));
  const std::string here = HostAndPort(from);
  if (absl::StartsWith(location, "/") && !absl::StartsWith(location, "//")) {
    url_ = absl::StrCat(from.scheme, "://", here, location);
    return absl::OkStatus();
  }
  const absl::StatusOr<net::Url> to = net::ParseUrl(location);
  if (!to.ok()) return ZohoBroken("it redirects to where no URL leads", response.status);
  // Build() looks whether this host is one of Zoho's.
  with_token_ = with_token_ && to->scheme == from.scheme && HostAndPort(*to) == here;
  url_ = location;
  return absl::OkStatus();
}

void Download::End(absl::Status status) {
  Next next = Next::kNothing;
  {
    const std::lock_guard lock(mu_);
    ended_ = std::move(status);
    // Breaks the circle of the call that keeps this sink.
    call_ = nullptr;
    next = TakeNext();
  }
  Act(next);
}

Download::Next Download::TakeNext() {
  if (writing_ || finished_) return Next::kNothing;
  // A file without bytes is told of once it is over.
  if (!waiting_.empty() || (file_.has_value() && ended_.has_value() && !cancelled_)) {
    message_.Clear();
    if (file_.has_value()) *message_.mutable_file() = *std::exchange(file_, std::nullopt);
    if (waiting_.size() <= kMaxWaiting) {
      message_.set_data(std::exchange(waiting_, {}));
    } else {
      message_.set_data(waiting_.substr(0, kMaxWaiting));
      waiting_.erase(0, kMaxWaiting);
    }
    position_ += static_cast<int64_t>(message_.data().size());
    message_.set_position(position_);
    writing_ = true;
    return Next::kWrite;
  }
  if (!ended_.has_value()) return Next::kNothing;
  finished_ = true;
  return Next::kFinish;
}

void Download::Act(Next next) {
  if (next == Next::kWrite) writer_.Write(message_);
  if (next == Next::kFinish) writer_.Finish(*ended_);
}

}  // namespace mesh::zoho_proxy
