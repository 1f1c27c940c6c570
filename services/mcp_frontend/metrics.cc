#include "services/mcp_frontend/metrics.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

#include "common/rpc/metrics.h"

namespace mesh::frontend {
namespace {

// Any other method is `other`.
constexpr absl::string_view kMethods[] = {
    "initialize", "notifications/initialized", "notifications/cancelled", "ping", "tools/list",
    "tools/call", "server/discover",
};

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : messages_(prometheus::BuildCounter()
                    .Name("mesh_mcp_messages_total")
                    .Help("JSON-RPC messages received, by era and method.")
                    .Register(registry)),
      refusals_(prometheus::BuildCounter()
                    .Name("mesh_mcp_refusals_total")
                    .Help("JSON-RPC errors answered, by reason.")
                    .Register(registry)),
      answers_(prometheus::BuildCounter()
                   .Name("mesh_mcp_http_answers_total")
                   .Help("Requests answered on the public listener, by HTTP status.")
                   .Register(registry)),
      tool_calls_(prometheus::BuildCounter()
                      .Name("mesh_tool_calls_total")
                      .Help("Tool calls by tool and outcome.")
                      .Register(registry)),
      approvals_(prometheus::BuildCounter()
                     .Name("mesh_mcp_approvals_total")
                     .Help("Tool calls that needed an approval, by what came of it.")
                     .Register(registry)),
      tool_call_seconds_(prometheus::BuildHistogram()
                             .Name("mesh_tool_call_duration_seconds")
                             .Help("Time from a tool call's arrival to its answer, by tool.")
                             .Register(registry)) {}

void Metrics::Message(const char* era, absl::string_view method) {
  const bool known = absl::c_linear_search(kMethods, method);
  messages_.Add({{"era", era}, {"method", known ? std::string(method) : "other"}}).Increment();
}

void Metrics::Refused(const char* reason) { refusals_.Add({{"reason", reason}}).Increment(); }

void Metrics::Answered(int status) { answers_.Add({{"code", absl::StrCat(status)}}).Increment(); }

void Metrics::ApprovalAsked(const char* outcome) {
  approvals_.Add({{"outcome", outcome}}).Increment();
}

void Metrics::ToolCalled(absl::string_view tool, absl::string_view outcome, absl::Duration took) {
  tool_calls_.Add({{"tool", std::string(tool)}, {"outcome", std::string(outcome)}}).Increment();
  tool_call_seconds_.Add({{"tool", std::string(tool)}}, rpc::LatencyBuckets())
      .Observe(absl::ToDoubleSeconds(took));
}

}  // namespace mesh::frontend
