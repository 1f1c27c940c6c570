#include "gateway/connect_api.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/base/loopback.h"
#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "edge/catalogue.h"
#include "gateway/answering.h"
#include "gateway/cookies.h"
#include "gateway/html_page.h"
#include "gateway/http_errors.h"
#include "gateway/resources.h"
#include "gateway/scopes.h"

namespace mesh::gateway {
namespace {

using auth::v1::Account;
using auth::v1::AccountService;
using auth::v1::ApiKey;
using auth::v1::ConnectService;
using Async = ConnectService::StubInterface::async_interface;
using Json = nlohmann::ordered_json;

constexpr char kService[] = "auth-service";

// Ties what a browser brings back from Zoho to the browser that went there.
constexpr char kCookie[] = "mesh_connect";
constexpr int kCookieSeconds = 15 * 60;

// --- What a browser sends and keeps

std::string SetCookie(const Secret& value, const std::string& base, int seconds) {
  // Lax: the browser comes back from Zoho's site, by a GET.
  return absl::StrCat(kCookie, "=", value.Reveal(), "; Path=/oauth/zoho; Max-Age=", seconds,
                      "; HttpOnly; SameSite=Lax",
                      absl::StartsWith(base, "https:") ? "; Secure" : "");
}

// Under which the browser reaches this listener.
absl::StatusOr<std::string> BaseUrl(const std::string& management_url,
                                    const net::ServerRequest& request) {
  if (!management_url.empty()) return management_url;
  const std::string base = absl::StrCat("http://", request.headers.Get("host").value_or(""));
  const absl::StatusOr<net::Url> url = net::ParseUrl(base);
  if (!url.ok() || !IsLoopback(url->host) || url->path != "/") {
    return FieldInvalid("management_url",
                        "must be set in the frontend's configuration where browsers come from "
                        "other machines",
                        "management_url: \"https://mesh.example.com\"");
  }
  return base;
}

// Asks for what the tools need, as far as they are known.
template <typename Request>
void AddNeededScopes(const Backends& to, Request& request) {
  const std::shared_ptr<const edge::Catalogue> catalogue = to.catalogue.Current();
  if (catalogue == nullptr) return;
  for (const std::string& scope : NeededScopes(catalogue->tools())) request.add_scopes(scope);
}

// A visit to Zoho that is about to begin.
struct Visit {
  auth::v1::StartConnectRequest request = {};
  Secret cookie = RandomToken();
  std::string base = {};
};

absl::StatusOr<Visit> NewVisit(const Backends& to, const std::string& management_url,
                               const net::ServerRequest& request) {
  Visit visit;
  ASSIGN_OR_RETURN(visit.base, BaseUrl(management_url, request));
  visit.request.set_redirect_uri(absl::StrCat(visit.base, "/oauth/zoho/callback"));
  visit.request.set_browser_sha256(Sha256(visit.cookie.Reveal()));
  AddNeededScopes(to, visit.request);
  return visit;
}

// --- Pages

net::ServerResponse ErrorPage(const absl::Status& error, absl::string_view request_id) {
  const int status = HttpStatusOf(error);
  const std::string message = status == 500
                                  ? "Something went wrong here; the server's log tells more."
                                  : std::string(error.message());
  return HtmlPage(status, "Zoho Meeting was not connected",
                  absl::StrCat("<p id=\"error\">", HtmlEscape(message), "</p>\n",
                               HtmlFacts({{"Reason", ErrorReason(error)},
                                          {"Request", std::string(request_id)}})));
}

net::ServerResponse ConnectedPage(const auth::v1::CompleteConnectResponse& done,
                                  const ToolList& tools) {
  const Account& account = done.account();
  std::string body = HtmlFacts(
      {{"Name", account.name()},
       {"Organisation", account.organization_id()},
       {"User", account.user_email()},
       {"Administrator", account.organization_admin() ? "yes" : "no: directory tools need one"},
       {"Data centre", account.region()},
       {"Account", account.id()}});
  const std::vector<MissingScope> missing = MissingScopes(account, tools);
  if (!missing.empty()) {
    absl::StrAppend(&body, "<p>Not granted, so that some tools cannot be called:</p><ul>");
    for (const MissingScope& scope : missing) {
      absl::StrAppend(&body, "<li>", HtmlEscape(scope.scope), ": ",
                      HtmlEscape(absl::StrJoin(scope.tools, ", ")), "</li>");
    }
    absl::StrAppend(&body, "</ul>\n");
  }
  for (const std::string& warning : account.token_usage().warnings()) {
    absl::StrAppend(&body, "<p>", HtmlEscape(warning), "</p>\n");
  }
  absl::StrAppend(&body, "<p>You can close this page.</p>\n");
  return HtmlPage(
      200, done.reconnected() ? "Zoho Meeting is connected again" : "Zoho Meeting is connected",
      body);
}

net::ServerResponse LinkPage(const auth::v1::ConnectLink& link, const std::string& token,
                             const auth::v1::ListRegionsResponse& regions) {
  std::string options;
  for (const auth::v1::Region& region : regions.regions()) {
    if (!region.connectable()) continue;
    absl::StrAppend(&options, "<option value=\"", HtmlEscape(region.code()), "\"",
                    region.code() == link.region() ? " selected" : "", ">",
                    HtmlEscape(region.name()), "</option>");
  }
  return HtmlPage(
      200, "Connect Zoho Meeting",
      absl::StrCat("<p>", link.name().empty() ? "You are" : HtmlEscape(link.name()) + ": you are",
                   " asked to let this service use your organisation's Zoho Meeting. Zoho shows "
                   "next what it "
                   "asks for. The link works once, until ",
                   HtmlEscape(TimeText(link.expire_time())),
                   ".</p>\n<form method=\"get\" action=\"/oauth/zoho/start\">"
                   "<input type=\"hidden\" name=\"link\" value=\"",
                   HtmlEscape(token),
                   "\"><p><label>Data centre <select name=\"region\"><option value=\"\">Zoho finds "
                   "it</option>",
                   options,
                   "</select></label></p><p><button>Continue to Zoho</button></p></form>\n"));
}

// --- Answers

Json LinkJson(const auth::v1::ConnectLink& link, const std::string& base) {
  return {{"id", link.id()},
          {"url", absl::StrCat(base, "/connect-link/", link.token())},
          {"name", link.name()},
          {"account", link.account().empty() ? Json() : Json(link.account())},
          {"region", link.region().empty() ? Json() : Json(link.region())},
          {"expires_at", TimeText(link.expire_time())}};
}

// Calls and answers a browser: with what `answer` makes of the response, or with a page that tells
// the error.
template <typename Stub, typename Request, typename Response>
void CallForPage(
    const Backends& to, Stub& stub,
    void (Stub::*method)(grpc::ClientContext*, const Request*, Response*,
                         std::function<void(grpc::Status)>),
    Request request, std::unique_ptr<ApiCall> call,
    std::type_identity_t<absl::AnyInvocable<void(std::unique_ptr<ApiCall>, Response) &&>> answer) {
  const CallContext context = call->context();
  to.calls.Call(context, kService, stub, method, std::move(request),
                [call = std::move(call),
                 answer = std::move(answer)](absl::StatusOr<Response> response) mutable {
                  if (!response.ok()) {
                    return call->Answer(ErrorPage(response.status(), call->context().request_id));
                  }
                  std::move(answer)(std::move(call), *std::move(response));
                });
}

// --- With a key

void Start(const Backends& to, const std::string& management_url, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<Visit> visit = NewVisit(to, management_url, call->request());
  if (!visit.ok()) return call->Answer(visit.status());
  if (absl::Status read = ReadConnectTarget(call->request().body, visit->request); !read.ok()) {
    return call->Answer(read);
  }
  CallAndAnswer(to.calls, kService, *to.connect.async(), &Async::StartConnect, visit->request,
                std::move(call),
                [cookie = visit->cookie, base = visit->base](
                    ApiCall& answered, const auth::v1::StartConnectResponse& started) {
                  const Json json = {{"authorization_url", started.authorization_url()},
                                     {"expires_at", TimeText(started.expire_time())}};
                  answered.Answer(net::ServerResponse{
                      .headers = {{"Content-Type", "application/json"},
                                  {"Set-Cookie", SetCookie(cookie, base, kCookieSeconds)}},
                      .body = absl::Cord(json.dump())});
                });
}

void MakeLink(const Backends& to, const std::string& management_url,
              std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<std::string> base = BaseUrl(management_url, call->request());
  if (!base.ok()) return call->Answer(base.status());
  absl::StatusOr<auth::v1::GetConnectLinkRequest> request =
      ReadGetConnectLink(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  CallAndAnswer(to.calls, kService, *to.connect.async(), &Async::GetConnectLink,
                *std::move(request), std::move(call),
                [base = *base](ApiCall& answered, const auth::v1::ConnectLink& link) {
                  answered.Answer(201, LinkJson(link, base));
                });
}

void RevokeLink(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::RevokeConnectLinkRequest request;
  request.set_id(call->path_value(0));
  CallAndAnswer(to.calls, kService, *to.connect.async(), &Async::RevokeConnectLink,
                std::move(request), std::move(call),
                [](ApiCall& answered, const google::protobuf::Empty&) {
                  answered.Answer(net::ServerResponse{.status = 204});
                });
}

void StartDevice(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::StartDeviceConnectRequest request;
  if (absl::Status read = ReadConnectTarget(call->request().body, request); !read.ok()) {
    return call->Answer(read);
  }
  AddNeededScopes(to, request);
  CallAndAnswer(
      to.calls, kService, *to.connect.async(), &Async::StartDeviceConnect, std::move(request),
      std::move(call), [](ApiCall& answered, const auth::v1::DeviceConnect& device) {
        answered.Answer(200, {{"handle", device.handle()},
                              {"user_code", device.user_code()},
                              {"verification_url", device.verification_url()},
                              {"verification_url_complete", device.verification_url_complete()},
                              {"expires_at", TimeText(device.expire_time())},
                              {"interval_seconds", device.interval().seconds()}});
      });
}

void PollDevice(const Backends& to, std::unique_ptr<ApiCall> call) {
  absl::StatusOr<auth::v1::PollDeviceConnectRequest> request =
      ReadPollDeviceConnect(call->request().body);
  if (!request.ok()) return call->Answer(request.status());
  CallAndAnswer(to.calls, kService, *to.connect.async(), &Async::PollDeviceConnect,
                *std::move(request), std::move(call),
                [catalogue = to.catalogue.Current()](
                    ApiCall& answered, const auth::v1::PollDeviceConnectResponse& polled) {
                  if (polled.has_account()) {
                    return answered.Answer(
                        200, {{"state", "connected"},
                              {"reconnected", polled.reconnected()},
                              {"account", AccountJson(polled.account(), catalogue.get())}});
                  }
                  answered.Answer(200, {{"state", "pending"},
                                        {"handle", polled.handle()},
                                        {"retry_after_seconds", polled.retry_after().seconds()}});
                });
}

void CheckRegions(const Backends& to, std::unique_ptr<ApiCall> call) {
  CallAndAnswer(to.calls, kService, *to.connect.async(), &Async::CheckRegions,
                auth::v1::CheckRegionsRequest(), std::move(call),
                [](ApiCall& answered, const auth::v1::CheckRegionsResponse& response) {
                  Json results = Json::array();
                  for (const auth::v1::RegionFinding& finding : response.findings()) {
                    results.push_back(ToJson(finding));
                  }
                  answered.Answer(200, Page(std::move(results), ""));
                });
}

// --- For browsers

void ShowLink(const Backends& to, std::unique_ptr<ApiCall> call) {
  auth::v1::OpenConnectLinkRequest request;
  request.set_token(call->path_value(0));
  CallForPage(to, *to.connect.async(), &Async::OpenConnectLink, std::move(request), std::move(call),
              [&to](std::unique_ptr<ApiCall> opened, const auth::v1::ConnectLink& link) {
                CallForPage(to, *to.accounts.async(),
                            &AccountService::StubInterface::async_interface::ListRegions,
                            auth::v1::ListRegionsRequest(), std::move(opened),
                            [link](std::unique_ptr<ApiCall> answered,
                                   const auth::v1::ListRegionsResponse& regions) {
                              answered->Answer(LinkPage(link, answered->path_value(0), regions));
                            });
              });
}

void FollowLink(const Backends& to, const std::string& management_url,
                std::unique_ptr<ApiCall> call) {
  const auto refuse = [&](const absl::Status& error) {
    call->Answer(ErrorPage(error, call->context().request_id));
  };
  const absl::StatusOr<Parameters> query = ReadQuery(call->request());
  if (!query.ok()) return refuse(query.status());
  absl::StatusOr<Visit> visit = NewVisit(to, management_url, call->request());
  if (!visit.ok()) return refuse(visit.status());
  const std::string link = ValueOf(*query, "link");
  // Without a link anybody could connect anything; with a key, the same path takes a POST.
  if (link.empty()) return refuse(FieldInvalid("link", "is required: open a connect link"));
  visit->request.set_link(link);
  visit->request.set_region(ValueOf(*query, "region"));
  CallForPage(
      to, *to.connect.async(), &Async::StartConnect, visit->request, std::move(call),
      [cookie = visit->cookie, base = visit->base](std::unique_ptr<ApiCall> answered,
                                                   const auth::v1::StartConnectResponse& started) {
        answered->Answer(net::ServerResponse{
            .status = 302,
            .headers = {{"Location", started.authorization_url()},
                        {"Set-Cookie", SetCookie(cookie, base, kCookieSeconds)}}});
      });
}

void Callback(const Backends& to, const std::string& management_url,
              std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<Parameters> query = ReadQuery(call->request());
  if (!query.ok()) {
    return call->Answer(ErrorPage(query.status(), call->context().request_id));
  }
  auth::v1::CompleteConnectRequest request;
  request.set_state(ValueOf(*query, "state"));
  request.set_code(ValueOf(*query, "code"));
  request.set_error(ValueOf(*query, "error"));
  request.set_location(ValueOf(*query, "location"));
  request.set_accounts_server(ValueOf(*query, "accounts-server"));
  request.set_browser_sha256(
      Sha256(CookieOf(call->request().headers, kCookie).value_or(Secret()).Reveal()));
  CallForPage(
      to, *to.connect.async(), &Async::CompleteConnect, std::move(request), std::move(call),
      [management_url, catalogue = to.catalogue.Current()](
          std::unique_ptr<ApiCall> answered, const auth::v1::CompleteConnectResponse& done) {
        net::ServerResponse page =
            ConnectedPage(done, catalogue == nullptr ? ToolList() : catalogue->tools());
        page.headers.Add("Set-Cookie", SetCookie(Secret(), management_url, 0));
        answered->Answer(std::move(page));
      });
}

}  // namespace

std::vector<ApiRoute> ConnectRoutes(const std::string& management_url) {
  using Handler = void (*)(const Backends&, const std::string&, std::unique_ptr<ApiCall>);
  const auto with_url = [&management_url](Handler handler) -> ApiHandler {
    return [handler, management_url](const Backends& to, std::unique_ptr<ApiCall> call) {
      handler(to, management_url, std::move(call));
    };
  };
  return {
      {"POST", "/oauth/zoho/start", ApiKey::ADMIN, with_url(Start)},
      {"POST", "/oauth/zoho/device", ApiKey::ADMIN, StartDevice},
      {"POST", "/oauth/zoho/device/poll", ApiKey::ADMIN, PollDevice},
      {"POST", "/connect-link", ApiKey::ADMIN, with_url(MakeLink)},
      {"DELETE", "/connect-link/{id}", ApiKey::ADMIN, RevokeLink},
      {"GET", "/region/check", ApiKey::ADMIN, CheckRegions},
      {"GET", "/connect-link/{token}", kNoKey, ShowLink},
      {"GET", "/oauth/zoho/start", kNoKey, with_url(FollowLink)},
      {"GET", "/oauth/zoho/callback", kNoKey, with_url(Callback)},
  };
}

}  // namespace mesh::gateway
