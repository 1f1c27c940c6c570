#include "services/mcp_frontend/mcp/streamable_http.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/net/gone_signal.h"

namespace mesh::mcp {
namespace {

// Without sessions a client is known by nothing better. What it decides is small: which request
// `notifications/cancelled` may mean.
std::string RequestKey(const net::ServerRequest& request, absl::string_view tenant,
                       absl::string_view id) {
  return absl::StrCat(tenant, "\n", request.peer_address, "\n",
                      request.headers.Get("x-forwarded-for").value_or(""), "\n",
                      request.headers.Get("user-agent").value_or(""), "\n", id);
}

absl::string_view SessionIdOf(const Post& post) {
  return post.exchange->request().headers.Get("mcp-session-id").value_or("");
}

RpcError NoSuchSession() {
  return HttpRefusal(404, "There is no such session, or it has ended. Initialize anew.");
}

// Answers a POST that carried one request.
class SingleAnswer final : public Answer,
                           public Cancellable,
                           public std::enable_shared_from_this<SingleAnswer> {
 public:
  SingleAnswer(const Post& post, const Message& message, const Revision& revision,
               Protocol& protocol)
      : exchange_(post.exchange),
        observer_(post.observer),
        tenant_(post.tenant->id()),
        deadline_(post.context.deadline),
        id_(message.id),
        wants_events_(!message.meta.progress_token.empty()),
        leaving_cancels_(revision.LeavingCancels()),
        protocol_(protocol) {
    if (!leaving_cancels_ && post.tenant->keeps_sessions()) {
      if (message.method == "initialize") {
        begun_session_ = protocol_.sessions().Begin(tenant_);
      } else {
        session_ = std::string(SessionIdOf(post));
      }
    }
  }

  ~SingleAnswer() override {
    if (!key_.empty()) protocol_.cancellations().Remove(key_, this);
  }

  void Result(absl::Cord result, const net::HttpHeaders& headers) override {
    Finish(200, ResultMessage(id_, std::move(result)), headers);
  }

  void Error(const RpcError& error, const net::HttpHeaders& headers) override {
    observer_->SawRefusal(error);
    Finish(error.http_status, ErrorMessage(id_, error), headers);
  }

  void OnCancel(absl::AnyInvocable<void() &&> callback) override {
    if (!cancellable_.exchange(true)) BeCancellable();
    cancelled_.OnGone(std::move(callback));
  }

  void Notify(absl::Cord notification) override {
    std::shared_ptr<net::HttpStream> begun;
    {
      const std::lock_guard lock(mu_);
      if (done_) return;
      if (BeginResumable()) {
        events_->Write(std::move(notification));
        return;
      }
      if (stream_ != nullptr) {
        stream_->Write(MessageEvent(std::move(notification)));
        return;
      }
      stream_ = exchange_->Stream(EventResponse(MessageEvent(std::move(notification)), {}));
      begun = stream_;
    }
    protocol_.keep_alive().Add(begun);
    if (leaving_cancels_) begun->OnGone(WhenLeft());
  }

  void Ask(absl::string_view method, absl::string_view params, Replied replied) override {
    // The modern era asks by its answers.
    if (leaving_cancels_) return Answer::Ask(method, params, std::move(replied));
    const std::string id = protocol_.replies().Expect(tenant_, deadline_, std::move(replied));
    Notify(RequestMessage(id, method, params));
  }

  void Detach() override {
    const std::lock_guard lock(mu_);
    if (!done_ && BeginResumable()) events_->Detach();
  }

  // By the client's word. There is no answer then, but the POST has to end.
  void Cancel() override {
    cancelled_.Fire();
    const std::lock_guard lock(mu_);
    if (std::exchange(done_, true)) return;
    if (events_ != nullptr) {
      events_->Finish();
    } else if (stream_ != nullptr) {
      stream_->Close();
    } else {
      exchange_->Respond(EventResponse(absl::Cord(": cancelled\n\n"), {}));
    }
  }

 private:
  // Most requests are answered at once, and never come here.
  void BeCancellable() {
    if (leaving_cancels_) return exchange_->OnGone(WhenLeft());
    key_ = RequestKey(exchange_->request(), tenant_, id_);
    protocol_.cancellations().Add(key_, shared_from_this());
  }

  std::function<void()> WhenLeft() {
    return [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->cancelled_.Fire();
    };
  }

  // Whether what is said can be said again, to a client that comes back. Under the lock.
  bool BeginResumable() {
    if (events_ == nullptr && !session_.empty() && stream_ == nullptr) {
      events_ = protocol_.sessions().NewEvents(session_, tenant_);
      if (events_ != nullptr) protocol_.keep_alive().Add(events_->Attach(*exchange_, 0));
    }
    return events_ != nullptr;
  }

  void Finish(int status, absl::Cord message, net::HttpHeaders headers) {
    const std::lock_guard lock(mu_);
    if (std::exchange(done_, true)) return;
    if (!begun_session_.empty()) headers.Add("Mcp-Session-Id", begun_session_);
    if (events_ != nullptr) {
      events_->Write(std::move(message));
      events_->Finish();
    } else if (stream_ != nullptr) {
      stream_->Write(MessageEvent(std::move(message)));
      stream_->Close();
    } else if (wants_events_ && status == 200) {
      // Whole as it is, it still carries headers.
      exchange_->Respond(EventResponse(MessageEvent(std::move(message)), headers));
    } else {
      exchange_->Respond(JsonResponse(status, std::move(message), headers));
    }
  }

  const std::shared_ptr<net::HttpExchange> exchange_;
  const std::shared_ptr<Observer> observer_;
  const std::string tenant_;
  const absl::Time deadline_;
  const std::string id_;
  const bool wants_events_;
  const bool leaving_cancels_;
  Protocol& protocol_;
  // Of a request within a session, and of one that begins it; else empty.
  std::string session_;
  std::string begun_session_;

  std::atomic<bool> cancellable_ = false;
  // Under which it can be cancelled; empty where it cannot.
  std::string key_;
  net::GoneSignal cancelled_;
  std::mutex mu_;
  bool done_ = false;
  std::shared_ptr<net::HttpStream> stream_;
  std::shared_ptr<ResumableEvents> events_;
};

// Collects the answers to a batch and sends them in the order of the requests once all are there.
class BatchAnswers {
 public:
  BatchAnswers(std::shared_ptr<net::HttpExchange> exchange, size_t size)
      : exchange_(std::move(exchange)), missing_(size), messages_(size) {}

  void Put(size_t index, absl::Cord message, const net::HttpHeaders& headers) {
    const std::lock_guard lock(mu_);
    messages_[index] = std::move(message);
    for (const auto& [name, value] : headers) headers_.Set(name, value);
    if (--missing_ > 0) return;
    absl::Cord body("[");
    for (size_t i = 0; i < messages_.size(); ++i) {
      if (i > 0) body.Append(",");
      body.Append(std::move(messages_[i]));
    }
    body.Append("]");
    exchange_->Respond(JsonResponse(200, std::move(body), headers_));
  }

 private:
  const std::shared_ptr<net::HttpExchange> exchange_;
  std::mutex mu_;
  size_t missing_;
  std::vector<absl::Cord> messages_;
  net::HttpHeaders headers_;
};

class BatchPart final : public Answer {
 public:
  BatchPart(std::shared_ptr<BatchAnswers> answers, std::shared_ptr<Observer> observer, size_t index,
            std::string id)
      : answers_(std::move(answers)),
        observer_(std::move(observer)),
        index_(index),
        id_(std::move(id)) {}

  void Result(absl::Cord result, const net::HttpHeaders& headers) override {
    answers_->Put(index_, ResultMessage(id_, std::move(result)), headers);
  }

  void Error(const RpcError& error, const net::HttpHeaders& headers) override {
    observer_->SawRefusal(error);
    answers_->Put(index_, ErrorMessage(id_, error), headers);
  }

  // Batches are of an era in which leaving does not cancel, and a part of one has no answer of its
  // own to end.
  void OnCancel(absl::AnyInvocable<void() &&>) override {}

 private:
  const std::shared_ptr<BatchAnswers> answers_;
  const std::shared_ptr<Observer> observer_;
  const size_t index_;
  const std::string id_;
};

}  // namespace

const Revision& StreamableHttp::RevisionOf(const Message& message) const {
  if (message.meta.has_protocol_version) return protocol_.modern();
  return protocol_.legacy();
}

void StreamableHttp::Handle(const Post& post) const {
  const net::ServerRequest& request = post.exchange->request();
  if (!HasJsonContent(request.headers)) {
    return Refuse(post, HttpRefusal(415, "Content-Type must be application/json."));
  }
  const Body body = ParseBody(request.body);
  if (body.batch) {
    if (!Legacy::AllowsBatch(request.headers.Get("mcp-protocol-version"))) {
      return Refuse(post, InvalidRequest("this revision knows no batches"));
    }
    return HandleBatch(post, body);
  }
  if (const auto* malformed = std::get_if<Malformed>(&body.items.front())) {
    return Refuse(post, malformed->error, malformed->id);
  }
  HandleOne(post, std::get<Message>(body.items.front()));
}

void StreamableHttp::HandleOne(const Post& post, const Message& message) const {
  const Revision& revision = RevisionOf(message);
  post.observer->SawRequest(message, revision);
  if (!revision.LeavingCancels() && !IsWelcome(post, message)) {
    return Refuse(post, NoSuchSession(), message.id);
  }
  if (message.kind != Message::Kind::kRequest) {
    post.exchange->Respond({.status = 202});
    return Take(post, message);
  }
  const auto answer = std::make_shared<SingleAnswer>(post, message, revision, protocol_);
  const net::HttpHeaders& headers = post.exchange->request().headers;
  if (auto wrong = revision.Check(message, headers)) return answer->Error(*wrong, {});
  revision.Serve({.message = message,
                  .headers = headers,
                  .context = ContextOf(post, message),
                  .tenant = post.tenant,
                  .answer = answer,
                  .lease = post.lease});
}

// Whether a session that is named is one. Who names none is served all the same.
bool StreamableHttp::IsWelcome(const Post& post, const Message& message) const {
  const absl::string_view session = SessionIdOf(post);
  return !post.tenant->keeps_sessions() || session.empty() || message.method == "initialize" ||
         protocol_.sessions().Has(session, post.tenant->id());
}

void StreamableHttp::Resume(const Post& get) const {
  const std::optional<absl::string_view> last =
      get.exchange->request().headers.Get("last-event-id");
  if (!last.has_value() || !get.tenant->keeps_sessions()) return RefuseMethod(get);
  const auto [events, after] =
      protocol_.sessions().FindEvents(SessionIdOf(get), get.tenant->id(), *last);
  if (events == nullptr) return get.exchange->Respond(HttpError(NoSuchSession()));
  protocol_.keep_alive().Add(events->Attach(*get.exchange, after));
}

void StreamableHttp::EndSession(const Post& request) const {
  if (SessionIdOf(request).empty() || !request.tenant->keeps_sessions()) {
    return RefuseMethod(request);
  }
  if (!protocol_.sessions().End(SessionIdOf(request), request.tenant->id())) {
    return request.exchange->Respond(HttpError(NoSuchSession()));
  }
  request.exchange->Respond({.status = 204});
}

void StreamableHttp::RefuseMethod(const Post& request) {
  request.exchange->Respond(MethodNotAllowed("POST, OPTIONS"));
}

// A notification or a response, for which nobody waits.
void StreamableHttp::Take(const Post& post, const Message& message) const {
  if (message.kind == Message::Kind::kResponse) {
    protocol_.replies().Take(post.tenant->id(), message);
  } else if (message.method == "notifications/cancelled") {
    protocol_.cancellations().Cancel(
        RequestKey(post.exchange->request(), post.tenant->id(), CancelledId(message)));
  }
}

void StreamableHttp::HandleBatch(const Post& post, const Body& body) const {
  std::vector<const std::variant<Message, Malformed>*> owed;
  for (const auto& item : body.items) {
    const auto* message = std::get_if<Message>(&item);
    if (message != nullptr) post.observer->SawRequest(*message, protocol_.legacy());
    if (message == nullptr || message->kind == Message::Kind::kRequest) {
      owed.push_back(&item);
    } else {
      Take(post, *message);
    }
  }
  if (owed.empty()) return post.exchange->Respond({.status = 202});

  auto answers = std::make_shared<BatchAnswers>(post.exchange, owed.size());
  for (size_t i = 0; i < owed.size(); ++i) {
    if (const auto* malformed = std::get_if<Malformed>(owed[i])) {
      BatchPart(answers, post.observer, i, malformed->id).Error(malformed->error, {});
      continue;
    }
    const auto& message = std::get<Message>(*owed[i]);
    auto answer = std::make_shared<BatchPart>(answers, post.observer, i, message.id);
    if (message.meta.has_protocol_version || message.method == "initialize") {
      answer->Error(InvalidRequest("this request must not be part of a batch"), {});
    } else {
      protocol_.legacy().Serve({.message = message,
                                .headers = post.exchange->request().headers,
                                .context = ContextOf(post, message),
                                .tenant = post.tenant,
                                .answer = std::move(answer)});
    }
  }
}

}  // namespace mesh::mcp
