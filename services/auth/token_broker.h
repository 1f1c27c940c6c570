// Lends each account's access token to any number of callers and has it refreshed once for all.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/base/delay_queue.h"
#include "common/base/seal.h"
#include "common/base/secret.h"
#include "common/base/thread_pool.h"
#include "common/net/http_client.h"
#include "mesh/auth/v1/changes.pb.h"
#include "services/auth/metrics.h"
#include "services/auth/oauth_clients.h"
#include "services/auth/regions.h"
#include "services/auth/store/token_store.h"

namespace mesh::auth {

// What a caller needs to call Zoho for an account.
struct Lease {
  Secret access_token = {};
  absl::Time issue_time = absl::InfinitePast();
  absl::Time expire_time = absl::InfinitePast();
  int64_t generation = 0;
  std::string organization_id = {};
  std::string user_id = {};
  std::string region = {};
  std::string meeting_url = {};
};

struct LeaseRequest {
  std::string account = {};

  // What should be left of the token's life; a token of which half is left always does.
  absl::Duration min_ttl = absl::Minutes(5);

  // Of the token that Zoho has just refused; 0 where none was.
  int64_t refused_generation = 0;

  // For the log.
  std::string request_id = {};
};

struct TokenBrokerOptions {
  // A token of which less is left is refreshed in the background when somebody asks for it.
  absl::Duration refresh_early = absl::Minutes(5);

  RefreshBudget budget = {};

  // Longest wait for Zoho.
  absl::Duration request_timeout = absl::Seconds(20);

  // How much longer a replica's turn to ask Zoho lasts: time to keep the answer. A replica that
  // dies in its turn is replaced when both are over.
  absl::Duration lease_margin = absl::Seconds(2);

  // How often the store is asked whether the replica whose turn it is has got a token.
  absl::Duration lease_poll = absl::Milliseconds(100);

  // Further callers get the error of a refresh that failed within this time, or the old token,
  // instead of another attempt.
  absl::Duration pause_after_failure = absl::Seconds(1);
};

// Thread-safe. The memory is a cache of the store, which wins wherever they differ. Of all brokers
// on one store, in this process and in others, one at a time asks Zoho about an account, holding a
// lease in the store; the others watch the store for what comes of it. What is saved or refused is
// tied to the generation that was asked about, so whoever comes late changes nothing. A refresh
// passes through the pool twice, before and after Zoho's answer, and holds no thread in between.
// Destruction breaks off what is under way and waits for it.
class TokenBroker {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<Lease>) &&>;

  TokenBroker(TokenStore& store, const Sealer& sealer, net::HttpClient& http,
              const Regions& regions, const OauthClients& clients, ThreadPool& pool,
              const Clock& clock, AuthMetrics& metrics, TokenBrokerOptions options);
  ~TokenBroker();

  // Calls `done` once, with a living token: on this thread where memory has it, on one of the pool
  // otherwise. Does not block. Fails with NOT_FOUND (`ACCOUNT_NOT_FOUND`), FAILED_PRECONDITION
  // (`REAUTHORIZATION_REQUIRED`; `OAUTH_CLIENT_MISSING`; `OAUTH_CLIENT_REFUSED`),
  // RESOURCE_EXHAUSTED
  // (`OAUTH_THROTTLED`; `OVERLOADED`) and UNAVAILABLE (`ZOHO_UNREACHABLE`; `ZOHO_ERROR`;
  // `STORE_UNAVAILABLE`); but while the token at hand lives and is not the one that the caller had
  // refused, a failed refresh is no error.
  void Get(LeaseRequest request, Done done);

  // Drops what memory holds of an account that has been removed or connected anew.
  void Forget(absl::string_view account);

  // Forgets every account that may have changed, on whichever replica.
  void Apply(const v1::WatchResponse& news);

 private:
  struct Account;
  struct Flight;
  using AccountPtr = std::shared_ptr<Account>;

  enum class Source { kStore, kZoho };

  AccountPtr Find(const std::string& account);
  void Drop(const AccountPtr& account);

  // A flight brings one account's newest token, from the store or from Zoho. TakeOff() has it done
  // on the pool; each flight ends in one Land().
  void TakeOff(const AccountPtr& account);
  void Fly(const AccountPtr& account);
  // Takes the lease and sends the request. Where it is not this broker's turn, the flight goes on
  // when `lease_poll` is over.
  absl::Status AskZoho(const AccountPtr& account, const StoredTokens& stored);
  void FlyOnLater(const AccountPtr& account);
  void Send(const AccountPtr& account, const StoredTokens& stored, net::HttpRequest request,
            absl::Time asked, const std::string& holder);
  // Runs `task` on the pool, when it is full as soon as it is not.
  void PostSurely(std::shared_ptr<std::function<void()>> task);
  void Land(const AccountPtr& account, absl::StatusOr<Lease> lease, Source source);

  // What an answer to a request of `asked` amounts to, kept in the store. `source` becomes kStore
  // where another replica was faster.
  absl::StatusOr<Lease> ReadZoho(const AccountPtr& account, const StoredTokens& stored,
                                 absl::Time asked,
                                 const absl::StatusOr<net::HttpResponse>& response, Source& source);
  absl::StatusOr<Lease> Save(const AccountPtr& account, const StoredTokens& stored, Lease lease,
                             Source& source);
  absl::Status Refuse(const AccountPtr& account, const StoredTokens& stored);
  absl::Status SaveUnsaved(const AccountPtr& account);
  absl::StatusOr<Lease> Reread(const AccountPtr& account, Source& source);
  absl::StatusOr<Lease> Open(const std::string& account, const StoredTokens& stored) const;

  bool Closing();

  // While any is in use, destruction waits.
  void BeginUse();
  void EndUse();

  TokenStore& store_;
  const Sealer& sealer_;
  net::HttpClient& http_;
  const Regions& regions_;
  const OauthClients& clients_;
  ThreadPool& pool_;
  const Clock& clock_;
  AuthMetrics& metrics_;
  const TokenBrokerOptions options_;

  std::mutex mu_;
  std::condition_variable unused_;
  std::unordered_map<std::string, AccountPtr> accounts_;
  int uses_ = 0;
  bool closing_ = false;

  // Goes first: its tasks use the rest.
  DelayQueue later_;
};

}  // namespace mesh::auth
