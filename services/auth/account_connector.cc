#include "services/auth/account_connector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"

namespace mesh::auth {
namespace {

using config::v1::RegionConfig;
using Outcome = TokenAnswer::Outcome;

constexpr absl::Duration kTimeout = absl::Seconds(20);

// Zoho's own, which it does not tell.
constexpr absl::Duration kThrottle = absl::Minutes(10);

absl::Status ErrorOf(const TokenAnswer& answer, const net::HttpResponse& response,
                     const RegionConfig& region) {
  switch (answer.outcome) {
    case Outcome::kGranted:
      return absl::OkStatus();
    case Outcome::kCredentialRefused:
    case Outcome::kRefused:
      return GrantRefused(answer.error, region.code());
    case Outcome::kClientRefused:
      return OauthClientRefused(answer.error, region.code());
    case Outcome::kThrottled:
      return OauthThrottled(kThrottle, "Zoho's limit");
    case Outcome::kBroken:
      break;
  }
  return ZohoBroken(answer.error, response.status);
}

// Zoho told the scopes, and none of them opens user.json.
bool LacksUserScope(const std::vector<std::string>& scopes) {
  return !scopes.empty() && std::none_of(scopes.begin(), scopes.end(), [](const auto& scope) {
    return absl::StartsWithIgnoreCase(scope, "ZohoMeeting.manageOrg.");
  });
}

}  // namespace

absl::StatusOr<Connection> AccountConnector::Connect(const CallContext& context,
                                                     absl::string_view region,
                                                     const Credential& credential) {
  ASSIGN_OR_RETURN(const RegionConfig* issuer, regions_.Find(region));
  // Before the answer comes: a life that is thought too short does no harm.
  const absl::Time asked = clock_.Now();
  ASSIGN_OR_RETURN(TokenAnswer tokens, RequestTokens(context, *issuer, credential));
  if (credential.kind == Credential::Kind::kRefreshToken) {
    tokens.refresh_token = credential.value;
  } else if (tokens.refresh_token.empty()) {
    return GrantRefused("the code was not made for offline access", region);
  }

  ASSIGN_OR_RETURN(ZohoUser user, RequestUser(context, *issuer, tokens));
  const RegionConfig* home = issuer;
  if (!user.meeting_host.empty()) {
    ASSIGN_OR_RETURN(home, regions_.FindByMeetingHost(user.meeting_host));
  }
  return Connection{.user = std::move(user),
                    .region = home->code(),
                    .grant_region = issuer->code(),
                    .refresh_token = std::move(tokens.refresh_token),
                    .access_token = std::move(tokens.access_token),
                    .issue_time = asked,
                    .expire_time = asked + tokens.lifetime,
                    .scopes = std::move(tokens.scopes)};
}

absl::StatusOr<TokenAnswer> AccountConnector::RequestTokens(const CallContext& context,
                                                            const RegionConfig& region,
                                                            const Credential& credential) {
  ASSIGN_OR_RETURN(const OauthClient* client, clients_.Find(region.code()));
  const absl::Time asked = clock_.Now();
  absl::StatusOr<net::HttpResponse> response =
      Send(context, region.accounts_url(),
           credential.kind == Credential::Kind::kRefreshToken
               ? RefreshRequest(region.accounts_url(), *client, credential.value)
               : GrantCodeRequest(region.accounts_url(), *client, credential.value));
  if (!response.ok()) {
    metrics_.RecordTokenRequest(region.code(), "unreachable", clock_.Now() - asked);
    return response.status();
  }
  TokenAnswer answer = ReadTokenAnswer(*response);
  metrics_.RecordTokenRequest(region.code(), OutcomeName(answer.outcome), clock_.Now() - asked);
  RETURN_IF_ERROR(ErrorOf(answer, *response, region));
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
