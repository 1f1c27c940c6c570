#include "services/mcp_frontend/mcp/legacy.h"

#include <memory>
#include <mutex>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json.hpp>

#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/methods.h"
#include "services/mcp_frontend/mcp/modern.h"
#include "services/mcp_frontend/mcp/notifications.h"
#include "services/mcp_frontend/mcp/push.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {
namespace {

using nlohmann::json;

constexpr int kResourceNotFound = -32002;

// A server that asks on and on is stopped.
constexpr int kMaxTurns = 8;

// Where nothing can be said outside of an answer, nobody is told that it could. Messages to log
// come within the events of an answer.
constexpr absl::string_view kCapabilities =
    R"({"tools":{},"prompts":{},"resources":{},"completions":{},"logging":{}})";
constexpr absl::string_view kPushCapabilities =
    R"({"tools":{"listChanged":true},"prompts":{"listChanged":true},)"
    R"("resources":{"listChanged":true,"subscribe":true},"completions":{},"logging":{}})";

std::string Introduction(const ServerInfo& info) {
  return absl::StrCat(R"("serverInfo":{"name":)", JsonString(info.name), R"(,"title":)",
                      JsonString(info.title), R"(,"version":)", JsonString(info.version),
                      R"(},"instructions":)", JsonString(info.instructions));
}

// A request that the server may interrupt for questions.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(Revision::Turn turn, std::shared_ptr<Answer> answer)
      : turn_(std::move(turn)), answer_(std::move(answer)) {}

  void Begin(Inputs inputs);

 private:
  // One turn's answer.
  class Asking final : public ForwardingAnswer {
   public:
    Asking(std::shared_ptr<Conversation> conversation, std::shared_ptr<Answer> next)
        : ForwardingAnswer(std::move(next)), conversation_(std::move(conversation)) {}
    void NeedInput(InputNeeded needed) override { conversation_->Ask(std::move(needed)); }

   private:
    const std::shared_ptr<Conversation> conversation_;
  };

  void Ask(InputNeeded needed);
  void Take(const std::string& key, Reply reply);

  Revision::Turn turn_;
  const std::shared_ptr<Answer> answer_;
  int turns_ = 0;

  std::mutex mu_;
  bool cancelled_ = false;
  bool optional_ = false;
  size_t missing_ = 0;
  std::string state_;
  std::string refused_;
  // By key.
  json replies_;
};

void Conversation::Begin(Inputs inputs) {
  ++turns_;
  turn_(std::move(inputs), std::make_shared<Asking>(shared_from_this(), answer_));
}

void Conversation::Ask(InputNeeded needed) {
  if (turns_ >= kMaxTurns || needed.requests.empty()) {
    return answer_->Error(InternalError("The server asks on and on."));
  }
  {
    const std::lock_guard lock(mu_);
    missing_ = needed.requests.size();
    optional_ = needed.optional;
    state_ = std::move(needed.state);
    replies_ = json::object();
  }
  // What a client no longer wants is not begun again, whatever it answers.
  answer_->OnCancel([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    const std::lock_guard lock(self->mu_);
    self->cancelled_ = true;
  });
  for (const InputRequest& request : needed.requests) {
    // Without its braces.
    const absl::string_view params =
        absl::string_view(request.params_json).substr(1, request.params_json.size() - 2);
    answer_->Ask(request.method, params,
                 [self = shared_from_this(), key = request.key](Reply reply) {
                   self->Take(key, std::move(reply));
                 });
  }
}

void Conversation::Take(const std::string& key, Reply reply) {
  Inputs inputs;
  std::string refused;
  {
    const std::lock_guard lock(mu_);
    json result = json::parse(reply.result_json, nullptr, /*allow_exceptions=*/false);
    if (reply.result_json.empty() || result.is_discarded()) {
      if (!optional_) refused_ = std::move(reply.error);
    } else {
      replies_[key] = std::move(result);
    }
    if (--missing_ > 0 || cancelled_) return;
    refused = refused_;
    inputs = {.responses_json = replies_.dump(), .state = std::move(state_)};
  }
  if (!refused.empty()) {
    return answer_->Error(InvalidParams(absl::StrCat("The client was asked, but ", refused, ".")));
  }
  Begin(std::move(inputs));
}

// Which of ours a client that asks for `wanted` gets.
const std::string& Negotiated(const std::optional<std::string>& wanted) {
  const bool known = wanted.has_value() && absl::c_linear_search(LegacyVersions(), *wanted);
  return known ? *wanted : LegacyVersions().front();
}

// Clients of this era say who they are once.
void Meet(const Revision& revision, const Incoming& incoming) {
  const Message& message = incoming.message;
  if (message.method != "initialize") {
    const auto version = incoming.headers.Get("mcp-protocol-version");
    return incoming.tenant->Meet(revision, {.revision = std::string(version.value_or(""))},
                                 /*lasting=*/false);
  }
  const json params = json::parse(message.params, nullptr, /*allow_exceptions=*/false);
  const auto capabilities = params.is_object() ? params.find("capabilities") : params.end();
  const bool told = capabilities != params.end() && capabilities->is_object();
  incoming.tenant->Meet(revision,
                        {.name = message.client_name.value_or(""),
                         .version = message.client_version.value_or(""),
                         .revision = Negotiated(message.protocol_version),
                         .capabilities_json = told ? capabilities->dump() : "{}"},
                        /*lasting=*/true);
}

}  // namespace

const std::vector<std::string>& LegacyVersions() {
  static const auto& versions =
      *new std::vector<std::string>{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
  return versions;
}

Legacy::Legacy(const ServerInfo& info) : introduction_(Introduction(info)) {}

bool Legacy::AllowsBatch(std::optional<absl::string_view> version_header) {
  return !version_header.has_value() || *version_header == "2025-03-26";
}

absl::Cord Legacy::Write(const mcp::Result& result) const {
  absl::Cord json("{");
  json.Append(result.members);
  if (!result.meta.empty()) {
    json.Append(absl::StrCat(result.members.empty() ? "" : ",", R"("_meta":{)", result.meta, "}"));
  }
  json.Append("}");
  return json;
}

RpcError Legacy::ResourceNotFound(absl::string_view uri) const {
  RpcError error = mcp::ResourceNotFound(uri);
  error.code = kResourceNotFound;
  return error;
}

std::optional<RpcError> Legacy::Check(const Message& message,
                                      const net::HttpHeaders& headers) const {
  // A first request negotiates in its body, whatever the header says.
  if (message.method == "initialize") return std::nullopt;
  const std::optional<absl::string_view> version = headers.Get("mcp-protocol-version");
  if (!version.has_value() || absl::c_linear_search(LegacyVersions(), *version)) {
    return std::nullopt;
  }
  std::vector<std::string> supported = ModernVersions();
  supported.insert(supported.end(), LegacyVersions().begin(), LegacyVersions().end());
  if (absl::c_linear_search(ModernVersions(), *version)) {
    return MetaIncomplete(absl::StrCat("a request of revision ", *version,
                                       " must carry its version and clientCapabilities in _meta"));
  }
  return VersionHeaderUnknown(*version, supported);
}

void Legacy::Serve(const Incoming& incoming) const {
  const Message& message = incoming.message;
  // Without a session no level is remembered: a client gets what there is.
  const bool pushes = incoming.push != nullptr;
  Meet(*this, incoming);
  if (ServeShared(*this, incoming,
                  {.progress_token = message.meta.progress_token,
                   .log_level = pushes ? incoming.push->log_level() : "debug"})) {
    return;
  }
  if (message.method == "initialize") {
    Initialize(incoming);
  } else if (message.method == "ping") {
    incoming.answer->Result(Write({}));
  } else if (message.method == "logging/setLevel") {
    SetLevel(incoming);
  } else if (message.method == "resources/subscribe") {
    Subscribe(incoming, true);
  } else if (message.method == "resources/unsubscribe") {
    Subscribe(incoming, false);
  } else {
    incoming.answer->Error(MethodNotFound(message.method));
  }
}

void Legacy::Converse(const Incoming& incoming, absl::string_view, Turn turn) const {
  std::make_shared<Conversation>(std::move(turn), incoming.answer)->Begin({});
}

void Legacy::Initialize(const Incoming& incoming) const {
  incoming.answer->Result(Write(
      {.members = absl::Cord(absl::StrCat(
           R"("protocolVersion":")", Negotiated(incoming.message.protocol_version),
           R"(","capabilities":)", incoming.push != nullptr ? kPushCapabilities : kCapabilities,
           ",", introduction_))}));
}

void Legacy::SetLevel(const Incoming& incoming) const {
  const json params = json::parse(incoming.message.params, nullptr, /*allow_exceptions=*/false);
  const auto level = params.is_object() ? params.find("level") : params.end();
  if (level == params.end() || !level->is_string() || !IsLogLevel(level->get<std::string>())) {
    return incoming.answer->Error(
        InvalidParams("`level` must be debug, info, notice, warning, error, critical, alert or "
                      "emergency."));
  }
  if (incoming.push != nullptr) incoming.push->SetLogLevel(level->get<std::string>());
  incoming.answer->Result(Write({}));
}

void Legacy::Subscribe(const Incoming& incoming, bool on) const {
  if (!incoming.message.uri.has_value()) {
    return incoming.answer->Error(InvalidParams("`uri` must be the URI of a resource."));
  }
  if (incoming.push != nullptr) incoming.push->Subscribe(*incoming.message.uri, on);
  incoming.answer->Result(Write({}));
}

}  // namespace mesh::mcp
