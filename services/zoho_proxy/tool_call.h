// One call of a tool, from its arguments to its result, over as many pages of Zoho as it takes.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/base/seal.h"
#include "mesh/tools/v1/tools.pb.h"
#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/pagination.h"
#include "services/zoho_proxy/result_writer.h"
#include "services/zoho_proxy/tool_call_options.h"
#include "services/zoho_proxy/upstream.h"
#include "services/zoho_proxy/user_directory.h"

namespace mesh::zoho_proxy {

// What every call needs. All must outlive the calls under way.
struct ToolCallParts {
  Upstream& upstream;
  const Sealer& sealer;
  const Clock& clock;
  const ToolCallOptions& options;

  // Looks users up by e-mail address; nullptr where that is not offered.
  UserDirectory* users = nullptr;
};

// Until when a call that came `now` may wait for Zoho: somewhat shorter than its caller waits, so
// that it hears of a timeout before its own strikes.
absl::Time DeadlineOf(const CallContext& context, absl::Time now, const ToolCallOptions& options);

// Lives as long as its wait for Zoho does. Thread-safe; waits for nothing.
class ToolCall : public std::enable_shared_from_this<ToolCall> {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<tools::v1::CallToolResponse>) &&>;

  // `tool` is of `catalog`.
  ToolCall(const ToolCallParts& parts, const CallContext& context,
           std::shared_ptr<const Catalog> catalog, const Tool& tool, Done done);
  ~ToolCall();

  // Once. `done` is then called once, on any thread.
  void Start(const tools::v1::CallToolRequest& request);

  // The caller has gone: closes what is open.
  void Cancel();

 private:
  absl::Status Prepare(const tools::v1::CallToolRequest& request);
  // Puts the zuid in the place of each e-mail address of a user, then asks Zoho.
  void LookUpUsers();
  void Ask();
  void Answered(absl::StatusOr<UpstreamAnswer> answer);
  bool FollowsLink(const net::HttpResponse& response);
  absl::Status Read(const net::HttpResponse& response);
  void FinishList(const absl::Status& failure);
  void Finish(absl::StatusOr<std::string> result_json);

  const ToolCallParts parts_;
  CallContext context_;
  // Keeps the tool.
  const std::shared_ptr<const Catalog> catalog_;
  const Tool& tool_;
  Done done_;

  std::string account_;
  std::unique_ptr<Arguments> arguments_;
  // Of a file: where Zoho has led to, and how often; none while the argument is asked for.
  std::optional<std::string> link_;
  int links_ = 0;
  std::string cursor_scope_;
  std::optional<Pager> pager_;
  std::unique_ptr<ResultWriter> writer_;
  size_t rows_ = 0;
  bool cut_ = false;
  std::optional<int64_t> total_;
  std::optional<tools::v1::RateLimit> limits_;

  std::mutex mu_;
  // The newest page's.
  std::weak_ptr<Upstream::Call> asking_;
  int asks_ = 0;
  bool cancelled_ = false;
};

}  // namespace mesh::zoho_proxy
