#include "services/zoho_proxy/tool_service.h"

#include <memory>
#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/utf8.h"
#include "common/rpc/handle.h"
#include "services/zoho_proxy/composite_call.h"
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

}  // namespace

ToolServiceImpl::ToolServiceImpl(const CatalogHolder& catalog, Upstream& upstream,
                                 const Sealer& sealer, const Clock& clock,
                                 const ToolCallOptions& options, ProxyMetrics& metrics,
                                 rpc::ServerMetrics& server_metrics)
    : catalog_(catalog),
      parts_{.upstream = upstream, .sealer = sealer, .clock = clock, .options = options},
      metrics_(metrics),
      list_metrics_(server_metrics.Of("ListTools")),
      call_metrics_(server_metrics.Of("CallTool")) {}

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

}  // namespace mesh::zoho_proxy
