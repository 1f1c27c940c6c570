#include "services/mcp_frontend/mcp/streamable_http.h"

#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include "common/base/traceparent.h"

namespace mesh::mcp {
namespace {

net::ServerResponse Json(int status, absl::Cord body, const net::HttpHeaders& headers) {
  net::ServerResponse response{.status = status, .headers = headers, .body = std::move(body)};
  response.headers.Add("Content-Type", "application/json");
  return response;
}

bool IsJson(const net::HttpHeaders& headers) {
  absl::string_view type = headers.Get("content-type").value_or("");
  type = absl::StripAsciiWhitespace(type.substr(0, type.find(';')));
  return absl::EqualsIgnoreCase(type, "application/json");
}

// The context of one message: trace context in the message itself is nearer to it than the POST's.
CallContext ContextOf(const Post& post, const Message& message) {
  CallContext context = post.context;
  std::string traceparent = ValidTraceparent(message.meta.traceparent);
  if (!traceparent.empty()) context.traceparent = std::move(traceparent);
  return context;
}

// Answers a POST that carried one request.
class SingleAnswer final : public Answer {
 public:
  SingleAnswer(const Post& post, std::string id, bool leaving_cancels)
      : exchange_(post.exchange),
        observer_(post.observer),
        id_(std::move(id)),
        leaving_cancels_(leaving_cancels) {}

  void Result(absl::Cord result, const net::HttpHeaders& headers) override {
    exchange_->Respond(Json(200, ResultMessage(id_, std::move(result)), headers));
  }

  void Error(const RpcError& error, const net::HttpHeaders& headers) override {
    observer_->SawRefusal(error);
    exchange_->Respond(Json(error.http_status, ErrorMessage(id_, error), headers));
  }

  void OnCancel(absl::AnyInvocable<void() &&> callback) override {
    if (leaving_cancels_) exchange_->OnGone(std::move(callback));
  }

 private:
  const std::shared_ptr<net::HttpExchange> exchange_;
  const std::shared_ptr<Observer> observer_;
  const std::string id_;
  const bool leaving_cancels_;
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
    exchange_->Respond(Json(200, std::move(body), headers_));
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

  // Batches are of an era in which leaving does not cancel.
  void OnCancel(absl::AnyInvocable<void() &&>) override {}

 private:
  const std::shared_ptr<BatchAnswers> answers_;
  const std::shared_ptr<Observer> observer_;
  const size_t index_;
  const std::string id_;
};

}  // namespace

net::ServerResponse HttpError(const RpcError& error, absl::string_view id) {
  return Json(error.http_status, ErrorMessage(id, error), {});
}

const Revision& StreamableHttp::RevisionOf(const Message& message) const {
  if (message.meta.has_protocol_version) return modern_;
  return legacy_;
}

void StreamableHttp::Handle(const Post& post) const {
  const net::ServerRequest& request = post.exchange->request();
  const auto refuse = [&post](const RpcError& error, absl::string_view id) {
    post.observer->SawRefusal(error);
    post.exchange->Respond(HttpError(error, id));
  };
  if (!IsJson(request.headers)) {
    return refuse(HttpRefusal(415, "Content-Type must be application/json."), {});
  }
  const Body body = ParseBody(request.body);
  if (body.batch) {
    if (!Legacy::AllowsBatch(request.headers.Get("mcp-protocol-version"))) {
      return refuse(InvalidRequest("this revision knows no batches"), {});
    }
    return HandleBatch(post, body);
  }
  if (const auto* malformed = std::get_if<Malformed>(&body.items.front())) {
    return refuse(malformed->error, malformed->id);
  }
  HandleOne(post, std::get<Message>(body.items.front()));
}

void StreamableHttp::HandleOne(const Post& post, const Message& message) const {
  const Revision& revision = RevisionOf(message);
  post.observer->SawRequest(message, revision);
  if (message.kind != Message::Kind::kRequest) {
    return post.exchange->Respond({.status = 202});
  }
  auto answer = std::make_shared<SingleAnswer>(post, message.id, revision.LeavingCancels());
  if (auto wrong = revision.Check(message, post.exchange->request().headers)) {
    return answer->Error(*wrong, {});
  }
  revision.Serve(message, ContextOf(post, message), *post.tenant, std::move(answer));
}

void StreamableHttp::HandleBatch(const Post& post, const Body& body) const {
  std::vector<const std::variant<Message, Malformed>*> owed;
  for (const auto& item : body.items) {
    const auto* message = std::get_if<Message>(&item);
    if (message != nullptr) post.observer->SawRequest(*message, legacy_);
    if (message == nullptr || message->kind == Message::Kind::kRequest) owed.push_back(&item);
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
      legacy_.Serve(message, ContextOf(post, message), *post.tenant, std::move(answer));
    }
  }
}

}  // namespace mesh::mcp
