#include "gateway/accounts_api.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "gateway/answering.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using auth::v1::Account;
using auth::v1::AccountService;
using auth::v1::ApiKey;
using Async = AccountService::StubInterface::async_interface;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

void Create(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::CreateAccountRequest> request = ReadCreateAccount(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  CallAndAnswer(to.calls, kService, *to.accounts.async(), &Async::CreateAccount,
                *std::move(request), std::move(call),
                [catalogue = to.catalogue.Current()](ApiCall& answered, const Account& account) {
                  answered.Answer(201, AccountJson(account, catalogue.get()));
                });
}

void List(const Backends& to, std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<PageRequest> page = ReadPage(call->request());
  if (!page.ok()) return call->Answer(page.status());
  auth::v1::ListAccountsRequest request;
  request.set_page_size(page->limit);
  request.set_page_token(page->cursor);
  CallAndAnswer(to.calls, kService, *to.accounts.async(), &Async::ListAccounts, std::move(request),
                std::move(call),
                [catalogue = to.catalogue.Current()](
                    ApiCall& answered, const auth::v1::ListAccountsResponse& response) {
                  Json results = Json::array();
                  for (const Account& account : response.accounts()) {
                    results.push_back(AccountJson(account, catalogue.get()));
                  }
                  answered.Answer(200, Page(std::move(results), response.next_page_token()));
                });
}

void Get(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::GetAccountRequest request;
  request.set_id(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.accounts.async(), &Async::GetAccount, std::move(request),
                std::move(call),
                [catalogue = to.catalogue.Current()](ApiCall& answered, const Account& account) {
                  answered.Answer(200, AccountJson(account, catalogue.get()));
                });
}

void Update(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::UpdateAccountRequest> request = ReadUpdateAccount(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  request->set_id(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.accounts.async(), &Async::UpdateAccount,
                *std::move(request), std::move(call),
                [catalogue = to.catalogue.Current()](ApiCall& answered, const Account& account) {
                  answered.Answer(200, AccountJson(account, catalogue.get()));
                });
}

void Reconnect(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::ReconnectAccountRequest> request =
      ReadReconnectAccount(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  request->set_id(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.accounts.async(), &Async::ReconnectAccount,
                *std::move(request), std::move(call),
                [catalogue = to.catalogue.Current()](ApiCall& answered, const Account& account) {
                  answered.Answer(200, AccountJson(account, catalogue.get()));
                });
}

void Delete(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::DeleteAccountRequest request;
  request.set_id(call->path_value(0));
  CallAndAnswer(
      to.calls, kService, *to.accounts.async(), &Async::DeleteAccount, std::move(request),
      std::move(call), [](ApiCall& answered, const auth::v1::DeleteAccountResponse& response) {
        if (response.revoked()) {
          return answered.Answer(net::ServerResponse{.status = 204});
        }
        answered.Answer(
            200, {{"deleted", true}, {"revoked", false}, {"message", response.revoke_error()}});
      });
}

void Regions(const Backends& to, std::unique_ptr<ApiCall> call) {
  CallAndAnswer(to.calls, kService, *to.accounts.async(), &Async::ListRegions,
                auth::v1::ListRegionsRequest(), std::move(call),
                [](ApiCall& answered, const auth::v1::ListRegionsResponse& response) {
                  Json results = Json::array();
                  for (const auth::v1::Region& region : response.regions()) {
                    results.push_back(ToJson(region));
                  }
                  answered.Answer(200, Page(std::move(results), ""));
                });
}

}  // namespace

std::vector<ApiRoute> AccountRoutes() {
  return {
      {"POST", "/integrated-account", ApiKey::ADMIN, Create},
      {"GET", "/integrated-account", ApiKey::VIEWER, List},
      {"GET", "/integrated-account/{id}", ApiKey::VIEWER, Get},
      {"PATCH", "/integrated-account/{id}", ApiKey::ADMIN, Update},
      {"POST", "/integrated-account/{id}/reconnect", ApiKey::ADMIN, Reconnect},
      {"DELETE", "/integrated-account/{id}", ApiKey::ADMIN, Delete},
      {"GET", "/region", ApiKey::VIEWER, Regions},
  };
}

}  // namespace mesh::gateway
