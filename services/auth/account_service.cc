#include "services/auth/account_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/auth/field_rules.h"
#include "services/auth/token_seal.h"

namespace mesh::auth {
namespace {

constexpr char kList[] = "accounts";

// Connecting waits for Zoho: where Zoho hangs it may take a share of the threads, not all.
constexpr char kConnecting[] = "connecting";

// Of a request to connect or to reconnect.
template <typename Request>
absl::StatusOr<Credential> CredentialOf(const Request& request) {
  switch (request.credential_case()) {
    case Request::kRefreshToken:
      RETURN_IF_ERROR(CheckCredential("refresh_token", request.refresh_token()));
      return Credential{.kind = Credential::Kind::kRefreshToken,
                        .value = Secret(request.refresh_token())};
    case Request::kGrantCode:
      RETURN_IF_ERROR(CheckCredential("grant_code", request.grant_code()));
      return Credential{.kind = Credential::Kind::kGrantCode,
                        .value = Secret(request.grant_code())};
    case Request::CREDENTIAL_NOT_SET:
      break;
  }
  return FieldInvalid("credential", "is required: a `refresh_token` or a `grant_code`");
}

// As precise as the store is.
absl::Time StoredTime(absl::Time now) { return absl::FromUnixMicros(absl::ToUnixMicros(now)); }

std::string NameOf(const v1::CreateAccountRequest& request, const ZohoUser& user) {
  if (!request.name().empty()) return request.name();
  for (const std::string& name : {user.portal_name, user.email}) {
    if (CheckName("name", name).ok()) return name;
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

}  // namespace

grpc::ServerUnaryReactor* AccountService::CreateAccount(grpc::CallbackServerContext* call,
                                                        const v1::CreateAccountRequest* request,
                                                        v1::Account* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("CreateAccount"), call, request, response,
      [this](const CallContext& c, const v1::CreateAccountRequest& r) { return Create(c, r); },
      kConnecting);
}

grpc::ServerUnaryReactor* AccountService::GetAccount(grpc::CallbackServerContext* call,
                                                     const v1::GetAccountRequest* request,
                                                     v1::Account* response) {
  return rpc::HandleOnPool(pool_, metrics_.Of("GetAccount"), call, request, response,
                           [this](const CallContext&, const v1::GetAccountRequest& r) {
                             return store_.accounts().Get(r.id());
                           });
}

grpc::ServerUnaryReactor* AccountService::ListAccounts(grpc::CallbackServerContext* call,
                                                       const v1::ListAccountsRequest* request,
                                                       v1::ListAccountsResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ListAccounts"), call, request, response,
      [this](const CallContext&, const v1::ListAccountsRequest& r) { return List(r); });
}

grpc::ServerUnaryReactor* AccountService::UpdateAccount(grpc::CallbackServerContext* call,
                                                        const v1::UpdateAccountRequest* request,
                                                        v1::Account* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("UpdateAccount"), call, request, response,
      [this](const CallContext& c, const v1::UpdateAccountRequest& r) { return Update(c, r); });
}

grpc::ServerUnaryReactor* AccountService::ReconnectAccount(
    grpc::CallbackServerContext* call, const v1::ReconnectAccountRequest* request,
    v1::Account* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ReconnectAccount"), call, request, response,
      [this](const CallContext& c, const v1::ReconnectAccountRequest& r) {
        return Reconnect(c, r);
      },
      kConnecting);
}

grpc::ServerUnaryReactor* AccountService::DeleteAccount(grpc::CallbackServerContext* call,
                                                        const v1::DeleteAccountRequest* request,
                                                        google::protobuf::Empty* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("DeleteAccount"), call, request, response,
      [this](const CallContext& c, const v1::DeleteAccountRequest& r) { return Delete(c, r); });
}

grpc::ServerUnaryReactor* AccountService::ListRegions(grpc::CallbackServerContext* call,
                                                      const v1::ListRegionsRequest* request,
                                                      v1::ListRegionsResponse* response) {
  return rpc::HandleLater(
      metrics_.Of("ListRegions"), call, request, response,
      [this](const v1::ListRegionsRequest&, const auto& reply) { reply->Finish(KnownRegions()); });
}

absl::StatusOr<v1::Account> AccountService::Create(const CallContext& context,
                                                   const v1::CreateAccountRequest& request) {
  if (!request.name().empty()) RETURN_IF_ERROR(CheckName("name", request.name()));
  ASSIGN_OR_RETURN(const Credential credential, CredentialOf(request));
  ASSIGN_OR_RETURN(const Connection connection,
                   connector_.Connect(context, request.region(), credential));

  v1::Account account = AccountOf(connection, clock_.Now());
  account.set_id(RandomId("acc_"));
  account.set_name(NameOf(request, connection.user));
  *account.mutable_create_time() = account.update_time();
  RETURN_IF_ERROR(store_.accounts().Insert(account, Seal(account.id(), connection)));
  LogInfo("account connected", {{"request_id", context.request_id},
                                {"account", account.id()},
                                {"organization", account.organization_id()},
                                {"region", account.region()},
                                {"grant_region", connection.grant_region}});
  return account;
}

absl::StatusOr<v1::Account> AccountService::Update(const CallContext& context,
                                                   const v1::UpdateAccountRequest& request) {
  if (!request.has_name()) return store_.accounts().Get(request.id());
  RETURN_IF_ERROR(CheckName("name", request.name()));
  ASSIGN_OR_RETURN(v1::Account account, store_.accounts().Rename(request.id(), request.name(),
                                                                 StoredTime(clock_.Now())));
  LogInfo("account renamed", {{"request_id", context.request_id}, {"account", account.id()}});
  return account;
}

absl::StatusOr<v1::Account> AccountService::Reconnect(const CallContext& context,
                                                      const v1::ReconnectAccountRequest& request) {
  ASSIGN_OR_RETURN(const Credential credential, CredentialOf(request));
  ASSIGN_OR_RETURN(const StoredTokens old, store_.tokens().Get(request.id()));
  ASSIGN_OR_RETURN(
      const Connection connection,
      connector_.Connect(context, request.region().empty() ? old.grant.region : request.region(),
                         credential));
  if (connection.user.organization_id != old.organization_id) {
    return OrganizationDiffers(old.organization_id, connection.user.organization_id);
  }
  v1::Account account = AccountOf(connection, clock_.Now());
  account.set_id(request.id());
  ASSIGN_OR_RETURN(account, store_.accounts().Reconnect(account, Seal(account.id(), connection)));
  broker_.Forget(account.id());
  LogInfo("account reconnected", {{"request_id", context.request_id},
                                  {"account", account.id()},
                                  {"region", account.region()},
                                  {"grant_region", connection.grant_region}});
  return account;
}

SealedGrant AccountService::Seal(const std::string& account, const Connection& connection) const {
  return {.region = connection.grant_region,
          .refresh_token =
              SealToken(sealer_, TokenColumn::kRefreshToken, account, connection.refresh_token),
          .access = {.token = SealToken(sealer_, TokenColumn::kAccessToken, account,
                                        connection.access_token),
                     .issue_time = connection.issue_time,
                     .expire_time = connection.expire_time}};
}

absl::StatusOr<v1::ListAccountsResponse> AccountService::List(
    const v1::ListAccountsRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest wanted,
                   ReadPageRequest(kList, request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(Page<v1::Account> page, store_.accounts().List(wanted));
  v1::ListAccountsResponse response;
  for (v1::Account& account : page.items) *response.add_accounts() = std::move(account);
  if (page.next.has_value()) response.set_next_page_token(FormatPageToken(kList, *page.next));
  return response;
}

absl::StatusOr<google::protobuf::Empty> AccountService::Delete(
    const CallContext& context, const v1::DeleteAccountRequest& request) {
  RETURN_IF_ERROR(store_.accounts().Delete(request.id()));
  broker_.Forget(request.id());
  LogInfo("account deleted", {{"request_id", context.request_id}, {"account", request.id()}});
  return google::protobuf::Empty();
}

v1::ListRegionsResponse AccountService::KnownRegions() const {
  v1::ListRegionsResponse response;
  for (const config::v1::RegionConfig& known : regions_.all()) {
    v1::Region& region = *response.add_regions();
    region.set_code(known.code());
    region.set_name(known.name());
    region.set_accounts_url(known.accounts_url());
    region.set_meeting_url(known.meeting_url());
    region.set_connectable(clients_.Find(known.code()).ok());
  }
  return response;
}

}  // namespace mesh::auth
