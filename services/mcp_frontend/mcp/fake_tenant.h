// A tenant and an observer as tests of the transports want them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "services/mcp_frontend/mcp/notifications.h"
#include "services/mcp_frontend/mcp/post.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {

// Lists one of each, and calls any tool: at once, or when the test says so. The tools `progress`,
// `log`, `ask`, `may_ask` and `detach` do what they are called.
class FakeTenant final : public Tenant {
 public:
  absl::string_view id() const override { return name; }

  bool keeps_sessions() const override { return sessions; }

  void Meet(const Revision& revision, const Introduction& client, bool lasting) override {
    met.push_back(absl::StrCat(revision.label(), " ", client.name, " ", client.version, " ",
                               client.revision, " ", client.capabilities_json,
                               lasting ? " lasting" : ""));
  }

  const std::vector<ParamHeader>* ParamHeadersOf(absl::string_view tool) const override {
    return tool == "headed" ? &headers : nullptr;
  }

  void ListTools(const Revision& revision, std::shared_ptr<Answer> answer) override {
    List(revision, *answer, R"("tools":[{"name":"t"}])");
  }
  void ListPrompts(const Revision& revision, std::shared_ptr<Answer> answer) override {
    List(revision, *answer, R"("prompts":[{"name":"p"}])");
  }
  void ListResources(const Revision& revision, std::shared_ptr<Answer> answer) override {
    List(revision, *answer, R"("resources":[{"name":"r","uri":"u:r"}])");
  }
  void ListResourceTemplates(const Revision& revision, std::shared_ptr<Answer> answer) override {
    List(revision, *answer, R"("resourceTemplates":[])");
  }

  void CallTool(const Revision& revision, const CallContext& context, ToolCall call,
                std::shared_ptr<Answer> answer) override {
    if (call.name == "unknown") return answer->Error(InvalidParams("Unknown tool: unknown"));
    const std::string name_of_tool = call.name;
    const Inputs inputs = call.inputs;
    const ClientWishes client = call.client;
    calls.push_back(std::move(call));
    contexts.push_back(context);
    answer->OnCancel([this] { ++cancelled; });
    const bool may_ask = name_of_tool == "may_ask";
    if ((name_of_tool == "ask" || may_ask) && inputs.responses_json.empty()) {
      return answer->NeedInput({.requests = {{.key = "k",
                                              .method = "elicitation/create",
                                              .params_json = R"({"message":"m"})"}},
                                .state = "s",
                                .optional = may_ask});
    }
    const auto finish = [&revision, answer] {
      answer->Result(revision.Write({.members = absl::Cord(R"("content":[])")}),
                     {{"ratelimit-remaining", "5"}});
    };
    if (name_of_tool == "progress") {
      for (const double step : {1.0, 2.5}) ReportProgress(*answer, client, step, 0, "step");
    }
    if (name_of_tool == "detach") answer->Detach();
    if (name_of_tool == "log") SendLog(*answer, client, "info", R"("said")");
    if (hold) {
      held.emplace_back(finish);
    } else {
      finish();
    }
  }

  void GetPrompt(const Revision& revision, const CallContext&, PromptCall call,
                 std::shared_ptr<Answer> answer) override {
    if (call.name != "p") return answer->Error(InvalidParams("Unknown prompt"));
    answer->Result(revision.Write({.members = absl::Cord(R"("messages":[])")}));
  }
  void ReadResource(const Revision& revision, const CallContext&, std::string uri,
                    std::shared_ptr<Answer> answer) override {
    if (uri != "u:r") return answer->Error(revision.ResourceNotFound(uri));
    List(revision, *answer, R"("contents":[{"uri":"u:r","text":""}])");
  }
  void Complete(const Revision& revision, const CallContext&, CompletionCall call,
                std::shared_ptr<Answer> answer) override {
    completions.push_back(std::move(call));
    answer->Result(revision.Write({.members = absl::Cord(R"("completion":{"values":[]})")}));
  }

  std::string name = "tenant";
  std::vector<ParamHeader> headers = {{.header = "Region", .property = "region"}};
  bool sessions = false;
  bool hold = false;
  std::vector<std::function<void()>> held;
  std::vector<std::string> met;
  std::vector<ToolCall> calls;
  std::vector<CallContext> contexts;
  std::vector<CompletionCall> completions;
  int cancelled = 0;

 private:
  static void List(const Revision& revision, Answer& answer, const char* members) {
    answer.Result(revision.Write({.members = absl::Cord(members), .keep = absl::Seconds(9)}));
  }
};

class FakeObserver final : public Observer {
 public:
  void SawRequest(const Message& message, const Revision& revision) override {
    seen.push_back(absl::StrCat(revision.label(), " ", message.method));
  }
  void SawRefusal(const RpcError& error) override { seen.push_back(error.label); }

  std::vector<std::string> seen;
};

}  // namespace mesh::mcp
