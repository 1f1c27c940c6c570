// Access tokens at hand: leases from auth-service, held until shortly before they end.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "mesh/auth/v1/tokens.pb.h"
#include "services/zoho_proxy/lease.h"

namespace mesh::zoho_proxy {

// Thread-safe; waits for nothing. Any number of callers cause one call to auth-service an account.
class TokenCache {
 public:
  // Asks auth-service, without waiting. The last argument is called once, on any thread.
  using Fetched = absl::AnyInvocable<void(absl::StatusOr<auth::v1::AccessToken>) &&>;
  using Fetch =
      std::function<void(const CallContext&, const auth::v1::GetAccessTokenRequest&, Fetched)>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::shared_ptr<const Lease>>) &&>;

  // `clock` must outlive it, and it whatever `fetch` has under way.
  TokenCache(Fetch fetch, const Clock& clock) : fetch_(std::move(fetch)), clock_(clock) {}

  // Gives `done` a lease of `account`: the one at hand, or a new one where it ends within five
  // minutes or has the generation `refused`, of a token that Zoho has just refused (0: none).
  // `done` is called once, on this thread or one of gRPC, and must not block. Fails like
  // TokenService.GetAccessToken; a failure is no error while the lease at hand lives and was not
  // refused.
  void Get(const CallContext& context, const std::string& account, int64_t refused, Done done);

 private:
  struct Waiter {
    int64_t refused = 0;
    Done done;
  };

  struct Entry {
    std::shared_ptr<const Lease> held = {};
    std::vector<Waiter> waiting = {};
    bool fetching = false;
  };

  // Accounts that share a lock.
  struct Shard {
    std::mutex mu;
    std::unordered_map<std::string, Entry> entries;
  };

  Shard& ShardOf(const std::string& account);
  void Ask(const CallContext& context, const std::string& account, int64_t refused);
  void Answered(const CallContext& context, const std::string& account, int64_t refused,
                absl::StatusOr<std::shared_ptr<const Lease>> result);

  const Fetch fetch_;
  const Clock& clock_;
  std::array<Shard, 16> shards_;
};

}  // namespace mesh::zoho_proxy
