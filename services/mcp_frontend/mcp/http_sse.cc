#include "services/mcp_frontend/mcp/http_sse.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

#include "common/base/random.h"
#include "common/net/sse.h"
#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/push.h"

namespace mesh::mcp {
namespace {

// What a session's log level is before the client says.
constexpr char kDefaultLevel[] = "info";

std::string SealedFor(absl::string_view tenant) { return absl::StrCat("sse-session\n", tenant); }

}  // namespace

class HttpSse::Session final : public Listener, public Push {
 public:
  // `owner` must outlive it.
  Session(HttpSse& owner, std::string number) : owner_(owner), number_(std::move(number)) {}
  ~Session() override { owner_.Forget(number_); }

  const std::string& number() const { return number_; }

  // Before anything else.
  void SetStream(std::shared_ptr<net::HttpStream> stream) { stream_ = std::move(stream); }

  void Send(absl::Cord message) { stream_->Write(MessageEvent(std::move(message))); }

  void Tell(const Change& change) override {
    if (change.tools) Send(NotificationMessage("notifications/tools/list_changed", ""));
    if (change.prompts) Send(NotificationMessage("notifications/prompts/list_changed", ""));
    if (change.resources) Send(NotificationMessage("notifications/resources/list_changed", ""));
    if (!change.contents) return;
    std::set<std::string> uris;
    {
      const std::lock_guard lock(mu_);
      uris = uris_;
    }
    for (const std::string& uri : uris) {
      Send(NotificationMessage("notifications/resources/updated",
                               absl::StrCat(R"("uri":)", JsonString(uri))));
    }
  }

  void End() override {
    stream_->Close();
    CancelAll();
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
  static constexpr size_t kMaxSubscriptions = 100;

  HttpSse& owner_;
  const std::string number_;
  std::shared_ptr<net::HttpStream> stream_;
  mutable std::mutex mu_;
  std::string level_ = kDefaultLevel;
  std::set<std::string> uris_;
  std::vector<std::weak_ptr<Cancellable>> requests_;
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
        protocol_(protocol) {}

  ~SessionAnswer() override { protocol_.cancellations().Remove(key_, this); }

  static std::string KeyOf(const Session& session, absl::string_view id) {
    return absl::StrCat("session\n", session.number(), "\n", id);
  }

  void Begin() {
    protocol_.cancellations().Add(key_, shared_from_this());
    session_->Add(shared_from_this());
  }

  void Result(absl::Cord result, const net::HttpHeaders&) override {
    if (End()) session_->Send(ResultMessage(id_, std::move(result)));
  }

  void Error(const RpcError& error, const net::HttpHeaders&) override {
    observer_->SawRefusal(error);
    if (End()) session_->Send(ErrorMessage(id_, error));
  }

  void OnCancel(absl::AnyInvocable<void() &&> callback) override {
    {
      const std::lock_guard lock(mu_);
      if (!cancelled_) {
        on_cancel_ = std::move(callback);
        return;
      }
    }
    std::move(callback)();
  }

  void Notify(absl::Cord notification) override {
    const std::lock_guard lock(mu_);
    if (!done_) session_->Send(std::move(notification));
  }

  void Ask(absl::string_view method, absl::string_view params, Replied replied) override {
    const std::string id =
        protocol_.replies().Expect(tenant_, deadline_ - absl::Now(), std::move(replied));
    session_->Send(RequestMessage(id, method, params));
  }

  void Cancel() override {
    absl::AnyInvocable<void() &&> callback;
    {
      const std::lock_guard lock(mu_);
      if (std::exchange(cancelled_, true)) return;
      done_ = true;
      callback = std::exchange(on_cancel_, nullptr);
    }
    if (callback) std::move(callback)();
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

  std::mutex mu_;
  bool done_ = false;
  bool cancelled_ = false;
  absl::AnyInvocable<void() &&> on_cancel_;
};

std::string HttpSse::SealId(const SessionName& name, absl::string_view tenant) const {
  return absl::WebSafeBase64Escape(
      protocol_.sealer().Seal(absl::StrCat(name.number, "\n", name.replica), SealedFor(tenant)));
}

HttpSse::SessionName HttpSse::OpenId(absl::string_view id, absl::string_view tenant) const {
  std::string sealed;
  if (!absl::WebSafeBase64Unescape(id, &sealed)) return {};
  const absl::StatusOr<Secret> opened = protocol_.sealer().Open(sealed, SealedFor(tenant));
  if (!opened.ok()) return {};
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(opened->Reveal(), absl::MaxSplits('\n', 1));
  return {.replica = parts.second, .number = parts.first};
}

std::shared_ptr<HttpSse::Session> HttpSse::Find(const std::string& number) const {
  const std::lock_guard lock(mu_);
  const auto found = sessions_.find(number);
  return found == sessions_.end() ? nullptr : found->second.lock();
}

void HttpSse::Forget(const std::string& number) {
  const std::lock_guard lock(mu_);
  sessions_.erase(number);
}

size_t HttpSse::size() const {
  const std::lock_guard lock(mu_);
  return sessions_.size();
}

void HttpSse::Open(const Post& get, absl::string_view messages_url) {
  const std::string tenant(get.tenant->id());
  const auto session = std::make_shared<Session>(*this, RandomId("sse_"));
  const std::string id = SealId({.replica = replica_, .number = session->number()}, tenant);
  {
    const std::lock_guard lock(mu_);
    sessions_.emplace(session->number(), session);
  }
  const std::shared_ptr<net::HttpStream> stream = get.exchange->Stream(EventResponse(
      absl::Cord(net::SseEvent("endpoint", absl::StrCat(messages_url, "?session_id=", id))), {}));
  session->SetStream(stream);
  protocol_.keep_alive().Add(stream);
  protocol_.listeners().Add(session, tenant, get.lease);
  stream->OnGone([this, weak = std::weak_ptr(session)] {
    const auto gone = weak.lock();
    if (gone == nullptr) return;
    gone->CancelAll();
    protocol_.listeners().Remove(gone.get());
  });
}

void HttpSse::Receive(const Post& post, absl::string_view id) {
  const net::ServerRequest& request = post.exchange->request();
  const auto refuse = [&post](const RpcError& error, absl::string_view of = {}) {
    post.observer->SawRefusal(error);
    post.exchange->Respond(HttpError(error, of));
  };
  const SessionName name = OpenId(id, post.tenant->id());
  const std::shared_ptr<Session> session = name.replica == replica_ ? Find(name.number) : nullptr;
  if (session == nullptr) {
    return refuse(HttpRefusal(404, "There is no such session. Open a new stream."));
  }
  if (!HasJsonContent(request.headers)) {
    return refuse(HttpRefusal(415, "Content-Type must be application/json."));
  }
  const Body body = ParseBody(request.body);
  for (const auto& item : body.items) {
    if (const auto* malformed = std::get_if<Malformed>(&item)) {
      return refuse(malformed->error, malformed->id);
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
  answer->Begin();
  protocol_.legacy().Serve({.message = message,
                            .headers = post.exchange->request().headers,
                            .context = ContextOf(post, message),
                            .tenant = post.tenant,
                            .answer = answer,
                            .push = session});
}

}  // namespace mesh::mcp
