#include "services/mcp_frontend/mcp/http_sse.h"

#include <atomic>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/random.h"
#include "common/base/seal.h"
#include "common/net/gone_signal.h"
#include "common/net/sse.h"
#include "services/mcp_frontend/mcp/notifications.h"
#include "services/mcp_frontend/mcp/push.h"

namespace mesh::mcp {
namespace {

// What a session's log level is before the client says.
constexpr char kDefaultLevel[] = "info";

// How soon to come back to a stream that has ended, for clients that do so by themselves.
constexpr char kRetry[] = "retry: 1000\n\n";

// Between a replica's address and what it calls the session.
constexpr char kSeparator[] = " ";

// What a sealed session id is about: one tenant's opens for no other.
std::string SubjectOf(absl::string_view tenant) {
  return absl::StrCat("session of HTTP+SSE\n", tenant);
}

}  // namespace

class HttpSse::Session final : public Listener, public Push {
 public:
  // `owner` must outlive it. Nobody can guess `id`.
  Session(HttpSse& owner, std::string id, absl::string_view tenant,
          std::shared_ptr<net::HttpStream> stream)
      : owner_(owner), id_(std::move(id)), tenant_(tenant), stream_(std::move(stream)) {}
  ~Session() override { owner_.Forget(id_); }

  const std::string& id() const { return id_; }
  const std::string& tenant() const { return tenant_; }

  void Send(absl::Cord message) { stream_->Write(MessageEvent(std::move(message))); }

  void Tell(const Change& change) override {
    std::set<std::string> uris;
    {
      const std::lock_guard lock(mu_);
      uris = uris_;
    }
    for (const auto& [method, members] : Notices(change, uris)) {
      Send(NotificationMessage(method, members));
    }
  }

  void End() override {
    // First: no message is taken whose answer has nowhere to go.
    owner_.Forget(id_);
    stream_->Close();
    CancelAll();
  }

  void Finish() override {
    {
      const std::lock_guard lock(mu_);
      finishing_ = true;
      if (under_way_ > 0) return;
    }
    End();
  }

  // A request has come, and one is answered or given up.
  void Begun() {
    const std::lock_guard lock(mu_);
    ++under_way_;
  }
  void Done() {
    {
      const std::lock_guard lock(mu_);
      if (--under_way_ > 0 || !finishing_) return;
    }
    End();
  }

  void Subscribe(const std::string& uri, bool on) override {
    const std::lock_guard lock(mu_);
    if (!on) {
      uris_.erase(uri);
    } else if (uris_.size() < kMaxSubscriptions) {
      uris_.insert(uri);
    }
  }

  void SetLogLevel(const std::string& level) override {
    const std::lock_guard lock(mu_);
    level_ = level;
  }

  std::string log_level() const override {
    const std::lock_guard lock(mu_);
    return level_;
  }

  // Calls under way, which nobody waits for once the stream is gone.
  void Add(const std::shared_ptr<Cancellable>& request) {
    const std::lock_guard lock(mu_);
    std::erase_if(requests_, [](const auto& weak) { return weak.expired(); });
    requests_.push_back(request);
  }

  void CancelAll() {
    std::vector<std::weak_ptr<Cancellable>> requests;
    {
      const std::lock_guard lock(mu_);
      requests.swap(requests_);
    }
    for (const auto& weak : requests) {
      if (const auto request = weak.lock()) request->Cancel();
    }
  }

 private:
  HttpSse& owner_;
  const std::string id_;
  const std::string tenant_;
  const std::shared_ptr<net::HttpStream> stream_;
  mutable std::mutex mu_;
  std::string level_ = kDefaultLevel;
  std::set<std::string> uris_;
  std::vector<std::weak_ptr<Cancellable>> requests_;
  int under_way_ = 0;
  bool finishing_ = false;
};

// Answers a request of a session on its stream.
class HttpSse::SessionAnswer final : public Answer,
                                     public Cancellable,
                                     public std::enable_shared_from_this<SessionAnswer> {
 public:
  SessionAnswer(const Post& post, const Message& message, std::shared_ptr<Session> session,
                Protocol& protocol)
      : session_(std::move(session)),
        observer_(post.observer),
        tenant_(post.tenant->id()),
        deadline_(post.context.deadline),
        id_(message.id),
        key_(KeyOf(*session_, message.id)),
        protocol_(protocol) {
    session_->Begun();
  }

  ~SessionAnswer() override {
    protocol_.cancellations().Remove(key_, this);
    if (End()) session_->Done();
  }

  static std::string KeyOf(const Session& session, absl::string_view id) {
    return absl::StrCat("session\n", session.id(), "\n", id);
  }

  void Result(absl::Cord result, const net::HttpHeaders&) override {
    if (!End()) return;
    session_->Send(ResultMessage(id_, std::move(result)));
    session_->Done();
  }

  void Error(const RpcError& error, const net::HttpHeaders&) override {
    observer_->SawRefusal(error);
    if (!End()) return;
    session_->Send(ErrorMessage(id_, error));
    session_->Done();
  }

  void OnCancel(absl::AnyInvocable<void() &&> callback) override {
    if (!registered_.exchange(true)) {
      protocol_.cancellations().Add(key_, shared_from_this());
      session_->Add(shared_from_this());
    }
    cancelled_.OnGone(std::move(callback));
  }

  void Notify(absl::Cord notification) override {
    const std::lock_guard lock(mu_);
    if (!done_) session_->Send(std::move(notification));
  }

  void Ask(absl::string_view method, absl::string_view params, Replied replied) override {
    const std::string id = protocol_.replies().Expect(tenant_, deadline_, std::move(replied));
    session_->Send(RequestMessage(id, method, params));
  }

  void Cancel() override {
    if (End()) session_->Done();
    cancelled_.Fire();
  }

 private:
  // False where it has ended before.
  bool End() {
    const std::lock_guard lock(mu_);
    return !std::exchange(done_, true);
  }

  const std::shared_ptr<Session> session_;
  const std::shared_ptr<Observer> observer_;
  const std::string tenant_;
  const absl::Time deadline_;
  const std::string id_;
  const std::string key_;
  Protocol& protocol_;

  std::atomic<bool> registered_ = false;
  net::GoneSignal cancelled_;
  std::mutex mu_;
  bool done_ = false;
};

std::shared_ptr<HttpSse::Session> HttpSse::SessionOf(const std::string& id,
                                                     absl::string_view tenant) const {
  std::shared_ptr<Session> session;  // Goes after the lock, which the last reference takes as well.
  const std::lock_guard lock(mu_);
  const auto found = sessions_.find(id);
  if (found != sessions_.end()) session = found->second.lock();
  return session != nullptr && session->tenant() == tenant ? session : nullptr;
}

void HttpSse::Forget(const std::string& id) {
  const std::lock_guard lock(mu_);
  sessions_.erase(id);
}

size_t HttpSse::size() const {
  const std::lock_guard lock(mu_);
  return sessions_.size();
}

void HttpSse::Open(const Post& get, absl::string_view messages_url) {
  const std::string tenant(get.tenant->id());
  const std::shared_ptr<net::HttpStream> stream = get.exchange->Stream(EventResponse({}, {}));
  const auto session = std::make_shared<Session>(*this, RandomId("sse_"), tenant, stream);
  {
    const std::lock_guard lock(mu_);
    sessions_.emplace(session->id(), session);
  }
  const std::string id =
      replica_.empty() ? session->id()
                       : absl::WebSafeBase64Escape(protocol_.sealer().Seal(
                             absl::StrCat(replica_, kSeparator, session->id()), SubjectOf(tenant)));
  // From here on the client may send. It is told also where the stream ends at once.
  stream->Write(absl::Cord(absl::StrCat(
      net::SseEvent("endpoint", absl::StrCat(messages_url, "?session_id=", id)), kRetry)));
  protocol_.keep_alive().Add(stream);
  protocol_.listeners().Add(session, tenant, get.lease);
  stream->OnGone([this, weak = std::weak_ptr(session)] {
    const auto gone = weak.lock();
    if (gone == nullptr) return;
    gone->CancelAll();
    protocol_.listeners().Remove(gone.get());
  });
}

HttpSse::Place HttpSse::Find(absl::string_view id, absl::string_view tenant) const {
  if (replica_.empty()) return {.session = std::string(id)};
  std::string sealed;
  if (!absl::WebSafeBase64Unescape(id, &sealed)) return {};
  const absl::StatusOr<Secret> opened = protocol_.sealer().Open(sealed, SubjectOf(tenant));
  if (!opened.ok()) return {};
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(opened->Reveal(), absl::MaxSplits(kSeparator, 1));
  return {.replica = parts.first == replica_ ? std::string() : parts.first,
          .session = parts.second};
}

void HttpSse::RefuseUnknown(const Post& post) {
  Refuse(post, HttpRefusal(404, "There is no such session. Open a new stream."));
}

void HttpSse::Receive(const Post& post, const std::string& session_id) {
  const net::ServerRequest& request = post.exchange->request();
  const std::shared_ptr<Session> session = SessionOf(session_id, post.tenant->id());
  if (session == nullptr) return RefuseUnknown(post);
  if (!HasJsonContent(request.headers)) {
    return Refuse(post, HttpRefusal(415, "Content-Type must be application/json."));
  }
  const Body body = ParseBody(request.body);
  for (const auto& item : body.items) {
    if (const auto* malformed = std::get_if<Malformed>(&item)) {
      return Refuse(post, malformed->error, malformed->id);
    }
  }
  for (const auto& item : body.items) {
    post.observer->SawRequest(std::get<Message>(item), protocol_.legacy());
  }
  post.exchange->Respond({.status = 202});
  for (const auto& item : body.items) Take(post, std::get<Message>(item), session);
}

void HttpSse::Take(const Post& post, const Message& message,
                   const std::shared_ptr<Session>& session) {
  if (message.kind == Message::Kind::kResponse) {
    return protocol_.replies().Take(post.tenant->id(), message);
  }
  if (message.kind == Message::Kind::kNotification) {
    if (message.method == "notifications/cancelled") {
      protocol_.cancellations().Cancel(SessionAnswer::KeyOf(*session, CancelledId(message)));
    }
    return;
  }
  const auto answer = std::make_shared<SessionAnswer>(post, message, session, protocol_);
  protocol_.legacy().Serve({.message = message,
                            .headers = post.exchange->request().headers,
                            .context = ContextOf(post, message),
                            .tenant = post.tenant,
                            .answer = answer,
                            .push = session});
}

}  // namespace mesh::mcp
