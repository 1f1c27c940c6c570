#include "services/mcp_frontend/tenants.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "common/base/log.h"
#include "edge/policy.h"
#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/rpc_error.h"
#include "services/mcp_frontend/prompts.h"
#include "services/mcp_frontend/resources.h"

namespace mesh::frontend {
namespace {

using auth::v1::Account;
using auth::v1::AccountService;
using auth::v1::GetAccountRequest;
using auth::v1::ListRegionsRequest;
using auth::v1::ListRegionsResponse;

// Lists change with a release, and an account when somebody connects it again.
constexpr absl::Duration kKeepList = absl::Minutes(1);
constexpr absl::Duration kKeepAccount = absl::Seconds(10);

// The protocol allows no more.
constexpr size_t kMaxCompletions = 100;

constexpr char kJson[] = "application/json";

void AnswerKept(const mcp::Revision& revision, mcp::Answer& answer, std::string members,
                absl::Duration keep) {
  answer.Result(revision.Write({.members = absl::Cord(std::move(members)), .keep = keep}));
}

void AnswerCompletion(const mcp::Revision& revision, mcp::Answer& answer,
                      const std::vector<std::string>& names, absl::string_view typed) {
  size_t total = 0;
  const std::vector<std::string> values = Matching(names, typed, kMaxCompletions, total);
  const std::string quoted = absl::StrJoin(
      values, ",",
      [](std::string* out, const std::string& value) { mcp::AppendJsonString(*out, value); });
  answer.Result(
      revision.Write({.members = absl::Cord(absl::StrCat(
                          R"("completion":{"values":[)", quoted, R"(],"total":)", total,
                          R"(,"hasMore":)", total > values.size() ? "true" : "false", "}"))}));
}

}  // namespace

class Tenants::McpServerTenant final : public mcp::Tenant {
 public:
  McpServerTenant(Tenants& all, std::shared_ptr<const auth::v1::McpServer> server, Sender sender)
      : all_(all), server_(std::move(server)), sender_(std::move(sender)) {}

  absl::string_view id() const override { return server_->id(); }

  void Meet(const mcp::Revision& revision, const mcp::Introduction& client, bool lasting) override {
    if (lasting) all_.clients_.Remember(server_->id(), sender_, revision.label(), client);
    client_ = client;
  }

  void ListTools(const mcp::Revision& revision, std::shared_ptr<mcp::Answer> answer) override {
    const std::string digest = all_.tools_.List(*server_, revision, *answer);
    if (digest.empty()) return;
    all_.clients_.GotList(server_->id(), sender_, revision.label(), WhoAsks(), digest);
  }

  void CallTool(const mcp::Revision& revision, const CallContext& context, mcp::ToolCall call,
                std::shared_ptr<mcp::Answer> answer) override {
    // So that it is known who can be asked.
    if (call.client.capabilities_json.empty()) {
      call.client.capabilities_json = WhoAsks().capabilities_json;
    }
    all_.tools_.Call(*server_, revision, context, call, std::move(answer));
  }

  void ListPrompts(const mcp::Revision& revision, std::shared_ptr<mcp::Answer> answer) override {
    const auto catalogue = all_.catalogue_.Current();
    if (catalogue == nullptr) return AnswerCatalogueMissing(*answer);
    std::vector<std::string> prompts;
    for (const Prompt& prompt : Prompts()) {
      if (Offers(*catalogue, server_->config(), prompt)) prompts.push_back(PromptJson(prompt));
    }
    AnswerKept(revision, *answer, absl::StrCat(R"("prompts":[)", absl::StrJoin(prompts, ","), "]"),
               kKeepList);
  }

  void GetPrompt(const mcp::Revision& revision, const CallContext&, mcp::PromptCall call,
                 std::shared_ptr<mcp::Answer> answer) override {
    const auto catalogue = all_.catalogue_.Current();
    if (catalogue == nullptr) return AnswerCatalogueMissing(*answer);
    const Prompt* prompt = FindPrompt(call.name);
    if (prompt == nullptr || !Offers(*catalogue, server_->config(), *prompt)) {
      return answer->Error(mcp::InvalidParams(absl::StrCat("Unknown prompt: ", call.name)));
    }
    RenderedPrompt rendered = Render(*prompt, call.arguments_json);
    if (!rendered.wrong.empty()) return answer->Error(mcp::InvalidParams(rendered.wrong));
    answer->Result(revision.Write({.members = absl::Cord(std::move(rendered.members))}));
  }

  void ListResources(const mcp::Revision& revision, std::shared_ptr<mcp::Answer> answer) override {
    const auto catalogue = all_.catalogue_.Current();
    if (catalogue == nullptr) return AnswerCatalogueMissing(*answer);
    AnswerKept(revision, *answer, ResourceListMembers(*catalogue, server_->config()), kKeepList);
  }

  void ListResourceTemplates(const mcp::Revision& revision,
                             std::shared_ptr<mcp::Answer> answer) override {
    AnswerKept(revision, *answer, ResourceTemplateMembers(), kKeepList);
  }

  void ReadResource(const mcp::Revision& revision, const CallContext& context, std::string uri,
                    std::shared_ptr<mcp::Answer> answer) override {
    const auto catalogue = all_.catalogue_.Current();
    if (catalogue == nullptr) return AnswerCatalogueMissing(*answer);
    if (uri == kAccountUri) return ReadAccount(revision, context, catalogue, std::move(answer));
    if (uri == kRegionsUri) return ReadRegions(revision, context, std::move(answer));
    const tools::v1::Tool* tool = nullptr;
    if (const auto name = ToolOfUri(uri)) tool = catalogue->Find(*name);
    if (tool == nullptr || !edge::Allows(server_->config(), *tool)) {
      return answer->Error(revision.ResourceNotFound(uri));
    }
    AnswerKept(revision, *answer, ContentMembers(uri, "text/markdown", ToolDocumentation(*tool)),
               kKeepList);
  }

  void Complete(const mcp::Revision& revision, const CallContext& context, mcp::CompletionCall call,
                std::shared_ptr<mcp::Answer> answer) override {
    const auto catalogue = all_.catalogue_.Current();
    if (catalogue == nullptr) return AnswerCatalogueMissing(*answer);
    if (!call.uri_template.empty()) {
      if (call.uri_template != kToolUriTemplate) {
        return answer->Error(mcp::InvalidParams(
            absl::StrCat("There is no resource template ", call.uri_template, ".")));
      }
      std::vector<std::string> names;
      for (const tools::v1::Tool& tool : catalogue->tools()) {
        if (edge::Allows(server_->config(), tool)) names.push_back(tool.name());
      }
      return AnswerCompletion(revision, *answer, names, call.value);
    }
    const Prompt* prompt = FindPrompt(call.prompt);
    if (prompt == nullptr || !Offers(*catalogue, server_->config(), *prompt)) {
      return answer->Error(mcp::InvalidParams(absl::StrCat("Unknown prompt: ", call.prompt)));
    }
    const auto argument = absl::c_find_if(
        prompt->arguments,
        [&call](const PromptArgument& candidate) { return candidate.name == call.argument; });
    if (argument == prompt->arguments.end()) {
      return answer->Error(mcp::InvalidParams(
          absl::StrCat("The prompt ", call.prompt, " has no argument ", call.argument, ".")));
    }
    CompleteName(revision, context, *catalogue, argument->completes, std::move(call.value),
                 std::move(answer));
  }

 private:
  void CompleteName(const mcp::Revision& revision, const CallContext& context,
                    const edge::Catalogue& catalogue, NameKind kind, std::string typed,
                    std::shared_ptr<mcp::Answer> answer) {
    // A prompt may tell no name that the server's tools would not.
    const tools::v1::Tool* tool = kind == NameKind::kNone ? nullptr : catalogue.Find(ToolOf(kind));
    if (tool == nullptr || !edge::Allows(server_->config(), *tool)) {
      return AnswerCompletion(revision, *answer, {}, typed);
    }
    all_.names_.Get(
        kind, server_->account(),
        [&revision, typed = std::move(typed), request_id = context.request_id,
         answer = std::move(answer)](const absl::StatusOr<NameLists::Names>& names) {
          if (names.ok()) {
            return AnswerCompletion(revision, *answer, **names, typed);
          }
          // Whoever types goes on without help.
          LogInfo("completion failed", {{"request_id", request_id}, {"error", names.status()}});
          AnswerCompletion(revision, *answer, {}, typed);
        });
  }

  void ReadAccount(const mcp::Revision& revision, const CallContext& context,
                   std::shared_ptr<const edge::Catalogue> catalogue,
                   std::shared_ptr<mcp::Answer> answer) {
    GetAccountRequest request;
    request.set_id(server_->account());
    all_.calls_.Call(
        context, "auth-service", *all_.accounts_.async(),
        &AccountService::StubInterface::async_interface::GetAccount, std::move(request),
        [&revision, server = server_, catalogue = std::move(catalogue),
         answer = std::move(answer)](const absl::StatusOr<Account>& account) {
          if (!account.ok()) return AnswerAway(*answer);
          AnswerKept(
              revision, *answer,
              ContentMembers(kAccountUri, kJson, AccountOverview(*account, *server, *catalogue)),
              kKeepAccount);
        });
  }

  void ReadRegions(const mcp::Revision& revision, const CallContext& context,
                   std::shared_ptr<mcp::Answer> answer) {
    all_.calls_.Call(
        context, "auth-service", *all_.accounts_.async(),
        &AccountService::StubInterface::async_interface::ListRegions, ListRegionsRequest(),
        [&revision, answer = std::move(answer)](const absl::StatusOr<ListRegionsResponse>& list) {
          if (!list.ok()) return AnswerAway(*answer);
          AnswerKept(revision, *answer, ContentMembers(kRegionsUri, kJson, RegionsOverview(*list)),
                     kKeepList);
        });
  }

  // Clients of the era with a handshake say who they are in that alone.
  mcp::Introduction WhoAsks() const {
    return all_.clients_.Complete(server_->id(), sender_, client_);
  }

  static void AnswerAway(mcp::Answer& answer) {
    answer.Error(mcp::NotAvailable("This cannot be read now. Try again shortly."),
                 {{"retry-after", "1"}});
  }

  Tenants& all_;
  const std::shared_ptr<const auth::v1::McpServer> server_;
  const Sender sender_;
  // What the client says of itself with the request under way.
  mcp::Introduction client_;
};

std::shared_ptr<mcp::Tenant> Tenants::Of(std::shared_ptr<const auth::v1::McpServer> server,
                                         Sender sender) {
  return std::make_shared<McpServerTenant>(*this, std::move(server), std::move(sender));
}

}  // namespace mesh::frontend
