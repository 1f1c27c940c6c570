#include "services/mcp_frontend/mcp/modern.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <nlohmann/json.hpp>

#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/legacy.h"
#include "services/mcp_frontend/mcp/methods.h"
#include "services/mcp_frontend/mcp/notifications.h"
#include "services/mcp_frontend/mcp/standard_headers.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {
namespace {

using nlohmann::json;

// What a server can do changes with its version alone.
constexpr absl::Duration kKeepDiscovery = absl::Minutes(5);

std::string ServerInfoMember(const ServerInfo& info) {
  return absl::StrCat(R"("io.modelcontextprotocol/serverInfo":{"name":)", JsonString(info.name),
                      R"(,"title":)", JsonString(info.title), R"(,"version":)",
                      JsonString(info.version), "}");
}

std::string Discovery(const ServerInfo& info) {
  return absl::StrCat(R"("supportedVersions":["2026-07-28"],"capabilities":{)",
                      R"("tools":{"listChanged":true},"prompts":{"listChanged":true},)",
                      R"("resources":{"listChanged":true,"subscribe":true},)",
                      R"("completions":{},"logging":{}},"instructions":)",
                      JsonString(info.instructions));
}

// The capability that a client needs for a request of the server.
absl::string_view CapabilityFor(absl::string_view method) {
  if (method == "elicitation/create") return "elicitation";
  if (method == "sampling/createMessage") return "sampling";
  return "roots";
}

bool IsTrue(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::string SubscriptionMember(absl::string_view id) {
  return absl::StrCat(R"("io.modelcontextprotocol/subscriptionId":)", id);
}

}  // namespace

// Turns questions into `input_required`.
class Modern::AskingAnswer final : public ForwardingAnswer {
 public:
  AskingAnswer(const Modern& modern, std::string subject, std::string capabilities_json,
               std::shared_ptr<Answer> next)
      : ForwardingAnswer(std::move(next)),
        modern_(modern),
        subject_(std::move(subject)),
        capabilities_json_(std::move(capabilities_json)) {}

  void NeedInput(InputNeeded needed) override {
    const json capabilities = json::parse(capabilities_json_, nullptr, /*allow_exceptions=*/false);
    std::string members = R"("inputRequests":{)";
    bool first = true;
    for (const InputRequest& request : needed.requests) {
      const absl::string_view capability = CapabilityFor(request.method);
      if (!capabilities.is_object() || !capabilities.contains(std::string(capability))) {
        return Error(CapabilityMissing(capability), {});
      }
      absl::StrAppend(&members, std::exchange(first, false) ? "" : ",", JsonString(request.key),
                      R"(:{"method":)", JsonString(request.method), R"(,"params":)",
                      request.params_json, "}");
    }
    members += "},";
    if (!needed.state.empty()) {
      absl::StrAppend(&members, R"("requestState":)",
                      JsonString(modern_.states_.Seal(needed.state, subject_, absl::Now())), ",");
    }
    Result(modern_.Write("input_required", absl::Cord(std::move(members)), ""), {});
  }

 private:
  const Modern& modern_;
  const std::string subject_;
  const std::string capabilities_json_;
};

// A `subscriptions/listen` under way.
class Modern::Subscription final : public Listener {
 public:
  struct Interests {
    bool tools = false;
    bool prompts = false;
    bool resources = false;
    std::set<std::string> uris = {};
  };

  Subscription(const Modern& modern, std::string id, Interests interests,
               std::shared_ptr<Answer> answer)
      : modern_(modern),
        meta_(SubscriptionMember(id)),
        interests_(std::move(interests)),
        answer_(std::move(answer)) {}

  void Acknowledge() {
    std::string accepted;
    const auto add = [&accepted](absl::string_view member) {
      absl::StrAppend(&accepted, accepted.empty() ? "" : ",", member);
    };
    if (interests_.tools) add(R"("toolsListChanged":true)");
    if (interests_.prompts) add(R"("promptsListChanged":true)");
    if (interests_.resources) add(R"("resourcesListChanged":true)");
    if (!interests_.uris.empty()) {
      add(absl::StrCat(R"("resourceSubscriptions":)", json(interests_.uris).dump()));
    }
    Send("notifications/subscriptions/acknowledged",
         absl::StrCat(R"("notifications":{)", accepted, "}"));
  }

  void Tell(const Change& change) override {
    const Change heard{.tools = change.tools && interests_.tools,
                       .prompts = change.prompts && interests_.prompts,
                       .resources = change.resources && interests_.resources,
                       .contents = change.contents};
    for (const auto& [method, members] : Notices(heard, interests_.uris)) Send(method, members);
  }

  void End() override { answer_->Result(modern_.Write({.meta = meta_})); }

 private:
  // `members` of the parameters; may be empty.
  void Send(absl::string_view method, absl::string_view members) {
    answer_->Notify(NotificationMessage(
        method, absl::StrCat(members, members.empty() ? "" : ",", R"("_meta":{)", meta_, "}")));
  }

  const Modern& modern_;
  const std::string meta_;
  const Interests interests_;
  const std::shared_ptr<Answer> answer_;
};

const std::vector<std::string>& ModernVersions() {
  static const auto& versions = *new std::vector<std::string>{"2026-07-28"};
  return versions;
}

Modern::Modern(const ServerInfo& info, const Options& options, RequestStates states,
               Listeners& listeners)
    : options_(options),
      states_(std::move(states)),
      listeners_(listeners),
      server_info_(ServerInfoMember(info)),
      discovery_(Discovery(info)) {}

absl::Cord Modern::Write(absl::string_view type, absl::Cord members, absl::string_view meta) const {
  absl::Cord json(absl::StrCat(R"({"resultType":")", type, "\","));
  json.Append(std::move(members));
  json.Append(absl::StrCat(R"("_meta":{)", server_info_, meta.empty() ? "" : ",", meta, "}}"));
  return json;
}

absl::Cord Modern::Write(const mcp::Result& result) const {
  absl::Cord members = result.members;
  if (!members.empty()) members.Append(",");
  if (result.keep.has_value()) {
    // What a server shows depends on the caller's token.
    members.Append(absl::StrCat(R"("ttlMs":)", absl::ToInt64Milliseconds(*result.keep),
                                R"(,"cacheScope":"private",)"));
  }
  return Write("complete", std::move(members), result.meta);
}

RpcError Modern::ResourceNotFound(absl::string_view uri) const {
  return mcp::ResourceNotFound(uri);
}

std::optional<RpcError> Modern::CheckVersion(const std::string& version,
                                             const net::HttpHeaders& headers) const {
  const std::optional<absl::string_view> header = headers.Get("mcp-protocol-version");
  if (!header.has_value()) return HeaderMismatch("MCP-Protocol-Version is missing");
  const bool supported = absl::c_linear_search(ModernVersions(), version);
  if (StandardHeaderIs(headers, "mcp-protocol-version", version)) {
    if (supported) return std::nullopt;
    return VersionUnsupported(version, ModernVersions());
  }
  if (supported && !options_.strict_version_header &&
      absl::c_linear_search(LegacyVersions(), *header)) {
    return std::nullopt;
  }
  return HeaderMismatch(
      absl::StrCat("MCP-Protocol-Version is ", *header, " and the body says ", version));
}

std::optional<RpcError> Modern::Check(const Message& message,
                                      const net::HttpHeaders& headers) const {
  if (!message.meta.protocol_version.has_value()) {
    return MetaIncomplete("_meta[\"io.modelcontextprotocol/protocolVersion\"] must be a string");
  }
  if (!message.meta.has_client_capabilities) {
    return MetaIncomplete(
        "_meta[\"io.modelcontextprotocol/clientCapabilities\"] must be an object");
  }
  if (auto wrong = CheckVersion(*message.meta.protocol_version, headers)) return wrong;
  return CheckStandardHeaders(message, headers);
}

void Modern::Serve(const Incoming& incoming) const {
  const Message& message = incoming.message;
  if (message.method == "tools/call" && message.name.has_value()) {
    if (const auto* params = incoming.tenant->ParamHeadersOf(*message.name)) {
      if (auto wrong = CheckParamHeaders(*params, message.arguments.text, incoming.headers)) {
        return incoming.answer->Error(*wrong);
      }
    }
  }
  incoming.tenant->Meet(*this,
                        {.name = message.meta.client_name,
                         .version = message.meta.client_version,
                         .revision = message.meta.protocol_version.value_or(""),
                         .capabilities_json = message.meta.client_capabilities},
                        /*lasting=*/false);
  if (ServeShared(*this, incoming,
                  {.capabilities_json = message.meta.client_capabilities,
                   .progress_token = message.meta.progress_token,
                   .log_level = message.meta.log_level})) {
    return;
  }
  if (message.method == "server/discover") {
    incoming.answer->Result(Write({.members = absl::Cord(discovery_), .keep = kKeepDiscovery}));
  } else if (message.method == "subscriptions/listen") {
    Listen(incoming);
  } else {
    // Removed methods are as unknown as any other.
    RpcError unknown = MethodNotFound(message.method);
    unknown.http_status = 404;
    incoming.answer->Error(unknown);
  }
}

void Modern::Converse(const Incoming& incoming, absl::string_view subject, Turn turn) const {
  const std::string bound = absl::StrCat(incoming.tenant->id(), "\n", subject);
  Inputs inputs;
  const std::string& text = incoming.message.params;
  // Few requests go on with an earlier one.
  if (absl::StrContains(text, "inputResponses") || absl::StrContains(text, "requestState")) {
    const json params = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (const auto responses = params.find("inputResponses");
        responses != params.end() && !responses->is_null()) {
      if (!responses->is_object()) {
        return incoming.answer->Error(InvalidParams("`inputResponses` must be an object."));
      }
      inputs.responses_json = responses->dump();
    }
    if (const auto state = params.find("requestState");
        state != params.end() && !state->is_null()) {
      std::optional<std::string> opened;
      if (state->is_string()) {
        opened = states_.Open(state->get<std::string>(), bound, absl::Now());
      }
      if (!opened.has_value()) {
        return incoming.answer->Error(InvalidParams(
            "`requestState` is not what this server gave for this request, or too old. Begin the "
            "request again without it."));
      }
      inputs.state = *std::move(opened);
    }
  }
  turn(std::move(inputs),
       std::make_shared<AskingAnswer>(*this, bound, incoming.message.meta.client_capabilities,
                                      incoming.answer));
}

void Modern::Listen(const Incoming& incoming) const {
  const json params = json::parse(incoming.message.params, nullptr, /*allow_exceptions=*/false);
  const auto wanted = params.find("notifications");
  if (wanted == params.end() || !wanted->is_object()) {
    return incoming.answer->Error(InvalidParams("`notifications` must be an object."));
  }
  Subscription::Interests interests{.tools = IsTrue(*wanted, "toolsListChanged"),
                                    .prompts = IsTrue(*wanted, "promptsListChanged"),
                                    .resources = IsTrue(*wanted, "resourcesListChanged")};
  if (const auto uris = wanted->find("resourceSubscriptions");
      uris != wanted->end() && uris->is_array()) {
    for (const json& uri : *uris) {
      if (uri.is_string() && interests.uris.size() < kMaxSubscriptions) {
        interests.uris.insert(uri.get<std::string>());
      }
    }
  }
  const auto subscription = std::make_shared<Subscription>(*this, incoming.message.id,
                                                           std::move(interests), incoming.answer);
  // First of all that is said there.
  subscription->Acknowledge();
  listeners_.Add(subscription, std::string(incoming.tenant->id()), incoming.lease);
  incoming.answer->OnCancel([listeners = &listeners_, weak = std::weak_ptr(subscription)] {
    if (const auto left = weak.lock()) listeners->Remove(left.get());
  });
}

}  // namespace mesh::mcp
