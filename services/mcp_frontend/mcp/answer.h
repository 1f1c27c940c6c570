// Where the answer to one request goes, whatever carries it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

#include "common/net/http.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::mcp {

// Something a server wants from its client before it can go on.
struct InputRequest {
  // Names it among the others of one answer.
  std::string key = {};
  // `elicitation/create`, `sampling/createMessage` or `roots/list`.
  std::string method = {};
  // One JSON object.
  std::string params_json = "{}";
};

struct InputNeeded {
  std::vector<InputRequest> requests = {};
  // Comes back beside the client's answers, and cannot be read or changed by it; may be empty.
  std::string state = {};
  // Whether the request goes on where the client refuses or does not answer in time: then without
  // the answers that are missing.
  bool optional = false;
};

// What a client answers to a request of the server.
struct Reply {
  // One JSON object; empty where it refused or did not answer.
  std::string result_json = {};
  // Why there is no result.
  std::string error = {};
};

// Thread-safe. Exactly one of Result(), Error() and NeedInput() must be called, once, from any
// thread; the others before that, or they are of no effect.
class Answer {
 public:
  using Replied = absl::AnyInvocable<void(Reply) &&>;

  virtual ~Answer() = default;

  // `result` is the whole result object; `headers` go beside it where the transport has such.
  virtual void Result(absl::Cord result, const net::HttpHeaders& headers) = 0;
  virtual void Error(const RpcError& error, const net::HttpHeaders& headers) = 0;

  void Result(absl::Cord result) { Result(std::move(result), net::HttpHeaders()); }
  void Error(const RpcError& error) { Error(error, net::HttpHeaders()); }

  // Asks the client, and has the request begun again with what it says. Refuses the request where
  // the client cannot be asked.
  virtual void NeedInput(InputNeeded needed);

  // `callback` is called once when the client has cancelled, if that can be told.
  virtual void OnCancel(absl::AnyInvocable<void() &&> callback) = 0;

  // Sends a notification, a whole message, before the answer. Dropped where nothing can carry it.
  virtual void Notify(absl::Cord notification);

  // Lets go of the client for a while: it is told to come back for the rest. Of no effect where it
  // could not.
  virtual void Detach();

  // Sends a request to the client; `params` are members without the braces. `replied` is called
  // once, with an error where nothing can carry it.
  virtual void Ask(absl::string_view method, absl::string_view params, Replied replied);
};

// Passes everything on. For what changes one thing.
class ForwardingAnswer : public Answer {
 public:
  explicit ForwardingAnswer(std::shared_ptr<Answer> next) : next_(std::move(next)) {}

  using Answer::Error;
  using Answer::Result;
  void Result(absl::Cord result, const net::HttpHeaders& headers) override {
    next_->Result(std::move(result), headers);
  }
  void Error(const RpcError& error, const net::HttpHeaders& headers) override {
    next_->Error(error, headers);
  }
  void NeedInput(InputNeeded needed) override { next_->NeedInput(std::move(needed)); }
  void OnCancel(absl::AnyInvocable<void() &&> callback) override {
    next_->OnCancel(std::move(callback));
  }
  void Notify(absl::Cord notification) override { next_->Notify(std::move(notification)); }
  void Detach() override { next_->Detach(); }
  void Ask(absl::string_view method, absl::string_view params, Replied replied) override {
    next_->Ask(method, params, std::move(replied));
  }

 protected:
  const std::shared_ptr<Answer>& next() const { return next_; }

 private:
  const std::shared_ptr<Answer> next_;
};

}  // namespace mesh::mcp
