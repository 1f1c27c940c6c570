// What the MCP surface counts and measures.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace mesh::frontend {

// Thread-safe. Labels are an era, a known method, a tool of the catalogue, a status, or a reason:
// never what a caller can make up.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  // A JSON-RPC message arrived.
  void Message(const char* era, absl::string_view method);

  // The protocol refused one, by the label of its error.
  void Refused(const char* reason);

  // An HTTP request was answered.
  void Answered(int status);

  // A tool was called. `outcome` is `ok` or the reason of the error.
  void ToolCalled(absl::string_view tool, absl::string_view outcome, absl::Duration took);

  // A call needed an approval: `granted`, `asked` (the client), `pending`, `denied`, `invalid` (no
  // arguments to approve) or `failed`.
  void ApprovalAsked(const char* outcome);

 private:
  prometheus::Family<prometheus::Counter>& messages_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& answers_;
  prometheus::Family<prometheus::Counter>& tool_calls_;
  prometheus::Family<prometheus::Counter>& approvals_;
  prometheus::Family<prometheus::Histogram>& tool_call_seconds_;
};

}  // namespace mesh::frontend
