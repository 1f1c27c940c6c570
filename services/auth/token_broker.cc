#include "services/auth/token_broker.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "services/auth/token_seal.h"
#include "services/auth/zoho_limits.h"
#include "services/auth/zoho_oauth.h"

namespace mesh::auth {
namespace {

using config::v1::RegionConfig;
using Outcome = TokenAnswer::Outcome;

// When a task is tried again that the pool had no room for.
constexpr absl::Duration kPoolIsFull = absl::Milliseconds(10);

// A token need not outlive half its life, or one that is short from the start would be refreshed by
// every caller.
bool LivesLongEnough(const Lease& lease, absl::Duration min_ttl, absl::Time now) {
  const absl::Duration enough = std::min(min_ttl, (lease.expire_time - lease.issue_time) / 2);
  return lease.expire_time > now && lease.expire_time - now >= enough;
}

bool Serves(const Lease& lease, const LeaseRequest& request, absl::Time now) {
  return lease.generation > request.refused_generation &&
         LivesLongEnough(lease, request.min_ttl, now);
}

// Good enough where nothing better is to be had.
bool StillWorks(const Lease& lease, const LeaseRequest& request, absl::Time now) {
  return lease.generation > request.refused_generation && lease.expire_time > now;
}

}  // namespace

struct TokenBroker::Flight {
  // Of the call that it began with, for the log.
  std::string request_id;

  // The request to Zoho, once there is one.
  std::shared_ptr<net::HttpCall> call;

  // It has found that another replica asks Zoho.
  bool awaits_another = false;
};

struct TokenBroker::Account {
  struct Waiter {
    LeaseRequest request;
    Done done;
  };

  // A token that Zoho gave and the store could not take.
  struct Unsaved {
    TokenVersion predecessor;
    SealedAccessToken token;
  };

  explicit Account(std::string account_id) : id(std::move(account_id)) {}

  const std::string id;

  std::mutex mu;
  std::optional<Lease> lease;
  std::optional<Unsaved> unsaved;
  std::vector<Waiter> waiters;
  std::shared_ptr<Flight> flight;

  // Refused by somebody who waits: while that is looked into, others wait too.
  int64_t suspect_generation = 0;

  absl::Time no_flight_before = absl::InfinitePast();
  absl::Status last_failure;

  // Of the flight under way, for the log.
  std::string RequestId() {
    const std::lock_guard lock(mu);
    return flight != nullptr ? flight->request_id : "";
  }
};

TokenBroker::TokenBroker(TokenStore& store, const Sealer& sealer, net::HttpClient& http,
                         const Regions& regions, const OauthClients& clients, ThreadPool& pool,
                         const Clock& clock, AuthMetrics& metrics, TokenBrokerOptions options)
    : store_(store),
      sealer_(sealer),
      http_(http),
      regions_(regions),
      clients_(clients),
      pool_(pool),
      clock_(clock),
      metrics_(metrics),
      options_(options) {}

TokenBroker::~TokenBroker() {
  std::unique_lock lock(mu_);
  closing_ = true;
  std::vector<AccountPtr> accounts;
  for (const auto& [id, account] : accounts_) accounts.push_back(account);
  lock.unlock();
  for (const AccountPtr& account : accounts) {
    std::shared_ptr<net::HttpCall> call;
    {
      const std::lock_guard account_lock(account->mu);
      if (account->flight != nullptr) call = account->flight->call;
    }
    if (call != nullptr) call->Cancel();
  }
  lock.lock();
  unused_.wait(lock, [this] { return uses_ == 0; });
}

void TokenBroker::BeginUse() {
  const std::lock_guard lock(mu_);
  ++uses_;
}

void TokenBroker::EndUse() {
  const std::lock_guard lock(mu_);
  if (--uses_ == 0) unused_.notify_all();
}

bool TokenBroker::Closing() {
  const std::lock_guard lock(mu_);
  return closing_;
}

TokenBroker::AccountPtr TokenBroker::Find(const std::string& account) {
  const std::lock_guard lock(mu_);
  AccountPtr& found = accounts_[account];
  if (found == nullptr) found = std::make_shared<Account>(account);
  return found;
}

void TokenBroker::Drop(const AccountPtr& account) {
  const std::lock_guard lock(mu_);
  const auto found = accounts_.find(account->id);
  if (found != accounts_.end() && found->second == account) accounts_.erase(found);
}

void TokenBroker::Forget(absl::string_view account) {
  const std::lock_guard lock(mu_);
  // A flight of the account that is forgotten lands without a trace.
  accounts_.erase(std::string(account));
}

void TokenBroker::Apply(const v1::WatchResponse& news) {
  if (news.reset()) {
    const std::lock_guard lock(mu_);
    accounts_.clear();
  }
  for (const v1::Change& change : news.changes()) {
    if (change.kind() == v1::Change::ACCOUNT) Forget(change.id());
  }
}

void TokenBroker::Get(LeaseRequest request, Done done) {
  const AccountPtr account = Find(request.account);
  std::optional<absl::StatusOr<Lease>> answer;
  bool take_off = false;
  {
    const std::lock_guard lock(account->mu);
    const absl::Time now = clock_.Now();
    const bool flying = account->flight != nullptr;
    const bool may_fly = !flying && now >= account->no_flight_before;
    const std::optional<Lease>& lease = account->lease;
    const std::string request_id = may_fly ? request.request_id : "";
    if (lease.has_value() && Serves(*lease, request, now) &&
        lease->generation != account->suspect_generation) {
      answer = *lease;
      take_off = may_fly && !LivesLongEnough(*lease, options_.refresh_early, now);
    } else if (flying || may_fly) {
      account->suspect_generation =
          std::max(account->suspect_generation, request.refused_generation);
      account->waiters.push_back({std::move(request), std::move(done)});
      take_off = may_fly;
    } else if (lease.has_value() && StillWorks(*lease, request, now)) {
      answer = *lease;
    } else {
      answer = account->last_failure;
    }
    if (take_off) {
      account->flight = std::make_shared<Flight>();
      account->flight->request_id = request_id;
    }
  }
  if (answer.has_value()) {
    (answer->ok() ? metrics_.leases_from_memory : metrics_.leases_refused).Increment();
    // NOLINTNEXTLINE(bugprone-use-after-move): where it waits there is no answer yet.
    std::move(done)(*std::move(answer));
  }
  if (take_off) TakeOff(account);
}

void TokenBroker::TakeOff(const AccountPtr& account) {
  BeginUse();
  if (!pool_.TryPost([this, account] { Fly(account); })) {
    Land(account, Overloaded(), Source::kStore);
  }
}

void TokenBroker::Fly(const AccountPtr& account) {
  // The flight may land, and end its use, before this function returns.
  BeginUse();
  const absl::Cleanup end_use = [this] { EndUse(); };

  LeaseRequest strictest{.min_ttl = absl::ZeroDuration()};
  {
    const std::lock_guard lock(account->mu);
    if (account->waiters.empty()) strictest.min_ttl = options_.refresh_early;
    for (const Account::Waiter& waiter : account->waiters) {
      strictest.min_ttl = std::max(strictest.min_ttl, waiter.request.min_ttl);
      strictest.refused_generation =
          std::max(strictest.refused_generation, waiter.request.refused_generation);
    }
  }
  if (absl::Status saved = SaveUnsaved(account); !saved.ok()) {
    return Land(account, saved, Source::kStore);
  }
  const absl::StatusOr<StoredTokens> stored = store_.Get(account->id);
  if (!stored.ok()) return Land(account, stored.status(), Source::kStore);
  absl::StatusOr<Lease> lease = Open(account->id, *stored);
  if (!lease.ok()) return Land(account, lease.status(), Source::kStore);
  {
    // At hand, whatever Zoho says.
    const std::lock_guard lock(account->mu);
    if (!account->lease.has_value() || account->lease->generation < lease->generation) {
      account->lease = *lease;
    }
  }
  if (Serves(*lease, strictest, clock_.Now())) {
    return Land(account, *std::move(lease), Source::kStore);
  }
  if (const absl::Status asked = AskZoho(account, *stored); !asked.ok()) {
    Land(account, asked, Source::kStore);
  }
}

absl::Status TokenBroker::AskZoho(const AccountPtr& account, const StoredTokens& stored) {
  if (stored.reauthorization_required) return ReauthorizationRequired(account->id);
  ASSIGN_OR_RETURN(const RegionConfig* region, regions_.Find(stored.grant.region));
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(stored.grant.region));
  ASSIGN_OR_RETURN(const Secret refresh_token, OpenToken(sealer_, TokenColumn::kRefreshToken,
                                                         account->id, stored.grant.refresh_token));
  const absl::Time asked = clock_.Now();
  if (asked < stored.blocked_until) {
    return OauthThrottled(stored.blocked_until - asked, kZohoBudget);
  }
  const RefreshLease lease{.holder = RandomId("refresh_"),
                           .until = asked + options_.request_timeout + options_.lease_margin};
  ASSIGN_OR_RETURN(const RefreshTurn turn,
                   store_.BeginRefresh(account->id, stored.version, lease, asked, options_.budget));
  if (turn != RefreshTurn::kMine) {
    if (turn == RefreshTurn::kOthers) {
      // However often the flight looks.
      const std::lock_guard lock(account->mu);
      if (!std::exchange(account->flight->awaits_another, true)) {
        metrics_.refreshes_awaited.Increment();
      }
    }
    FlyOnLater(account);
    return absl::OkStatus();
  }
  net::HttpRequest request = RefreshRequest(region->accounts_url(), *client, refresh_token);
  request.timeout = options_.request_timeout;
  Send(account, stored, std::move(request), asked, lease.holder);
  return absl::OkStatus();
}

void TokenBroker::FlyOnLater(const AccountPtr& account) {
  later_.Post(options_.lease_poll, [this, account] {
    PostSurely(std::make_shared<std::function<void()>>([this, account] {
      if (Closing()) return Land(account, CallerGone(), Source::kStore);
      Fly(account);
    }));
  });
}

void TokenBroker::PostSurely(std::shared_ptr<std::function<void()>> task) {
  if (pool_.TryPost([task] { (*task)(); })) return;
  later_.Post(kPoolIsFull, [this, task = std::move(task)] { PostSurely(task); });
}

void TokenBroker::Send(const AccountPtr& account, const StoredTokens& stored,
                       net::HttpRequest request, absl::Time asked, const std::string& holder) {
  std::shared_ptr<Flight> flight;
  {
    const std::lock_guard lock(account->mu);
    flight = account->flight;
  }
  std::shared_ptr<net::HttpCall> call = http_.Send(
      std::move(request),
      [this, account, stored, asked, holder](absl::StatusOr<net::HttpResponse> response) {
        PostSurely(std::make_shared<std::function<void()>>(
            [this, account, stored, asked, holder, response = std::move(response)] {
              Source source = Source::kZoho;
              absl::StatusOr<Lease> lease = ReadZoho(account, stored, asked, response, source);
              // Others may try at once. While the store is away the lease ends by itself.
              if (!lease.ok()) store_.EndRefresh(account->id, holder).IgnoreError();
              Land(account, std::move(lease), source);
            }));
      });
  {
    const std::lock_guard lock(account->mu);
    flight->call = call;
  }
  if (Closing()) call->Cancel();
}

absl::StatusOr<Lease> TokenBroker::ReadZoho(const AccountPtr& account, const StoredTokens& stored,
                                            absl::Time asked,
                                            const absl::StatusOr<net::HttpResponse>& response,
                                            Source& source) {
  const std::string& region = stored.grant.region;
  const absl::Duration took = clock_.Now() - asked;
  if (!response.ok()) {
    metrics_.RecordTokenRequest(region, "unreachable", took);
    return ZohoUnreachable(absl::StrCat("the accounts host of ", region),
                           absl::StripSuffix(response.status().message(), "."));
  }
  TokenAnswer answer = ReadTokenAnswer(*response);
  metrics_.RecordTokenRequest(region, OutcomeName(answer.outcome), took);
  switch (answer.outcome) {
    case Outcome::kGranted:
      break;
    case Outcome::kCredentialRefused:
      RETURN_IF_ERROR(Refuse(account, stored));
      return Reread(account, source);
    case Outcome::kClientRefused:
      return OauthClientRefused(answer.error, region);
    case Outcome::kThrottled:
      // What is left of the window is not known.
      RETURN_IF_ERROR(store_.Block(account->id, stored.version.grant_number, asked + kZohoWindow));
      return OauthThrottled(kZohoWindow - took, kZohoBudget);
    case Outcome::kRefused:
    case Outcome::kBroken:
      return ZohoBroken(answer.error, response->status);
  }
  ASSIGN_OR_RETURN(Lease lease, Open(account->id, stored));
  lease.access_token = std::move(answer.access_token);
  lease.issue_time = asked;
  lease.expire_time = asked + answer.lifetime;
  lease.generation = stored.version.generation + 1;
  return Save(account, stored, std::move(lease), source);
}

absl::StatusOr<Lease> TokenBroker::Save(const AccountPtr& account, const StoredTokens& stored,
                                        Lease lease, Source& source) {
  const SealedAccessToken token{
      .token = SealToken(sealer_, TokenColumn::kAccessToken, account->id, lease.access_token),
      .issue_time = lease.issue_time,
      .expire_time = lease.expire_time};
  const absl::StatusOr<bool> saved = store_.SaveAccessToken(account->id, stored.version, token);
  if (saved.ok() && !*saved) return Reread(account, source);
  LogInfo("access token refreshed", {{"request_id", account->RequestId()},
                                     {"account", account->id},
                                     {"region", stored.grant.region},
                                     {"generation", lease.generation},
                                     {"saved", saved.ok()}});
  if (!saved.ok()) {
    // It works all the same, and is kept once the store is back.
    const std::lock_guard lock(account->mu);
    account->unsaved = {.predecessor = stored.version, .token = token};
  }
  return lease;
}

absl::Status TokenBroker::SaveUnsaved(const AccountPtr& account) {
  std::optional<Account::Unsaved> unsaved;
  {
    const std::lock_guard lock(account->mu);
    unsaved = account->unsaved;
  }
  if (!unsaved.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(
      store_.SaveAccessToken(account->id, unsaved->predecessor, unsaved->token).status());
  const std::lock_guard lock(account->mu);
  account->unsaved.reset();
  return absl::OkStatus();
}

// Returns OK where the refused tokens are no longer the newest.
absl::Status TokenBroker::Refuse(const AccountPtr& account, const StoredTokens& stored) {
  const absl::StatusOr<bool> marked = store_.MarkRefused(account->id, stored.version, clock_.Now());
  if (marked.ok() && !*marked) return absl::OkStatus();
  LogWarning("reauthorization required", {{"request_id", account->RequestId()},
                                          {"account", account->id},
                                          {"region", stored.grant.region},
                                          {"saved", marked.ok()}});
  metrics_.reauthorizations.Increment();
  return ReauthorizationRequired(account->id);
}

absl::StatusOr<Lease> TokenBroker::Reread(const AccountPtr& account, Source& source) {
  source = Source::kStore;
  ASSIGN_OR_RETURN(const StoredTokens stored, store_.Get(account->id));
  return Open(account->id, stored);
}

absl::StatusOr<Lease> TokenBroker::Open(const std::string& account,
                                        const StoredTokens& stored) const {
  ASSIGN_OR_RETURN(const RegionConfig* region, regions_.Find(stored.region));
  ASSIGN_OR_RETURN(Secret access_token, OpenToken(sealer_, TokenColumn::kAccessToken, account,
                                                  stored.grant.access.token));
  return Lease{.access_token = std::move(access_token),
               .issue_time = stored.grant.access.issue_time,
               .expire_time = stored.grant.access.expire_time,
               .generation = stored.version.generation,
               .organization_id = stored.organization_id,
               .user_id = stored.user_id,
               .region = stored.region,
               .meeting_url = region->meeting_url()};
}

void TokenBroker::Land(const AccountPtr& account, absl::StatusOr<Lease> lease, Source source) {
  struct Answer {
    Done done;
    absl::StatusOr<Lease> lease;
  };
  std::vector<Answer> answers;
  bool again = false;
  const bool gone = absl::IsNotFound(lease.status());
  const std::string request_id = account->RequestId();
  {
    const std::lock_guard lock(account->mu);
    const absl::Time now = clock_.Now();
    account->flight.reset();
    account->suspect_generation = 0;
    if (gone) account->lease.reset();
    if (lease.ok()) {
      account->lease = *lease;
      account->no_flight_before = absl::InfinitePast();
    } else {
      account->last_failure = lease.status();
      account->no_flight_before = now + options_.pause_after_failure;
    }
    std::vector<Account::Waiter> waiters;
    waiters.swap(account->waiters);
    for (Account::Waiter& waiter : waiters) {
      if (lease.ok() && source == Source::kStore && !Serves(*lease, waiter.request, now)) {
        // It came after take-off and wants more than the others did.
        account->suspect_generation =
            std::max(account->suspect_generation, waiter.request.refused_generation);
        account->waiters.push_back(std::move(waiter));
        again = true;
      } else if (!lease.ok() && account->lease.has_value() &&
                 StillWorks(*account->lease, waiter.request, now)) {
        answers.push_back({std::move(waiter.done), *account->lease});
      } else {
        answers.push_back({std::move(waiter.done), lease});
      }
    }
    if (again) {
      account->flight = std::make_shared<Flight>();
      account->flight->request_id = account->waiters.front().request.request_id;
    }
  }
  if (gone) Drop(account);
  if (!lease.ok() && !gone) {
    LogWarning("no new access token",
               {{"request_id", request_id}, {"account", account->id}, {"error", lease.status()}});
  }
  for (Answer& answer : answers) {
    (!answer.lease.ok()                      ? metrics_.leases_refused
     : source == Source::kZoho && lease.ok() ? metrics_.leases_from_zoho
                                             : metrics_.leases_from_store)
        .Increment();
    std::move(answer.done)(std::move(answer.lease));
  }
  if (again) TakeOff(account);
  EndUse();
}

}  // namespace mesh::auth
