#include "tests/fake_zoho/meeting_api.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/path_pattern.h"
#include "tests/fake_zoho/scopes.h"

namespace fake_zoho {
namespace {

struct Route {
  Endpoint endpoint = {};
  PathPattern pattern{""};
  // Whether the path's first value is an organisation's id.
  bool of_org = false;
  // What the security filter counts by.
  std::string name = {};
};

const std::vector<Route>& Routes() {
  static const auto& routes = *[] {
    auto* all = new std::vector<Route>;
    for (const Endpoint& endpoint : AllEndpoints()) {
      all->push_back({.endpoint = endpoint,
                      .pattern = PathPattern(endpoint.path),
                      .of_org = absl::StartsWith(endpoint.path, "{zsoid}"),
                      .name = absl::StrCat(endpoint.method, " ", endpoint.path)});
    }
    return all;
  }();
  return routes;
}

struct Found {
  const Route* route = nullptr;
  std::vector<std::string> values = {};
  // Whether there is an endpoint for the path with another method.
  bool other_method = false;
};

Found FindRoute(const Request& request, absl::string_view path) {
  Found found;
  const std::vector<absl::string_view> segments = SplitPath(path);
  for (const Route& route : Routes()) {
    std::optional<std::vector<std::string>> values = route.pattern.Match(segments);
    if (!values.has_value()) continue;
    if (route.endpoint.method != request.method) {
      found.other_method = true;
      continue;
    }
    found.route = &route;
    found.values = *std::move(values);
    break;
  }
  return found;
}

Answer Handle(State& state, Region region, const Request& request, absl::string_view path,
              absl::Time now) {
  Found found = FindRoute(request, path);
  if (found.route == nullptr) return found.other_method ? MethodInvalid() : UrlNotConfigured();
  const Endpoint& endpoint = found.route->endpoint;
  DataCentre& centre = state.centre(region);

  const std::optional<std::string> token = AccessTokenOf(request);
  const Grant* grant = token.has_value() ? centre.oauth.FindAccessToken(*token, now) : nullptr;
  Organization* org = grant == nullptr ? nullptr : centre.FindOrganization(grant->zuid);
  if (org == nullptr) return InvalidOauthToken(state.settings);

  Throttle::Verdict verdict =
      centre.throttle.Admit(state.settings.throttle, absl::StrCat(org->zsoid),
                            absl::StrCat(grant->zuid), found.route->name, now);
  if (verdict.refusal.has_value()) return *std::move(verdict.refusal);

  const auto answer = [&]() -> Answer {
    if (!Allows(grant->scopes, endpoint.scope)) {
      return InvalidOauthScope(found.route->of_org ? 401 : 400);
    }
    const Parameters query = Parameters::Parse(request.query);
    MeetingCall call{.request = request,
                     .query = query,
                     .values = std::move(found.values),
                     .org = *org,
                     .caller = *org->FindUser(grant->zuid),
                     .settings = state.settings,
                     .addresses = state.addresses,
                     .now = now,
                     .resource_type = absl::StrCat("/meeting/api/v2/", path)};
    if (found.route->of_org) {
      if (call.values.front() != absl::StrCat(org->zsoid)) {
        return endpoint.family == ErrorFamily::kDirectory ? OrgMismatch(call.resource_type)
                                                          : NoPermission();
      }
      call.values.erase(call.values.begin());
    }
    if (endpoint.org_admin && !call.caller.IsOrgAdmin()) return NotOrgAdmin(call);
    return endpoint.handler(call);
  };
  Answer answered = answer();
  for (const auto& [name, value] : verdict.headers) answered.headers.Add(name, value);
  return answered;
}

}  // namespace

std::vector<Endpoint> AllEndpoints() {
  std::vector<Endpoint> all;
  for (const auto& group :
       {DirectoryEndpoints(), SessionEndpoints(), RegistrationEndpoints(), ReportEndpoints(),
        PollEndpoints(), RecordingEndpoints(), SdkEndpoints(), ReferenceEndpoints()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

Answer HandleMeeting(State& state, Region region, const Request& request, absl::Time now) {
  absl::string_view path = request.path;
  absl::ConsumePrefix(&path, "/meeting");
  Answer answer = absl::ConsumePrefix(&path, "/api/v2/") ? Handle(state, region, request, path, now)
                                                         : UrlNotConfigured();
  if (state.settings.errors_with_200 && answer.status >= 400) answer.status = 200;
  return answer;
}

}  // namespace fake_zoho
