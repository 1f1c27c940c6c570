// One call of a composite tool: runs its workflow over calls of other tools, several at a time.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "mesh/tools/v1/tools.pb.h"
#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/composite_workflow.h"
#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/projection.h"
#include "services/zoho_proxy/tool_call.h"

namespace mesh::zoho_proxy {

// Lives as long as its wait for Zoho does. Thread-safe; waits for nothing.
//
// All its calls share its deadline, account and rights. What could not be had is named in `failed`
// of the result, and the rest kept; only where nothing was had is the result an error. After an
// ended limit nothing more is asked. `next_cursor` is sealed, and opens for the same account and
// arguments (but `limit` and `fields`) only.
class CompositeCall : public std::enable_shared_from_this<CompositeCall>, private CompositeSteps {
 public:
  using Done = ToolCall::Done;

  // `tool` is a composite one of `catalog`.
  CompositeCall(const ToolCallParts& parts, const CallContext& context,
                std::shared_ptr<const Catalog> catalog, const Tool& tool, Done done);
  ~CompositeCall() override;

  // Once. `done` is then called once, on any thread.
  void Start(const tools::v1::CallToolRequest& request);

  // The caller has gone: closes what is open.
  void Cancel();

 private:
  struct Asked;
  struct Answered;
  struct Parts;

  // CompositeSteps, on the thread that pumps.
  const Arguments& arguments() const override;
  absl::Time now() const override { return arrived_; }
  bool Has(absl::string_view name) const override { return catalog_->Find(name) != nullptr; }
  int64_t PageSize(absl::string_view name) const override;
  int calls_left() const override { return calls_left_; }
  void Call(absl::string_view tool, Arguments arguments, Then then) override;
  void CallPage(absl::string_view tool, Arguments arguments, int64_t number, Then then) override;
  void Failed(absl::string_view part, const absl::Status& why) override;

  absl::Status Prepare(const tools::v1::CallToolRequest& request);
  void Pump();
  void Ask(Asked asked);
  void Take(Answered answered);
  void KeepLimits(const tools::v1::RateLimit& limits);
  void Finish();
  absl::StatusOr<std::string> Result();
  void CutRows(Json& result, Json& cursor, const Json& again);
  void End(absl::StatusOr<tools::v1::CallToolResponse> response);

  // Of the calls underneath.
  const ToolCallOptions options_;
  const ToolCallParts parts_;
  // Of all rows of the result.
  const size_t max_row_bytes_;
  const absl::Time arrived_;
  CallContext context_;
  const std::shared_ptr<const Catalog> catalog_;
  const Tool& tool_;
  Done done_;

  std::string account_;
  bool reveal_secrets_ = false;
  std::string scope_;
  Projection fields_;
  std::unique_ptr<CompositeWorkflow> workflow_;
  // What is made of JSON.
  const std::unique_ptr<Parts> json_;
  // Rows of the result that were handed on, by the cursor.
  size_t delivered_ = 0;
  int calls_left_;
  size_t more_failures_ = 0;
  // The error after which nothing is asked any more.
  absl::Status halt_;
  std::optional<tools::v1::RateLimit> limits_;

  std::mutex mu_;
  // Whether some thread runs the workflow; what comes meanwhile is left to it.
  bool pumping_ = false;
  bool cancelled_ = false;
  int under_way_ = 0;
  std::vector<std::weak_ptr<ToolCall>> calls_;
};

}  // namespace mesh::zoho_proxy
