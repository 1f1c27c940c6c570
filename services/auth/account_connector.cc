#include "services/auth/account_connector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "services/auth/zoho_limits.h"

namespace mesh::auth {
namespace {

using config::v1::RegionConfig;
using Outcome = TokenAnswer::Outcome;

constexpr absl::Duration kTimeout = absl::Seconds(20);

// To learn that a region does not know a credential.
constexpr absl::Duration kProbe = absl::Seconds(5);

// To end a token that the mesh forgets whatever Zoho says.
constexpr absl::Duration kRevocation = absl::Seconds(10);

// Of China's hosts, which get no credential that was not meant for them.
constexpr char kOtherOperator[] = "cn";

// Zoho told the scopes, and none of them opens user.json.
bool LacksUserScope(const std::vector<std::string>& scopes) {
  return !scopes.empty() && std::none_of(scopes.begin(), scopes.end(), [](const auto& scope) {
    return absl::StartsWithIgnoreCase(scope, "ZohoMeeting.manageOrg.");
  });
}

}  // namespace

absl::Status AccountConnector::ErrorOf(const TokenAnswer& answer, const net::HttpResponse& response,
                                       absl::string_view region) {
  switch (answer.outcome) {
    case Outcome::kGranted:
      return absl::OkStatus();
    case Outcome::kCredentialRefused:
    case Outcome::kRefused:
      return GrantRefused(answer.error, region);
    case Outcome::kClientRefused:
      return OauthClientRefused(answer.error, region);
    case Outcome::kThrottled:
      // What is left of the window is not known.
      return OauthThrottled(kZohoWindow, kZohoBudget);
    case Outcome::kBroken:
      break;
  }
  return ZohoBroken(answer.error, response.status);
}

absl::StatusOr<Connection> AccountConnector::Connect(const CallContext& context,
                                                     absl::string_view region,
                                                     const Credential& credential) {
  ASSIGN_OR_RETURN(const RegionConfig* named, regions_.Find(region));
  ASSIGN_OR_RETURN(Granted granted, FindIssuer(context, *named, credential));
  if (credential.kind == Credential::Kind::kRefreshToken) {
    granted.tokens.refresh_token = credential.value;
  }
  ASSIGN_OR_RETURN(Connection connection,
                   Describe(context, *granted.issuer, std::move(granted.tokens), granted.asked));
  connection.issued_now = credential.kind != Credential::Kind::kRefreshToken;
  return connection;
}

absl::StatusOr<AccountConnector::Granted> AccountConnector::FindIssuer(
    const CallContext& context, const RegionConfig& named, const Credential& credential) {
  // Before the answer comes: a life that is thought too short does no harm.
  const absl::Time asked = clock_.Now();
  absl::StatusOr<TokenAnswer> tokens = RequestTokens(context, named, credential);
  if (tokens.ok()) return Granted{.issuer = &named, .tokens = *std::move(tokens), .asked = asked};
  const std::string reason = ErrorReason(tokens.status());
  // What Zoho's own page sent says which host issued it.
  if (credential.kind == Credential::Kind::kConsentCode ||
      (reason != "GRANT_REFUSED" && reason != "OAUTH_CLIENT_REFUSED")) {
    return tokens.status();
  }
  for (const RegionConfig& other : regions_.all()) {
    if (other.code() == named.code() || other.code() == kOtherOperator) continue;
    if (!clients_.Find(other.code()).ok()) continue;
    const absl::Time asked_other = clock_.Now();
    CallContext brief = context;
    brief.deadline = std::min(context.deadline, asked_other + kProbe);
    absl::StatusOr<TokenAnswer> found = RequestTokens(brief, other, credential);
    if (!found.ok()) continue;
    LogInfo(
        "credential is of another region",
        {{"request_id", context.request_id}, {"named", named.code()}, {"issuer", other.code()}});
    return Granted{.issuer = &other, .tokens = *std::move(found), .asked = asked_other};
  }
  return tokens.status();
}

absl::StatusOr<Connection> AccountConnector::Describe(const CallContext& context,
                                                      const RegionConfig& issuer,
                                                      TokenAnswer tokens, absl::Time asked) {
  if (tokens.refresh_token.empty()) {
    return GrantRefused("the code was not made for offline access", issuer.code());
  }
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(issuer.code()));
  ASSIGN_OR_RETURN(ZohoUser user, RequestUser(context, issuer, tokens));
  const RegionConfig* home = &issuer;
  if (!user.meeting_host.empty()) {
    ASSIGN_OR_RETURN(home, regions_.FindByMeetingHost(user.meeting_host));
  }
  return Connection{.user = std::move(user),
                    .region = home->code(),
                    .grant_region = issuer.code(),
                    .client_id = client->id,
                    .issued_now = true,
                    .refresh_token = std::move(tokens.refresh_token),
                    .access_token = std::move(tokens.access_token),
                    .issue_time = asked,
                    .expire_time = asked + tokens.lifetime,
                    .scopes = std::move(tokens.scopes)};
}

absl::Status AccountConnector::Revoke(const CallContext& context, absl::string_view region,
                                      const Secret& refresh_token) {
  ASSIGN_OR_RETURN(const RegionConfig* issuer, regions_.Find(region));
  CallContext brief = context;
  brief.deadline = std::min(context.deadline, clock_.Now() + kRevocation);
  ASSIGN_OR_RETURN(
      const net::HttpResponse response,
      Send(brief, issuer->accounts_url(), RevokeRequest(issuer->accounts_url(), refresh_token)));
  return ReadRevokeAnswer(response) ? absl::OkStatus()
                                    : ZohoBroken("the token was not revoked", response.status);
}

absl::StatusOr<TokenAnswer> AccountConnector::RequestTokens(const CallContext& context,
                                                            const RegionConfig& region,
                                                            const Credential& credential) {
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(region.code()));
  const std::string& url = region.accounts_url();
  const auto request = [&] {
    switch (credential.kind) {
      case Credential::Kind::kRefreshToken:
        return RefreshRequest(url, *client, credential.value);
      case Credential::Kind::kGrantCode:
        return GrantCodeRequest(url, *client, credential.value);
      case Credential::Kind::kConsentCode:
        break;
    }
    return CodeRequest(url, *client, credential.value, credential.redirect_uri,
                       credential.code_verifier);
  };
  const absl::Time asked = clock_.Now();
  absl::StatusOr<net::HttpResponse> response = Send(context, url, request());
  if (!response.ok()) {
    metrics_.RecordTokenRequest(region.code(), "unreachable", clock_.Now() - asked);
    return response.status();
  }
  TokenAnswer answer = ReadTokenAnswer(*response);
  metrics_.RecordTokenRequest(region.code(), OutcomeName(answer.outcome), clock_.Now() - asked);
  RETURN_IF_ERROR(ErrorOf(answer, *response, region.code()));
  return answer;
}

absl::StatusOr<ZohoUser> AccountConnector::RequestUser(const CallContext& context,
                                                       const RegionConfig& region,
                                                       const TokenAnswer& tokens) {
  ASSIGN_OR_RETURN(
      const net::HttpResponse response,
      Send(context, region.meeting_url(), UserRequest(region.meeting_url(), tokens.access_token)));
  absl::StatusOr<ZohoUser> user = ReadUserAnswer(response, region.code());
  // Without its scope user.json answers with errors of any kind.
  if (absl::IsInvalidArgument(user.status()) && LacksUserScope(tokens.scopes)) {
    return ScopeMissing(kUserScope);
  }
  return user;
}

absl::StatusOr<net::HttpResponse> AccountConnector::Send(const CallContext& context,
                                                         absl::string_view base_url,
                                                         net::HttpRequest request) {
  request.timeout = std::min(kTimeout, context.deadline - clock_.Now());
  if (request.timeout <= absl::ZeroDuration()) return TimedOut("asking Zoho");
  absl::StatusOr<net::HttpResponse> response = net::SendAndWait(http_, std::move(request));
  if (!response.ok())
    return ZohoUnreachable(base_url, absl::StripSuffix(response.status().message(), "."));
  return response;
}

}  // namespace mesh::auth
