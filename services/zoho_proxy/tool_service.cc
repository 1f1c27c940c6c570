#include "services/zoho_proxy/tool_service.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/utf8.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/zoho_proxy/composite_call.h"
#include "services/zoho_proxy/limits_proto.h"
#include "services/zoho_proxy/server.h"

namespace mesh::zoho_proxy {
namespace {

// Bytes of an unknown tool's name that the error repeats.
constexpr size_t kMaxShownName = 64;

// Stands for each of them where tools are counted: their names are whatever a client sends.
constexpr char kUnknownTool[] = "unknown";

void Record(ProxyMetrics& metrics, const CallContext& context, const std::string& tool,
            const std::string& account, const absl::Status& status, absl::Duration took) {
  std::string outcome = status.ok() ? "OK" : ErrorReason(status);
  if (outcome.empty()) outcome = absl::StatusCodeToString(status.code());
  metrics.RecordCall(tool, outcome, took);
  Log(status.ok() ? LogLevel::kDebug : LogLevel::kInfo, "tool called",
      {{"request_id", context.request_id},
       {"account", account},
       {"tool", tool},
       {"outcome", outcome},
       {"duration_seconds", took}});
}

// The tool that lists users, and how many of them at once.
constexpr char kUserList[] = "list_all_zoho_meeting_users";
constexpr int kUserListPart = 500;

// Accounts on a page, by default and at most.
constexpr int kMaxLimitsPage = 1000;

tools::v1::AccountLimits ToAccountLimits(const std::string& account, const LimitState& state) {
  tools::v1::AccountLimits limits;
  limits.set_account(account);
  *limits.mutable_rate_limit() = ToProto(state.facts);
  *limits.mutable_seen_time() = rpc::TimestampOf(state.seen);
  if (state.limited_until > state.seen) {
    *limits.mutable_limited_until() = rpc::TimestampOf(state.limited_until);
  }
  return limits;
}

absl::StatusOr<tools::v1::ListAccountLimitsResponse> ListLimits(
    const LimitBoard& board, const tools::v1::ListAccountLimitsRequest& request) {
  if (request.page_size() < 0) return FieldInvalid("page_size", "must not be negative");
  const auto size = static_cast<size_t>(
      request.page_size() == 0 ? kMaxLimitsPage : std::min(request.page_size(), kMaxLimitsPage));
  // One more than the page tells whether there is another.
  std::vector<std::pair<std::string, LimitState>> states;
  if (request.accounts().empty()) {
    states = board.List(request.page_token(), size + 1);
  } else {
    for (const std::string& account :
         std::set<std::string>(request.accounts().begin(), request.accounts().end())) {
      if (account <= request.page_token() || states.size() > size) continue;
      if (const auto state = board.Get(account)) states.emplace_back(account, *state);
    }
  }
  tools::v1::ListAccountLimitsResponse response;
  for (const auto& [account, state] : states) {
    if (static_cast<size_t>(response.limits_size()) == size) {
      response.set_next_page_token(response.limits(response.limits_size() - 1).account());
      break;
    }
    *response.add_limits() = ToAccountLimits(account, state);
  }
  return response;
}

}  // namespace

ToolServiceImpl::ToolServiceImpl(const CatalogHolder& catalog, Upstream& upstream,
                                 const Sealer& sealer, const Clock& clock,
                                 const ToolCallOptions& options, ProxyMetrics& metrics,
                                 rpc::ServerMetrics& server_metrics)
    : catalog_(catalog),
      users_(
          [this](const CallContext& context, const std::string& account, const std::string& cursor,
                 UserDirectory::PartDone done) {
            ListUsers(context, account, cursor, std::move(done));
          },
          clock),
      parts_{.upstream = upstream,
             .sealer = sealer,
             .clock = clock,
             .options = options,
             .users = &users_},
      metrics_(metrics),
      list_metrics_(server_metrics.Of("ListTools")),
      call_metrics_(server_metrics.Of("CallTool")),
      limits_metrics_(server_metrics.Of("ListAccountLimits")) {}

grpc::ServerUnaryReactor* ToolServiceImpl::ListTools(grpc::CallbackServerContext* call,
                                                     const tools::v1::ListToolsRequest* request,
                                                     tools::v1::ListToolsResponse* response) {
  return rpc::HandleLater(
      list_metrics_, call, request, response,
      [this](const tools::v1::ListToolsRequest& asked,
             const std::shared_ptr<rpc::Reply<tools::v1::ListToolsResponse>>& reply) {
        const std::shared_ptr<const Catalog> catalog = catalog_.Get();
        if (asked.known_digest() != catalog->list().digest()) {
          return reply->Finish(catalog->list());
        }
        tools::v1::ListToolsResponse unchanged;
        unchanged.set_digest(catalog->list().digest());
        reply->Finish(std::move(unchanged));
      });
}

template <typename AnyCall>
void ToolServiceImpl::Run(const tools::v1::CallToolRequest& asked,
                          const std::shared_ptr<CallReply>& reply,
                          std::shared_ptr<const Catalog> catalog, const Tool& tool) {
  const absl::Time arrived = parts_.clock.Now();
  auto call =
      std::make_shared<AnyCall>(parts_, reply->context(), std::move(catalog), tool,
                                [this, reply, name = asked.tool(), account = asked.account(),
                                 arrived](absl::StatusOr<tools::v1::CallToolResponse> result) {
                                  Record(metrics_, reply->context(), name, account, result.status(),
                                         parts_.clock.Now() - arrived);
                                  reply->Finish(std::move(result));
                                });
  // Weak: the callback lives as long as the reply, which the call keeps.
  reply->OnCancel([weak = std::weak_ptr<AnyCall>(call)] {
    if (const std::shared_ptr<AnyCall> alive = weak.lock()) alive->Cancel();
  });
  call->Start(asked);
}

grpc::ServerUnaryReactor* ToolServiceImpl::CallTool(grpc::CallbackServerContext* call,
                                                    const tools::v1::CallToolRequest* request,
                                                    tools::v1::CallToolResponse* response) {
  return rpc::HandleLater(
      call_metrics_, call, request, response,
      [this](const tools::v1::CallToolRequest& asked, const std::shared_ptr<CallReply>& reply) {
        if (asked.account().empty()) {
          return reply->Finish(FieldInvalid("account", "must be the id of an integrated account"));
        }
        std::shared_ptr<const Catalog> catalog = catalog_.Get();
        const Tool* tool = catalog->Find(asked.tool());
        absl::Status refused = tool == nullptr ? ToolUnknown(CutUtf8(asked.tool(), kMaxShownName))
                                               : CheckServed(*tool);
        if (!refused.ok()) {
          Record(metrics_, reply->context(), tool == nullptr ? kUnknownTool : asked.tool(),
                 asked.account(), refused, absl::ZeroDuration());
          return reply->Finish(std::move(refused));
        }
        if (tool->composite.has_value()) {
          Run<CompositeCall>(asked, reply, std::move(catalog), *tool);
        } else {
          Run<ToolCall>(asked, reply, std::move(catalog), *tool);
        }
      });
}

void ToolServiceImpl::ListUsers(const CallContext& context, const std::string& account,
                                const std::string& cursor, UserDirectory::PartDone done) {
  std::shared_ptr<const Catalog> catalog = catalog_.Get();
  const Tool* tool = catalog->Find(kUserList);
  if (tool == nullptr) return std::move(done)(ToolUnknown(kUserList));
  tools::v1::CallToolRequest request;
  request.set_account(account);
  request.set_tool(kUserList);
  nlohmann::json arguments = {{"limit", kUserListPart}, {"fields", "zuid,emailId"}};
  if (!cursor.empty()) arguments["next_cursor"] = cursor;
  request.set_arguments_json(arguments.dump());
  const auto call = std::make_shared<ToolCall>(
      parts_, context, std::move(catalog), *tool,
      [done = std::move(done)](absl::StatusOr<tools::v1::CallToolResponse> result) mutable {
        if (!result.ok()) return std::move(done)(result.status());
        std::move(done)(ReadUserListPart(result->result_json()));
      });
  call->Start(request);
}

grpc::ServerUnaryReactor* ToolServiceImpl::ListAccountLimits(
    grpc::CallbackServerContext* call, const tools::v1::ListAccountLimitsRequest* request,
    tools::v1::ListAccountLimitsResponse* response) {
  return rpc::HandleLater(
      limits_metrics_, call, request, response,
      [this](const tools::v1::ListAccountLimitsRequest& asked,
             const std::shared_ptr<rpc::Reply<tools::v1::ListAccountLimitsResponse>>& reply) {
        reply->Finish(ListLimits(parts_.upstream.limits(), asked));
      });
}

}  // namespace mesh::zoho_proxy
