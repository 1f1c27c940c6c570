#include "services/zoho_proxy/token_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/time.h"

#include "common/base/errors.h"
#include "common/rpc/proto_time.h"

namespace mesh::zoho_proxy {
namespace {

// A lease that ends sooner is asked for anew, which is when auth-service refreshes.
constexpr absl::Duration kSlack = absl::Minutes(5);

// A fetch serves every waiter, so that it keeps no single one's deadline.
constexpr absl::Duration kFetchTimeout = absl::Seconds(20);

std::shared_ptr<const Lease> ToLease(const auth::v1::AccessToken& token) {
  auto lease = std::make_shared<Lease>();
  lease->access_token = Secret(token.access_token());
  lease->expires = rpc::TimeOf(token.expire_time());
  lease->generation = token.generation();
  lease->organization_id = token.organization_id();
  lease->user_id = token.user_id();
  lease->region = token.region();
  lease->meeting_url = token.meeting_url();
  return lease;
}

}  // namespace

void TokenCache::Get(const CallContext& context, const std::string& account, int64_t refused,
                     Done done) {
  Shard& shard = ShardOf(account);
  std::shared_ptr<const Lease> lease;
  {
    const std::lock_guard lock(shard.mu);
    Entry& entry = shard.entries[account];
    const std::shared_ptr<const Lease>& held = entry.held;
    if (held != nullptr && held->generation > refused && clock_.Now() + kSlack < held->expires) {
      lease = held;
    } else {
      entry.waiting.push_back({.refused = refused, .done = std::move(done)});
      if (std::exchange(entry.fetching, true)) return;
    }
  }
  // Where `done` waits, and is moved from, there is no lease.
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  if (lease != nullptr) return std::move(done)(std::move(lease));
  Ask(context, account, refused);
}

TokenCache::Shard& TokenCache::ShardOf(const std::string& account) {
  return shards_[std::hash<std::string>()(account) % shards_.size()];
}

void TokenCache::Ask(const CallContext& context, const std::string& account, int64_t refused) {
  CallContext own = context;
  own.deadline = clock_.Now() + kFetchTimeout;
  auth::v1::GetAccessTokenRequest request;
  request.set_account(account);
  request.set_refused_generation(refused);
  fetch_(own, request,
         [this, context, account, refused](absl::StatusOr<auth::v1::AccessToken> token) {
           if (token.ok()) {
             Answered(context, account, refused, ToLease(*token));
           } else {
             Answered(context, account, refused, token.status());
           }
         });
}

void TokenCache::Answered(const CallContext& context, const std::string& account, int64_t refused,
                          absl::StatusOr<std::shared_ptr<const Lease>> result) {
  Shard& shard = ShardOf(account);
  std::vector<std::pair<Waiter, absl::StatusOr<std::shared_ptr<const Lease>>>> served;
  int64_t refused_since = 0;
  {
    const std::lock_guard lock(shard.mu);
    Entry& entry = shard.entries[account];
    if (result.ok()) entry.held = *result;
    const bool lives = entry.held != nullptr && clock_.Now() < entry.held->expires;
    std::vector<Waiter> waiting = std::exchange(entry.waiting, {});
    for (Waiter& waiter : waiting) {
      // Refused while this fetch was under way: what it brought is the refused one itself.
      if (result.ok() && waiter.refused > refused && waiter.refused >= (*result)->generation) {
        refused_since = std::max(refused_since, waiter.refused);
        entry.waiting.push_back(std::move(waiter));
      } else if (!result.ok() && lives && entry.held->generation > waiter.refused) {
        served.emplace_back(std::move(waiter), entry.held);
      } else {
        served.emplace_back(std::move(waiter), result);
      }
    }
    entry.fetching = !entry.waiting.empty();
    // An account that never had a token is not remembered: any text may come as one.
    if (entry.held == nullptr && !entry.fetching) shard.entries.erase(account);
  }
  if (refused_since > 0) Ask(context, account, refused_since);
  for (auto& [waiter, answer] : served) std::move(waiter.done)(std::move(answer));
}

}  // namespace mesh::zoho_proxy
