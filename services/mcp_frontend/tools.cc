#include "services/mcp_frontend/tools.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/time/clock.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/net/http.h"
#include "common/rpc/proto_time.h"
#include "edge/policy.h"
#include "edge/rate_limit.h"
#include "services/mcp_frontend/errors.h"
#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/notifications.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::frontend {
namespace {

using tools::v1::CallToolResponse;
using tools::v1::ToolService;

// A call that is over sooner is answered with all its headers; from then on there is a stream.
constexpr absl::Duration kFirstProgress = absl::Seconds(1);
constexpr absl::Duration kProgressInterval = absl::Seconds(5);

// The result twice, as models and programs read it: escaped as text, and as it is.
mcp::Result ToolResult(std::string result_json) {
  std::string text = R"("content":[{"type":"text","text":)";
  mcp::AppendJsonString(text, result_json);
  text += R"(}],"structuredContent":)";
  absl::Cord members(std::move(text));
  members.Append(absl::Cord(std::move(result_json)));
  members.Append(R"(,"isError":false)");
  return {.members = std::move(members)};
}

// Tells a client that waits how long it has been, for as long as this lives.
class Waiting : public std::enable_shared_from_this<Waiting> {
 public:
  Waiting(DelayQueue& timer, mcp::ClientWishes client, std::shared_ptr<mcp::Answer> answer)
      : timer_(timer), client_(std::move(client)), answer_(std::move(answer)) {}

  void Begin() { Schedule(kFirstProgress); }

 private:
  void Schedule(absl::Duration after) {
    timer_.Post(after, [weak = weak_from_this(), after] {
      const std::shared_ptr<Waiting> self = weak.lock();
      if (self == nullptr) return;
      self->waited_ += after;
      ReportProgress(*self->answer_, self->client_, absl::ToDoubleSeconds(self->waited_), 0,
                     "Waiting for Zoho Meeting");
      self->Schedule(kProgressInterval);
    });
  }

  DelayQueue& timer_;
  const mcp::ClientWishes client_;
  const std::shared_ptr<mcp::Answer> answer_;
  absl::Duration waited_;
};

}  // namespace

void AnswerCatalogueMissing(mcp::Answer& answer) {
  answer.Error(mcp::NotAvailable("The tools are not loaded yet. Try again in a second."),
               {{"retry-after", "1"}});
}

std::string Tools::List(const auth::v1::McpServer& server, const mcp::Revision& revision,
                        mcp::Answer& answer) {
  const std::shared_ptr<const edge::Catalogue> catalogue = catalogue_.Current();
  if (catalogue == nullptr) {
    AnswerCatalogueMissing(answer);
    return {};
  }
  ToolList list = lists_.Get(*catalogue, server.config(), revision);
  answer.Result(std::move(list.json));
  return std::move(list.digest);
}

void Tools::Call(const auth::v1::McpServer& server, const mcp::Revision& revision,
                 const CallContext& context, const mcp::ToolCall& call,
                 std::shared_ptr<mcp::Answer> answer) {
  const std::shared_ptr<const edge::Catalogue> catalogue = catalogue_.Current();
  if (catalogue == nullptr) return AnswerCatalogueMissing(*answer);
  const tools::v1::Tool* tool = catalogue->Find(call.name);
  auth::v1::AuditEvent event = edge::ToolCallEvent(context,
                                                   {.actor = server.id(),
                                                    .account = server.account(),
                                                    .mcp_server = server.id(),
                                                    .tool = call.name},
                                                   call.arguments_json);
  // One answer for both, so that nobody learns what else there is.
  if (tool == nullptr || !edge::Allows(server.config(), *tool)) {
    event.set_outcome("TOOL_UNKNOWN");
    recorder_.Record(std::move(event));
    return AnswerWithError(ToolUnknown(call.name), revision, *answer);
  }
  Prepared prepared{.client = call.client, .event = std::move(event)};
  prepared.request.set_account(server.account());
  prepared.request.set_tool(call.name);
  prepared.request.set_arguments_json(call.arguments_json);
  prepared.request.set_reveal_secrets(server.config().reveal_secrets());
  if (!edge::NeedsApproval(server.config(), *tool)) {
    return Send(revision, context, std::move(prepared), std::move(answer));
  }
  approvals_.Decide(
      server, *tool, context, call, answer,
      [this, &revision, context, prepared = std::move(prepared),
       answer](const absl::StatusOr<std::string>& approval) mutable {
        if (approval.ok()) {
          (*prepared.event.mutable_details())["approval"] = *approval;
          return Send(revision, context, std::move(prepared), std::move(answer));
        }
        prepared.event.set_outcome(OutcomeOf(approval.status()));
        if (const auto detail = GetErrorDetail(approval.status()); detail.has_value()) {
          if (const auto id = detail->metadata.find("id"); id != detail->metadata.end()) {
            (*prepared.event.mutable_details())["approval"] = id->second;
          }
        }
        recorder_.Record(std::move(prepared.event));
        AnswerWithError(approval.status(), revision, *answer);
      });
}

void Tools::Send(const mcp::Revision& revision, const CallContext& context, Prepared prepared,
                 std::shared_ptr<mcp::Answer> answer) {
  std::string tool = prepared.request.tool();
  std::shared_ptr<Waiting> waiting;
  if (!prepared.client.progress_token.empty()) {
    waiting = std::make_shared<Waiting>(timer_, std::move(prepared.client), answer);
    waiting->Begin();
  }
  rpc::PendingCall pending = calls_.Call(
      context, "zoho-proxy-service", *tools_.async(),
      &ToolService::StubInterface::async_interface::CallTool, std::move(prepared.request),
      [&revision, &metrics = metrics_, &recorder = recorder_, answer, tool = std::move(tool),
       request_id = context.request_id, event = std::move(prepared.event),
       waiting = std::move(waiting),
       began = absl::Now()](absl::StatusOr<CallToolResponse> response) mutable {
        const std::string outcome = OutcomeOf(response.status());
        const absl::Duration took = absl::Now() - began;
        metrics.ToolCalled(tool, outcome, took);
        event.set_outcome(outcome);
        *event.mutable_duration() = rpc::ProtoDurationOf(took);
        recorder.Record(std::move(event));
        if (response.ok()) {
          net::HttpHeaders headers;
          if (response->has_rate_limit()) {
            edge::AddRateLimitHeaders(edge::ReadRateLimit(response->rate_limit()), headers);
          }
          return answer->Result(
              revision.Write(ToolResult(std::move(*response->mutable_result_json()))), headers);
        }
        LogInfo("tool call failed",
                {{"request_id", request_id}, {"tool", tool}, {"error", response.status()}});
        AnswerWithError(response.status(), revision, *answer);
      });
  answer->OnCancel([pending]() mutable { pending.Cancel(); });
}

}  // namespace mesh::frontend
