// The tenant that the protocol's official conformance suite is run against: it offers one of each
// kind of tool, prompt and resource there is, under the names and texts that the suite looks for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/base/delay_queue.h"
#include "services/mcp_frontend/mcp/listeners.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::conformance {

// Thread-safe.
class Fixtures final : public mcp::Tenant {
 public:
  // Both must outlive it.
  Fixtures(DelayQueue& timer, mcp::Listeners& listeners) : timer_(timer), listeners_(listeners) {}

  absl::string_view id() const override { return "conformance"; }
  bool keeps_sessions() const override { return true; }
  const std::vector<mcp::ParamHeader>* ParamHeadersOf(absl::string_view tool) const override;

  void ListTools(const mcp::Revision& revision, std::shared_ptr<mcp::Answer> answer) override;
  void CallTool(const mcp::Revision& revision, const CallContext& context, mcp::ToolCall call,
                std::shared_ptr<mcp::Answer> answer) override;
  void ListPrompts(const mcp::Revision& revision, std::shared_ptr<mcp::Answer> answer) override;
  void GetPrompt(const mcp::Revision& revision, const CallContext& context, mcp::PromptCall call,
                 std::shared_ptr<mcp::Answer> answer) override;
  void ListResources(const mcp::Revision& revision, std::shared_ptr<mcp::Answer> answer) override;
  void ListResourceTemplates(const mcp::Revision& revision,
                             std::shared_ptr<mcp::Answer> answer) override;
  void ReadResource(const mcp::Revision& revision, const CallContext& context, std::string uri,
                    std::shared_ptr<mcp::Answer> answer) override;
  void Complete(const mcp::Revision& revision, const CallContext& context, mcp::CompletionCall call,
                std::shared_ptr<mcp::Answer> answer) override;

  // For tools that take their time, and tools that change what there is.
  DelayQueue& timer() { return timer_; }
  mcp::Listeners& listeners() { return listeners_; }

 private:
  DelayQueue& timer_;
  mcp::Listeners& listeners_;
};

}  // namespace mesh::conformance
