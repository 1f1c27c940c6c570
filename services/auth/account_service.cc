#include "services/auth/account_service.h"

#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"
#include "services/auth/field_rules.h"

namespace mesh::auth {
namespace {

constexpr char kList[] = "accounts";

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

void DescribeAccount(const v1::Account& account, AuditSubject& subject) {
  subject.account = account.id();
  subject.details["name"] = account.name();
  subject.details["organization"] = account.organization_id();
  subject.details["region"] = account.region();
}

}  // namespace

grpc::ServerUnaryReactor* AccountService::CreateAccount(grpc::CallbackServerContext* call,
                                                        const v1::CreateAccountRequest* request,
                                                        v1::Account* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("CreateAccount"), call, request, response,
      [this](const CallContext& c, const v1::CreateAccountRequest& r) {
        return Audited(
            audit_, c, {.action = "account.connect"}, [&] { return Create(c, r); },
            DescribeAccount);
      },
      kConnecting);
}

grpc::ServerUnaryReactor* AccountService::GetAccount(grpc::CallbackServerContext* call,
                                                     const v1::GetAccountRequest* request,
                                                     v1::Account* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("GetAccount"), call, request, response,
      [this](const CallContext&, const v1::GetAccountRequest& r) { return Get(r); });
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
  return rpc::HandleOnPool(pool_, metrics_.Of("UpdateAccount"), call, request, response,
                           [this](const CallContext& c, const v1::UpdateAccountRequest& r) {
                             return Audited(
                                 audit_, c, {.action = "account.update", .account = r.id()},
                                 [&] { return Update(c, r); }, DescribeAccount);
                           });
}

grpc::ServerUnaryReactor* AccountService::ReconnectAccount(
    grpc::CallbackServerContext* call, const v1::ReconnectAccountRequest* request,
    v1::Account* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ReconnectAccount"), call, request, response,
      [this](const CallContext& c, const v1::ReconnectAccountRequest& r) {
        return Audited(
            audit_, c, {.action = "account.reconnect", .account = r.id()},
            [&] { return Reconnect(c, r); }, DescribeAccount);
      },
      kConnecting);
}

grpc::ServerUnaryReactor* AccountService::DeleteAccount(grpc::CallbackServerContext* call,
                                                        const v1::DeleteAccountRequest* request,
                                                        v1::DeleteAccountResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("DeleteAccount"), call, request, response,
      [this](const CallContext& c, const v1::DeleteAccountRequest& r) {
        return Audited(
            audit_, c, {.action = "account.disconnect", .account = r.id()},
            [&] { return registrar_.Remove(c, r.id()); },
            [](const v1::DeleteAccountResponse& response, AuditSubject& subject) {
              subject.details["revoked"] = response.revoked() ? "yes" : "no";
            });
      },
      kConnecting);
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
  return registrar_.Add(context, request.name(), connection);
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
  return registrar_.Renew(context, request.id(), connection);
}

absl::StatusOr<v1::Account> AccountService::Get(const v1::GetAccountRequest& request) {
  ASSIGN_OR_RETURN(v1::Account account, store_.accounts().Get(request.id()));
  RETURN_IF_ERROR(registrar_.DescribeGrant(account));
  return account;
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
