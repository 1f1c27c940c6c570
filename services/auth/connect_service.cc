#include "services/auth/connect_service.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/loopback.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"
#include "services/auth/field_rules.h"
#include "services/auth/zoho_device.h"
#include "services/auth/zoho_oauth.h"

namespace mesh::auth {
namespace {

using config::v1::RegionConfig;

// Longer than anybody takes to log in and to read what is asked.
constexpr absl::Duration kStateLife = absl::Minutes(15);

constexpr absl::Duration kUsualLinkLife = absl::Hours(24 * 7);
constexpr absl::Duration kLongestLinkLife = absl::Hours(24 * 30);

constexpr size_t kMostScopes = 100;
constexpr absl::Duration kAskServerInfo = absl::Seconds(5);
constexpr char kFirstRegion[] = "us";

bool IsScope(absl::string_view scope) {
  return !scope.empty() && scope.size() <= 80 &&
         std::all_of(scope.begin(), scope.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_'; });
}

// Each once, and what reading user.json needs.
absl::StatusOr<std::vector<std::string>> ScopesOf(
    const google::protobuf::RepeatedPtrField<std::string>& wanted) {
  std::vector<std::string> scopes(wanted.begin(), wanted.end());
  scopes.emplace_back(kUserScope);
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  if (scopes.size() > kMostScopes || !std::all_of(scopes.begin(), scopes.end(), IsScope)) {
    return FieldInvalid("scopes", absl::StrCat("must be at most ", kMostScopes, " words"),
                        kUserScope);
  }
  return scopes;
}

absl::Status CheckRedirectUri(const std::string& uri) {
  const absl::StatusOr<net::Url> url = net::ParseUrl(uri);
  if (uri.size() > 500 || !url.ok() || (url->scheme != "https" && !IsLoopback(url->host))) {
    return FieldInvalid("redirect_uri", "must be an https URL, or http on loopback",
                        "https://mesh.example.com/oauth/zoho/callback");
  }
  return absl::OkStatus();
}

// A host as Zoho's page or answer names it: short enough to be quoted.
absl::Status CheckHostName(absl::string_view field, absl::string_view host) {
  const bool fit = host.size() <= 200 && std::all_of(host.begin(), host.end(),
                                                     [](char c) { return absl::ascii_isgraph(c); });
  return fit ? absl::OkStatus()
             : FieldInvalid(field, "must name a host, in at most 200 characters");
}

// Under which a link counts as revoked. Not under its own id: that is given back where a visit to
// Zoho comes to nothing.
std::string RevocationOf(const std::string& link_id) { return absl::StrCat(link_id, "/revoked"); }

v1::ConnectLink LinkOf(const v1::SealedConnect& sealed) {
  v1::ConnectLink link;
  link.set_id(sealed.id());
  *link.mutable_expire_time() = sealed.expire_time();
  link.set_name(sealed.name());
  link.set_account(sealed.account());
  link.set_region(sealed.region());
  return link;
}

}  // namespace

grpc::ServerUnaryReactor* ConnectService::StartConnect(grpc::CallbackServerContext* call,
                                                       const v1::StartConnectRequest* request,
                                                       v1::StartConnectResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("StartConnect"), call, request, response,
      [this](const CallContext& c, const v1::StartConnectRequest& r) { return Start(c, r); });
}

grpc::ServerUnaryReactor* ConnectService::CompleteConnect(grpc::CallbackServerContext* call,
                                                          const v1::CompleteConnectRequest* request,
                                                          v1::CompleteConnectResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("CompleteConnect"), call, request, response,
      [this](const CallContext& c, const v1::CompleteConnectRequest& r) { return Complete(c, r); },
      kConnecting);
}

grpc::ServerUnaryReactor* ConnectService::GetConnectLink(grpc::CallbackServerContext* call,
                                                         const v1::GetConnectLinkRequest* request,
                                                         v1::ConnectLink* response) {
  return rpc::HandleOnPool(pool_, metrics_.Of("GetConnectLink"), call, request, response,
                           [this](const CallContext& c, const v1::GetConnectLinkRequest& r) {
                             return Audited(
                                 audit_, c,
                                 {.action = "connect_link.create", .account = r.account()},
                                 [&] { return MakeLink(c, r); },
                                 [](const v1::ConnectLink& link, AuditSubject& subject) {
                                   subject.details = {{"link", link.id()}, {"name", link.name()}};
                                 });
                           });
}

grpc::ServerUnaryReactor* ConnectService::OpenConnectLink(grpc::CallbackServerContext* call,
                                                          const v1::OpenConnectLinkRequest* request,
                                                          v1::ConnectLink* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("OpenConnectLink"), call, request, response,
      [this](const CallContext&, const v1::OpenConnectLinkRequest& r) { return OpenLink(r); });
}

grpc::ServerUnaryReactor* ConnectService::RevokeConnectLink(
    grpc::CallbackServerContext* call, const v1::RevokeConnectLinkRequest* request,
    google::protobuf::Empty* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("RevokeConnectLink"), call, request, response,
      [this](const CallContext& c, const v1::RevokeConnectLinkRequest& r) {
        return Audited(audit_, c, {.action = "connect_link.revoke", .details = {{"link", r.id()}}},
                       [&] { return RevokeLink(c, r); });
      });
}

grpc::ServerUnaryReactor* ConnectService::StartDeviceConnect(
    grpc::CallbackServerContext* call, const v1::StartDeviceConnectRequest* request,
    v1::DeviceConnect* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("StartDeviceConnect"), call, request, response,
      [this](const CallContext& c, const v1::StartDeviceConnectRequest& r) {
        return StartDevice(c, r);
      },
      kConnecting);
}

grpc::ServerUnaryReactor* ConnectService::PollDeviceConnect(
    grpc::CallbackServerContext* call, const v1::PollDeviceConnectRequest* request,
    v1::PollDeviceConnectResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("PollDeviceConnect"), call, request, response,
      [this](const CallContext& c, const v1::PollDeviceConnectRequest& r) {
        return PollDevice(c, r);
      },
      kConnecting);
}

grpc::ServerUnaryReactor* ConnectService::CheckRegions(grpc::CallbackServerContext* call,
                                                       const v1::CheckRegionsRequest* request,
                                                       v1::CheckRegionsResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("CheckRegions"), call, request, response,
      [this](const CallContext& c, const v1::CheckRegionsRequest&)
          -> absl::StatusOr<v1::CheckRegionsResponse> { return Check(c); },
      kConnecting);
}

absl::StatusOr<v1::StartConnectResponse> ConnectService::Start(
    const CallContext& context, const v1::StartConnectRequest& request) {
  RETURN_IF_ERROR(CheckRedirectUri(request.redirect_uri()));
  RETURN_IF_ERROR(CheckDigest("browser_sha256", request.browser_sha256()));
  ASSIGN_OR_RETURN(const std::vector<std::string> scopes, ScopesOf(request.scopes()));
  std::string name = request.name();
  std::string account = request.account();
  std::string wanted = request.region();
  v1::SealedConnect link;
  if (!request.link().empty()) {
    if (!name.empty() || !account.empty()) {
      return FieldInvalid("link", "stands in place of `name` and `account`");
    }
    ASSIGN_OR_RETURN(link, UsableLink(request.link()));
    name = link.name();
    account = link.account();
    if (wanted.empty()) wanted = link.region();
  }
  ASSIGN_OR_RETURN(const RegionConfig* region, StartRegion(wanted));
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(region->code()));
  ASSIGN_OR_RETURN(v1::SealedConnect state, Begin(context, name, account, region->code()));
  const absl::Time expire_time = StoredTime(clock_.Now() + kStateLife);
  state.set_id(RandomId("cst_"));
  *state.mutable_expire_time() = rpc::TimestampOf(expire_time);
  state.set_browser_sha256(request.browser_sha256());
  state.set_redirect_uri(request.redirect_uri());
  if (client->pkce) state.set_code_verifier(std::string(RandomToken().Reveal()));
  if (!request.link().empty()) {
    state.set_link_id(link.id());
    *state.mutable_link_expire_time() = link.expire_time();
    state.set_actor(link.actor());
  }

  v1::StartConnectResponse response;
  response.set_authorization_url(
      AuthorizationUrl(region->accounts_url(), *client,
                       {.scopes = scopes,
                        .redirect_uri = request.redirect_uri(),
                        .state = SealConnect(sealer_, ConnectKind::kState, state),
                        .code_verifier = Secret(state.code_verifier())}));
  *response.mutable_expire_time() = state.expire_time();
  return response;
}

absl::StatusOr<v1::CompleteConnectResponse> ConnectService::Complete(
    const CallContext& context, const v1::CompleteConnectRequest& request) {
  ASSIGN_OR_RETURN(const v1::SealedConnect state,
                   OpenConnect(sealer_, ConnectKind::kState, request.state(), clock_.Now()));
  CallContext starter = context;
  starter.actor = state.actor();
  return Audited(
      audit_, starter,
      {.action = state.account().empty() ? "account.connect" : "account.reconnect",
       .account = state.account(),
       .details = {{"by", "consent"}, {"link", state.link_id()}}},
      [&] { return Complete(starter, request, state); },
      [](const v1::CompleteConnectResponse& done, AuditSubject& subject) {
        subject.account = done.account().id();
        subject.details["organization"] = done.account().organization_id();
      });
}

absl::StatusOr<v1::CompleteConnectResponse> ConnectService::Complete(
    const CallContext& context, const v1::CompleteConnectRequest& request,
    const v1::SealedConnect& state) {
  if (!(Secret(state.browser_sha256()) == Secret(request.browser_sha256()))) {
    return ConnectInvalid(NameOf(ConnectKind::kState));
  }
  ASSIGN_OR_RETURN(const bool first,
                   store_.connect().Use(state.id(), rpc::TimeOf(state.expire_time())));
  if (!first) return ConnectUsed(NameOf(ConnectKind::kState));
  if (!request.error().empty() || request.code().empty()) {
    return ConsentDenied(request.error() == "access_denied" ? "access_denied" : "no code");
  }
  RETURN_IF_ERROR(CheckCredential("code", request.code()));
  ASSIGN_OR_RETURN(const RegionConfig* issuer, IssuerOf(request, state));

  // Two who open one link at a time: the first takes it, and gives it back where nothing comes of
  // it.
  bool link_taken = false;
  if (!state.link_id().empty()) {
    ASSIGN_OR_RETURN(link_taken,
                     store_.connect().Use(state.link_id(), rpc::TimeOf(state.link_expire_time())));
    if (!link_taken) return ConnectUsed(NameOf(ConnectKind::kLink));
  }
  absl::Cleanup give_back = [&] {
    if (!link_taken) return;
    if (absl::Status given = store_.connect().Unuse(state.link_id()); !given.ok()) {
      LogWarning("connect link not given back", {{"link", state.link_id()}, {"error", given}});
    }
  };
  if (link_taken) {
    ASSIGN_OR_RETURN(const bool revoked, store_.connect().IsUsed(RevocationOf(state.link_id())));
    if (revoked) return ConnectUsed(NameOf(ConnectKind::kLink));
  }
  ASSIGN_OR_RETURN(const Connection connection,
                   connector_.Connect(context, issuer->code(),
                                      {.kind = Credential::Kind::kConsentCode,
                                       .value = Secret(request.code()),
                                       .redirect_uri = state.redirect_uri(),
                                       .code_verifier = Secret(state.code_verifier())}));
  v1::CompleteConnectResponse response;
  ASSIGN_OR_RETURN(*response.mutable_account(), Register(context, state, connection));
  response.set_reconnected(!state.account().empty());
  std::move(give_back).Cancel();
  return response;
}

absl::StatusOr<v1::ConnectLink> ConnectService::MakeLink(const CallContext& context,
                                                         const v1::GetConnectLinkRequest& request) {
  const absl::Duration lifetime =
      request.has_lifetime() ? rpc::DurationOf(request.lifetime()) : kUsualLinkLife;
  if (lifetime < absl::Minutes(1) || lifetime > kLongestLinkLife) {
    return FieldInvalid("lifetime", "must lie between one minute and 30 days", "604800s");
  }
  if (!request.region().empty()) {
    ASSIGN_OR_RETURN(const RegionConfig* region, regions_.Find(request.region()));
    RETURN_IF_ERROR(clients_.Find(region->code()).status());
  }
  ASSIGN_OR_RETURN(v1::SealedConnect sealed,
                   Begin(context, request.name(), request.account(), request.region()));
  sealed.set_id(RandomId("lnk_"));
  *sealed.mutable_expire_time() = rpc::TimestampOf(StoredTime(clock_.Now() + lifetime));
  v1::ConnectLink link = LinkOf(sealed);
  link.set_token(SealConnect(sealer_, ConnectKind::kLink, sealed));
  LogInfo("connect link made", {{"request_id", context.request_id},
                                {"actor", context.actor},
                                {"link", link.id()},
                                {"account", link.account()}});
  return link;
}

absl::StatusOr<v1::ConnectLink> ConnectService::OpenLink(
    const v1::OpenConnectLinkRequest& request) {
  ASSIGN_OR_RETURN(const v1::SealedConnect sealed, UsableLink(request.token()));
  return LinkOf(sealed);
}

absl::StatusOr<google::protobuf::Empty> ConnectService::RevokeLink(
    const CallContext& context, const v1::RevokeConnectLinkRequest& request) {
  if (!absl::StartsWith(request.id(), "lnk_") || request.id().size() > 40) {
    return FieldInvalid("id", "must be that of a connect link", "lnk_…");
  }
  RETURN_IF_ERROR(store_.connect()
                      .Use(RevocationOf(request.id()), StoredTime(clock_.Now() + kLongestLinkLife))
                      .status());
  LogInfo("connect link revoked",
          {{"request_id", context.request_id}, {"actor", context.actor}, {"link", request.id()}});
  return google::protobuf::Empty();
}

absl::StatusOr<v1::DeviceConnect> ConnectService::StartDevice(
    const CallContext& context, const v1::StartDeviceConnectRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<std::string> scopes, ScopesOf(request.scopes()));
  ASSIGN_OR_RETURN(const RegionConfig* region, StartRegion(request.region()));
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(region->code()));
  ASSIGN_OR_RETURN(v1::SealedConnect begun,
                   Begin(context, request.name(), request.account(), region->code()));
  ASSIGN_OR_RETURN(const net::HttpResponse response,
                   connector_.Send(context, region->accounts_url(),
                                   DeviceCodeRequest(region->accounts_url(), *client, scopes)));
  const DeviceCode code = ReadDeviceCode(response);
  if (code.device_code.empty()) {
    RETURN_IF_ERROR(AccountConnector::ErrorOf(code.refusal, response, region->code()));
    return ZohoBroken("no device code", response.status);
  }
  // A person is sent there: to Zoho alone.
  for (const std::string& url : {code.verification_url, code.verification_url_complete}) {
    if (url.empty()) continue;
    RETURN_IF_ERROR(CheckHostName("verification_url", url));
    RETURN_IF_ERROR(regions_.FindByAccountsHost(url).status());
  }
  begun.set_id(RandomId("dev_"));
  *begun.mutable_expire_time() = rpc::TimestampOf(StoredTime(clock_.Now() + code.lifetime));
  begun.set_device_code(std::string(code.device_code.Reveal()));
  begun.mutable_interval()->set_seconds(absl::ToInt64Seconds(code.interval));

  v1::DeviceConnect device;
  device.set_handle(SealConnect(sealer_, ConnectKind::kDevice, begun));
  device.set_user_code(code.user_code);
  device.set_verification_url(code.verification_url);
  device.set_verification_url_complete(code.verification_url_complete);
  *device.mutable_expire_time() = begun.expire_time();
  *device.mutable_interval() = begun.interval();
  return device;
}

absl::StatusOr<v1::PollDeviceConnectResponse> ConnectService::PollDevice(
    const CallContext& context, const v1::PollDeviceConnectRequest& request) {
  ASSIGN_OR_RETURN(v1::SealedConnect begun,
                   OpenConnect(sealer_, ConnectKind::kDevice, request.handle(), clock_.Now()));
  ASSIGN_OR_RETURN(const RegionConfig* region, regions_.Find(begun.region()));
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(region->code()));
  const absl::Time asked = clock_.Now();
  ASSIGN_OR_RETURN(const net::HttpResponse response,
                   connector_.Send(context, region->accounts_url(),
                                   DeviceTokenRequest(region->accounts_url(), *client,
                                                      Secret(begun.device_code()))));
  const DeviceAnswer answer = ReadDeviceAnswer(response);
  v1::PollDeviceConnectResponse polled;
  const auto again = [&](absl::Duration wait) {
    polled.set_handle(SealConnect(sealer_, ConnectKind::kDevice, begun));
    polled.mutable_retry_after()->set_seconds(absl::ToInt64Seconds(wait));
    return polled;
  };
  switch (answer.state) {
    case DeviceAnswer::State::kPending:
      return again(rpc::DurationOf(begun.interval()));
    case DeviceAnswer::State::kOtherDataCentre: {
      ASSIGN_OR_RETURN(const RegionConfig* other, regions_.Find(answer.location));
      RETURN_IF_ERROR(clients_.Find(other->code()).status());
      begun.set_region(other->code());
      return again(absl::ZeroDuration());
    }
    case DeviceAnswer::State::kDenied:
    case DeviceAnswer::State::kExpired:
    case DeviceAnswer::State::kAnswered:
      break;
  }
  const auto connect = [&]() -> absl::StatusOr<v1::Account> {
    if (answer.state == DeviceAnswer::State::kDenied) return ConsentDenied("access_denied");
    if (answer.state == DeviceAnswer::State::kExpired) return ConnectExpired("user code");
    RETURN_IF_ERROR(AccountConnector::ErrorOf(answer.tokens, response, region->code()));
    ASSIGN_OR_RETURN(const Connection connection,
                     connector_.Describe(context, *region, answer.tokens, asked));
    return Register(context, begun, connection);
  };
  ASSIGN_OR_RETURN(
      *polled.mutable_account(),
      Audited(audit_, context,
              {.action = begun.account().empty() ? "account.connect" : "account.reconnect",
               .account = begun.account(),
               .details = {{"by", "device"}}},
              connect, [](const v1::Account& account, AuditSubject& subject) {
                subject.account = account.id();
                subject.details["organization"] = account.organization_id();
              }));
  polled.set_reconnected(!begun.account().empty());
  return polled;
}

v1::CheckRegionsResponse ConnectService::Check(const CallContext& context) {
  v1::CheckRegionsResponse response;
  std::map<std::string, std::string> told;
  for (const RegionConfig& region : regions_.all()) {
    v1::RegionFinding& finding = *response.add_findings();
    finding.set_region(region.code());
    finding.set_accounts_url(region.accounts_url());
    finding.set_state(v1::RegionFinding::UNLISTED);
    // A region that nobody can connect in is none of this mesh's business.
    if (!clients_.Find(region.code()).ok()) {
      finding.set_error("no OAuth client is configured for it");
      continue;
    }
    CallContext brief = context;
    brief.deadline = std::min(context.deadline, clock_.Now() + kAskServerInfo);
    const absl::StatusOr<net::HttpResponse> answer =
        connector_.Send(brief, region.accounts_url(), ServerInfoRequest(region.accounts_url()));
    const absl::StatusOr<std::map<std::string, std::string>> hosts =
        answer.ok() ? ReadServerInfo(*answer) : answer.status();
    finding.set_reachable(hosts.ok());
    if (!hosts.ok()) {
      finding.set_error(std::string(hosts.status().message()));
      continue;
    }
    told.insert(hosts->begin(), hosts->end());
  }
  for (v1::RegionFinding& finding : *response.mutable_findings()) {
    const auto found = told.find(finding.region());
    if (found == told.end()) continue;
    finding.set_zoho_accounts_url(found->second.substr(0, 200));
    const absl::StatusOr<const RegionConfig*> same = regions_.FindByAccountsHost(found->second);
    const bool confirmed = same.ok() && (*same)->code() == finding.region();
    finding.set_state(confirmed ? v1::RegionFinding::CONFIRMED : v1::RegionFinding::DIFFERS);
    if (!confirmed) {
      LogWarning("Zoho names another accounts host for a region",
                 {{"region", finding.region()}, {"table", finding.accounts_url()}});
    }
  }
  return response;
}

absl::StatusOr<v1::SealedConnect> ConnectService::Begin(const CallContext& context,
                                                        const std::string& name,
                                                        const std::string& account,
                                                        const std::string& region) {
  if (!name.empty()) RETURN_IF_ERROR(CheckName("name", name));
  if (!account.empty()) RETURN_IF_ERROR(store_.accounts().Get(account).status());
  v1::SealedConnect begun;
  begun.set_name(name);
  begun.set_account(account);
  begun.set_region(region);
  begun.set_actor(context.actor);
  return begun;
}

absl::StatusOr<v1::SealedConnect> ConnectService::UsableLink(const std::string& token) {
  ASSIGN_OR_RETURN(v1::SealedConnect link,
                   OpenConnect(sealer_, ConnectKind::kLink, token, clock_.Now()));
  for (const std::string& id : {link.id(), RevocationOf(link.id())}) {
    ASSIGN_OR_RETURN(const bool used, store_.connect().IsUsed(id));
    if (used) return ConnectUsed(NameOf(ConnectKind::kLink));
  }
  return link;
}

absl::StatusOr<const RegionConfig*> ConnectService::StartRegion(const std::string& wanted) const {
  if (!wanted.empty()) return regions_.Find(wanted);
  if (clients_.Find(kFirstRegion).ok()) return regions_.Find(kFirstRegion);
  for (const RegionConfig& region : regions_.all()) {
    if (clients_.Find(region.code()).ok()) return &region;
  }
  return OauthClientMissing(kFirstRegion);
}

absl::StatusOr<const RegionConfig*> ConnectService::IssuerOf(
    const v1::CompleteConnectRequest& request, const v1::SealedConnect& state) const {
  if (request.accounts_server().empty() && request.location().empty()) {
    return regions_.Find(state.region());
  }
  RETURN_IF_ERROR(CheckHostName("location", request.location()));
  RETURN_IF_ERROR(CheckHostName("accounts-server", request.accounts_server()));
  if (request.accounts_server().empty()) {
    return regions_.Find(absl::AsciiStrToLower(request.location()));
  }
  ASSIGN_OR_RETURN(const RegionConfig* issuer,
                   regions_.FindByAccountsHost(request.accounts_server()));
  if (!request.location().empty() && issuer->code() != absl::AsciiStrToLower(request.location())) {
    return FieldInvalid("location", absl::StrCat("must be `", issuer->code(),
                                                 "`, the region of `accounts-server`"));
  }
  return issuer;
}

absl::StatusOr<v1::Account> ConnectService::Register(const CallContext& context,
                                                     const v1::SealedConnect& begun,
                                                     const Connection& connection) {
  if (begun.account().empty()) return registrar_.Add(context, begun.name(), connection);
  return registrar_.Renew(context, begun.account(), connection);
}

}  // namespace mesh::auth
