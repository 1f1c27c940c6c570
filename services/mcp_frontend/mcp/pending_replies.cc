#include "services/mcp_frontend/mcp/pending_replies.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/random.h"
#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::mcp {
namespace {

constexpr char kStopping[] = "the server stops";

}  // namespace

std::string PendingReplies::Expect(absl::string_view tenant, absl::Time deadline,
                                   Answer::Replied replied) {
  std::string id = JsonString(RandomId("mesh-"));
  bool closed = false;
  {
    const std::lock_guard lock(mu_);
    closed = closed_;
    if (!closed) waiting_.emplace(id, Waiting{std::string(tenant), std::move(replied)});
  }
  if (closed) {
    std::move(replied)({.error = kStopping});
  } else {
    timer_.Post(deadline - absl::Now(),
                [this, id] { End(id, {.error = "the client did not answer in time"}); });
  }
  return id;
}

void PendingReplies::Take(absl::string_view tenant, const Message& response) {
  {
    const std::lock_guard lock(mu_);
    const auto found = waiting_.find(response.id);
    if (found == waiting_.end() || found->second.tenant != tenant) return;
  }
  Reply reply{.result_json = response.result};
  if (reply.result_json.empty()) reply.error = absl::StrCat("the client refused: ", response.error);
  End(response.id, std::move(reply));
}

void PendingReplies::Close() {
  std::unordered_map<std::string, Waiting> waiting;
  {
    const std::lock_guard lock(mu_);
    closed_ = true;
    waiting.swap(waiting_);
  }
  for (auto& [id, who] : waiting) std::move(who.replied)({.error = kStopping});
}

void PendingReplies::End(const std::string& id, Reply reply) {
  Answer::Replied replied;
  {
    const std::lock_guard lock(mu_);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    replied = std::move(found->second.replied);
    waiting_.erase(found);
  }
  std::move(replied)(std::move(reply));
}

}  // namespace mesh::mcp
