#include "services/auth/account_registrar.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/field_rules.h"
#include "services/auth/token_seal.h"
#include "services/auth/zoho_limits.h"

namespace mesh::auth {
namespace {

std::string NameOf(absl::string_view name, const ZohoUser& user) {
  if (!name.empty()) return std::string(name);
  for (const std::string& known : {user.portal_name, user.email}) {
    if (CheckName("name", known).ok()) return known;
  }
  return absl::StrCat("Zoho organisation ", user.organization_id);
}

// All but id, name and creation time.
v1::Account AccountOf(const Connection& connection, absl::Time now) {
  v1::Account account;
  account.set_state(v1::Account::ACTIVE);
  account.set_region(connection.region);
  account.set_organization_id(connection.user.organization_id);
  account.set_user_id(connection.user.user_id);
  account.set_user_email(connection.user.email);
  account.set_organization_admin(connection.user.organization_admin);
  for (const std::string& scope : connection.scopes) account.add_scopes(scope);
  *account.mutable_update_time() = rpc::TimestampOf(StoredTime(now));
  return account;
}

void Warn(v1::TokenUsage& usage) {
  if (usage.refreshes() >= usage.refresh_ceiling()) {
    usage.add_warnings(
        "The mesh has reached its own limit of token requests for this grant. Until the next one "
        "is "
        "allowed, calls use the access token there is.");
  }
  if (usage.live_access_tokens() >= usage.live_access_token_limit()) {
    usage.add_warnings(
        "Zoho ends the oldest access token of this grant with the next one. Somebody else may be "
        "using the same refresh token.");
  }
  if (usage.refresh_tokens() >= usage.refresh_token_limit()) {
    usage.add_warnings(
        "Zoho deletes the oldest refresh token of this user with the next one, and whoever uses it "
        "loses access. Disconnect accounts that are not needed, or connect by another user.");
  }
}

}  // namespace

absl::StatusOr<v1::Account> AccountRegistrar::Add(const CallContext& context,
                                                  absl::string_view name,
                                                  const Connection& connection) {
  v1::Account account = AccountOf(connection, clock_.Now());
  account.set_id(RandomId("acc_"));
  account.set_name(NameOf(name, connection.user));
  *account.mutable_create_time() = account.update_time();
  if (absl::Status added = store_.accounts().Insert(account, Seal(account.id(), connection));
      !added.ok()) {
    Discard(context, connection);
    return added;
  }
  DescribeNewGrant(context, connection, /*grant_number=*/1, account);
  LogInfo("account connected", {{"request_id", context.request_id},
                                {"actor", context.actor},
                                {"account", account.id()},
                                {"organization", account.organization_id()},
                                {"region", account.region()},
                                {"grant_region", connection.grant_region}});
  return account;
}

absl::StatusOr<v1::Account> AccountRegistrar::Renew(const CallContext& context,
                                                    absl::string_view id,
                                                    const Connection& connection) {
  absl::StatusOr<Reconnected> reconnected = Replace(id, connection);
  if (!reconnected.ok()) {
    Discard(context, connection);
    return reconnected.status();
  }
  v1::Account& account = reconnected->account;
  const SealedGrant& replaced = reconnected->replaced;
  broker_.Forget(account.id());
  // Whoever is handed the same token again keeps it.
  const absl::StatusOr<Secret> before =
      OpenToken(sealer_, TokenColumn::kRefreshToken, id, replaced.refresh_token);
  if (before.ok() && !(*before == connection.refresh_token)) {
    if (absl::Status revoked = RevokeGrant(context, id, replaced); !revoked.ok()) {
      LogWarning("earlier refresh token not revoked",
                 {{"request_id", context.request_id}, {"account", id}, {"error", revoked}});
    }
  }
  DescribeNewGrant(context, connection, reconnected->version.grant_number, account);
  LogInfo("account reconnected", {{"request_id", context.request_id},
                                  {"actor", context.actor},
                                  {"account", account.id()},
                                  {"region", account.region()},
                                  {"grant_region", connection.grant_region}});
  return std::move(account);
}

absl::StatusOr<Reconnected> AccountRegistrar::Replace(absl::string_view id,
                                                      const Connection& connection) {
  ASSIGN_OR_RETURN(const v1::Account old, store_.accounts().Get(id));
  if (connection.user.organization_id != old.organization_id()) {
    return OrganizationDiffers(old.organization_id(), connection.user.organization_id);
  }
  v1::Account account = AccountOf(connection, clock_.Now());
  account.set_id(old.id());
  return store_.accounts().Reconnect(account, Seal(id, connection));
}

absl::StatusOr<v1::DeleteAccountResponse> AccountRegistrar::Remove(const CallContext& context,
                                                                   absl::string_view id) {
  ASSIGN_OR_RETURN(const StoredTokens tokens, store_.tokens().Get(id));
  // First: a refresh token that outlives its account is one that nobody can find any more.
  const absl::Status revoked = RevokeGrant(context, id, tokens.grant);
  RETURN_IF_ERROR(store_.accounts().Delete(id));
  broker_.Forget(std::string(id));
  v1::DeleteAccountResponse response;
  response.set_revoked(revoked.ok());
  if (!revoked.ok()) {
    response.set_revoke_error(
        absl::StrCat(std::string(revoked.message()),
                     " Remove the access at Zoho: accounts, Sessions, Connected Apps."));
  }
  LogInfo("account deleted", {{"request_id", context.request_id},
                              {"actor", context.actor},
                              {"account", id},
                              {"revoked", revoked}});
  return response;
}

absl::Status AccountRegistrar::DescribeGrant(v1::Account& account) {
  ASSIGN_OR_RETURN(const StoredTokens tokens, store_.tokens().Get(account.id()));
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(const std::vector<absl::Time> requests,
                   store_.tokens().RequestTimes(account.id(), tokens.version.grant_number,
                                                now - kZohoAccessTokenLife));
  ASSIGN_OR_RETURN(const int64_t grants, store_.connect().CountGrants(account.id()));

  account.set_grant_region(tokens.grant.region);
  v1::TokenUsage& usage = *account.mutable_token_usage();
  usage.Clear();
  const auto first_in_window =
      std::upper_bound(requests.begin(), requests.end(), now - budget_.window);
  usage.set_refreshes(static_cast<int>(requests.end() - first_in_window));
  usage.set_refresh_ceiling(budget_.requests);
  usage.set_zoho_refresh_limit(kZohoTokenRequests);
  usage.mutable_window()->set_seconds(absl::ToInt64Seconds(budget_.window));
  absl::Time next = tokens.blocked_until;
  if (usage.refreshes() >= budget_.requests) {
    next = std::max(
        next, requests[requests.size() - static_cast<size_t>(budget_.requests)] + budget_.window);
  }
  if (next > now) *usage.mutable_next_refresh_time() = rpc::TimestampOf(next);
  usage.set_live_access_tokens(static_cast<int>(requests.size()));
  usage.set_live_access_token_limit(kZohoLiveAccessTokens);
  usage.set_refresh_tokens(static_cast<int>(grants));
  usage.set_refresh_token_limit(kZohoRefreshTokens);
  Warn(usage);
  return absl::OkStatus();
}

SealedGrant AccountRegistrar::Seal(absl::string_view account, const Connection& connection) const {
  return {.region = connection.grant_region,
          .refresh_token =
              SealToken(sealer_, TokenColumn::kRefreshToken, account, connection.refresh_token),
          .access = {.token = SealToken(sealer_, TokenColumn::kAccessToken, account,
                                        connection.access_token),
                     .issue_time = connection.issue_time,
                     .expire_time = connection.expire_time}};
}

void AccountRegistrar::DescribeNewGrant(const CallContext& context, const Connection& connection,
                                        int64_t grant_number, v1::Account& account) {
  const absl::Status counted = CountGrant(context, connection, grant_number, account);
  if (counted.ok()) return;
  LogWarning("tokens of a new grant not counted",
             {{"request_id", context.request_id}, {"account", account.id()}, {"error", counted}});
}

absl::Status AccountRegistrar::CountGrant(const CallContext& context, const Connection& connection,
                                          int64_t grant_number, v1::Account& account) {
  // The request that connected is one of those that Zoho counts; it was made, whatever is left.
  RETURN_IF_ERROR(
      store_.tokens().NoteRequest(account.id(), grant_number, StoredTime(connection.issue_time)));
  ASSIGN_OR_RETURN(const GrantCount grants,
                   store_.connect().AddGrant({.sha256 = Sha256(connection.refresh_token.Reveal()),
                                              .user_id = connection.user.user_id,
                                              .client_id = connection.client_id,
                                              .account = account.id(),
                                              .create_time = StoredTime(clock_.Now())},
                                             kZohoRefreshTokens));
  RETURN_IF_ERROR(DescribeGrant(account));
  if (grants.displaced) {
    account.mutable_token_usage()->add_warnings(
        absl::StrCat("This was one refresh token too many for the user, so Zoho has deleted the "
                     "oldest: that of ",
                     grants.displaced_account, "."));
    LogWarning("Zoho has deleted the oldest refresh token of this user for the new one",
               {{"request_id", context.request_id},
                {"account", account.id()},
                {"oldest_of", grants.displaced_account},
                {"limit", kZohoRefreshTokens}});
  }
  return absl::OkStatus();
}

void AccountRegistrar::Discard(const CallContext& context, const Connection& connection) {
  if (!connection.issued_now) return;
  const absl::Status revoked =
      connector_.Revoke(context, connection.grant_region, connection.refresh_token);
  if (!revoked.ok()) {
    LogWarning("unneeded refresh token not revoked",
               {{"request_id", context.request_id}, {"error", revoked}});
  }
}

absl::Status AccountRegistrar::RevokeGrant(const CallContext& context, absl::string_view account,
                                           const SealedGrant& grant) {
  ASSIGN_OR_RETURN(const Secret refresh_token,
                   OpenToken(sealer_, TokenColumn::kRefreshToken, account, grant.refresh_token));
  RETURN_IF_ERROR(connector_.Revoke(context, grant.region, refresh_token));
  return store_.connect().RemoveGrant(Sha256(refresh_token.Reveal()));
}

}  // namespace mesh::auth
