// One answer from Zoho, with a token that Zoho takes.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"
#include "common/net/http_client.h"
#include "services/zoho_proxy/account_gate.h"
#include "services/zoho_proxy/circuit_breaker.h"
#include "services/zoho_proxy/lease.h"
#include "services/zoho_proxy/limit_board.h"
#include "services/zoho_proxy/proxy_metrics.h"
#include "services/zoho_proxy/rate_limit.h"
#include "services/zoho_proxy/token_cache.h"

namespace mesh::zoho_proxy {

struct UpstreamOptions {
  // A longer answer counts as none.
  size_t max_response_bytes = 8 << 20;

  // How long a limit lasts where Zoho does not say.
  absl::Duration assumed_lock = absl::Minutes(15);

  AccountGateOptions gate = {};
  CircuitBreakerOptions breaker = {};
};

// An answer, the host that gave it, and what it says of limits.
struct UpstreamAnswer {
  net::HttpResponse response = {};
  std::string host = {};
  RateLimitReading limits = {};
};

// Thread-safe; waits for nothing. A call under way keeps the parts, not the Upstream itself.
class Upstream {
 public:
  // Makes the request for a lease. Called once, or twice where Zoho refuses the first token; its
  // error ends the call.
  using Build = std::function<absl::StatusOr<net::HttpRequest>(const Lease&)>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<UpstreamAnswer>) &&>;

  // A call under way. Dropping it leaves the call alone.
  class Call {
   public:
    virtual ~Call() = default;

    // Closes the transfer; `done` then gets CANCELLED, unless it has been called. Thread-safe.
    virtual void Cancel() = 0;

    // Goes on with a transfer whose sink had no room (net::BodySink). Thread-safe.
    virtual void Resume() = 0;
  };

  // All must outlive it, and its calls.
  Upstream(net::HttpClient& http, TokenCache& tokens, const Clock& clock, ProxyMetrics& metrics,
           const UpstreamOptions& options);

  // Calls Zoho once, and once more only where it refuses the access token. Any answer is a value,
  // errors of Zoho included. Fails with what the lease fails with, RESOURCE_EXHAUSTED
  // (`ACCOUNT_BUSY`, `OVERLOADED`) where too much is under way, FAILED_PRECONDITION
  // (`ZOHO_TOKEN_REFUSED`), UNAVAILABLE (`ZOHO_UNREACHABLE`, `ZOHO_CIRCUIT_OPEN`, `ZOHO_ERROR`
  // where the answer is too long), DEADLINE_EXCEEDED (`ZOHO_TIMEOUT`) at `context.deadline`,
  // CANCELLED. `done` is called once, on any thread, and must not block.
  std::shared_ptr<Call> Send(const CallContext& context, const std::string& account, Build build,
                             Done done);

  // What Zoho last said of each account's limits.
  const LimitBoard& limits() const;

 private:
  class PendingCall;
  struct State;

  net::HttpClient& http_;
  TokenCache& tokens_;
  const Clock& clock_;
  ProxyMetrics& metrics_;
  const UpstreamOptions options_;
  const std::shared_ptr<State> state_;
};

}  // namespace mesh::zoho_proxy
