#include "tests/fake_zoho/control_api.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "tests/fake_zoho/credentials.h"
#include "tests/fake_zoho/json_reader.h"
#include "tests/fake_zoho/scopes.h"
#include "tests/fake_zoho/seed_report.h"

namespace fake_zoho {
namespace {

// An answer, or what is wrong with the request.
using Result = absl::StatusOr<Json>;

// An object of the body; `{}` for an empty body.
Json BodyOf(const Request& request) {
  if (request.body.empty()) return Json::object();
  return Json::parse(request.body, /*cb=*/nullptr, /*allow_exceptions=*/false);
}

// What `POST /__fake/grant_codes` and `/__fake/refresh_tokens` are told.
struct NewGrant {
  Region region = Region::kUs;
  Grant grant = {.client_id = std::string(kClientId)};
  std::optional<std::string> redirect_uri = {};
  absl::Duration lifetime = absl::ZeroDuration();
};

absl::Status ReadGrant(State& state, const Json& body, NewGrant& made) {
  JsonReader reader(body);
  std::string region = "us";
  std::string user = "admin";
  std::string scopes;
  std::string redirect_uri;
  reader.Text("region", region, {"us", "eu"});
  reader.Text("user", user, {"admin", "member"});
  reader.Text("scope", scopes);
  reader.Text("redirect_uri", redirect_uri);
  reader.Time("lifetime_s", absl::Seconds(1), made.lifetime);
  made.region = *RegionOf(region);
  made.grant.zuid = user == "admin" ? AdminZuidOf(made.region) : MemberZuidOf(made.region);
  reader.Int("zuid", made.grant.zuid, 1, std::numeric_limits<int64_t>::max());
  RETURN_IF_ERROR(reader.Done());
  if (state.centre(made.region).FindOrganization(made.grant.zuid) == nullptr) {
    return mesh::FieldInvalid("zuid", "must be a user's");
  }
  made.grant.scopes = scopes.empty() ? AllScopes() : SplitScopes(scopes);
  if (!redirect_uri.empty()) made.redirect_uri = redirect_uri;
  return absl::OkStatus();
}

Result GetSettings(State& state, const Request&, absl::Time) {
  return SettingsToJson(state.settings);
}

Result PutSettings(State& state, const Request& request, absl::Time) {
  const Json body = BodyOf(request);
  RETURN_IF_ERROR(ApplySettings(body, state.settings));
  state.SettingsChanged();
  for (const auto& [name, value] : body.items()) {
    if (!absl::StartsWith(name, "throttle")) continue;
    for (DataCentre& centre : state.centres) centre.throttle.Reset();
  }
  return SettingsToJson(state.settings);
}

Result DeleteSettings(State& state, const Request&, absl::Time) {
  state.settings = state.initial_settings;
  state.SettingsChanged();
  for (DataCentre& centre : state.centres) centre.throttle.Reset();
  return SettingsToJson(state.settings);
}

Result GetFaults(State& state, const Request&, absl::Time) { return state.faults.ToJson(); }

Result PutFaults(State& state, const Request& request, absl::Time) {
  RETURN_IF_ERROR(state.faults.Set(BodyOf(request)));
  return state.faults.ToJson();
}

Result DeleteFaults(State& state, const Request&, absl::Time) {
  state.faults.Clear();
  return state.faults.ToJson();
}

Result GetRequests(State& state, const Request& request, absl::Time) {
  return state.journal.ToJson(Parameters::Parse(request.query));
}

Result DeleteRequests(State& state, const Request&, absl::Time) {
  state.journal.Clear();
  return Json::object();
}

Result GetClock(State& state, const Request&, absl::Time now) {
  return Json{
      {"now", absl::FormatTime(absl::RFC3339_full, now + state.clock_offset, absl::UTCTimeZone())},
      {"offset_s", absl::ToInt64Seconds(state.clock_offset)}};
}

Result PutClock(State& state, const Request& request, absl::Time now) {
  const Json body = BodyOf(request);
  JsonReader reader(body);
  absl::Duration advance = absl::ZeroDuration();
  absl::Duration offset = state.clock_offset;
  reader.Time("offset_s", absl::Seconds(1), offset);
  reader.Time("advance_s", absl::Seconds(1), advance);
  RETURN_IF_ERROR(reader.Done());
  state.clock_offset = offset + advance;
  return GetClock(state, request, now);
}

Result ExpireTokens(State& state, const Request& request, absl::Time) {
  const Json body = BodyOf(request);
  JsonReader reader(body);
  std::string region;
  std::string refresh_token;
  reader.Text("region", region, {"us", "eu"});
  reader.Text("refresh_token", refresh_token);
  RETURN_IF_ERROR(reader.Done());
  size_t expired = 0;
  for (const Region one : kRegions) {
    if (region.empty() || region == CodeOf(one)) {
      expired += state.centre(one).oauth.ExpireAccessTokens(refresh_token);
    }
  }
  return Json{{"expired", expired}};
}

Result RevokeToken(State& state, const Request& request, absl::Time) {
  const Json body = BodyOf(request);
  JsonReader reader(body);
  std::string token;
  reader.Text("refresh_token", token);
  RETURN_IF_ERROR(reader.Done());
  bool revoked = false;
  for (DataCentre& centre : state.centres) revoked |= centre.oauth.Revoke(token);
  return Json{{"revoked", revoked}};
}

Result MakeGrantCode(State& state, const Request& request, absl::Time now) {
  NewGrant made;
  RETURN_IF_ERROR(ReadGrant(state, BodyOf(request), made));
  Oauth& oauth = state.centre(made.region).oauth;
  const std::optional<std::string> code = oauth.IssueCode(
      {.grant = made.grant, .redirect_uri = made.redirect_uri, .lifetime = made.lifetime},
      now + state.clock_offset);
  if (!code.has_value()) return mesh::FieldInvalid("region", "has had too many codes of late");
  return Json{{"code", *code}};
}

Result MakeRefreshToken(State& state, const Request& request, absl::Time now) {
  NewGrant made;
  RETURN_IF_ERROR(ReadGrant(state, BodyOf(request), made));
  const TokenOutcome outcome =
      state.centre(made.region).oauth.Issue(made.grant, /*offline=*/true, now + state.clock_offset);
  if (!outcome.ok()) return mesh::FieldInvalid("region", "has had too many tokens of late");
  return Json{{"refresh_token", outcome.refresh_token}, {"access_token", outcome.access_token}};
}

Result GetOauth(State& state, const Request&, absl::Time now) {
  Json body = Json::object();
  for (const Region region : kRegions) {
    Json rows = Json::array();
    for (const GrantStatus& status : state.centre(region).oauth.Status(now + state.clock_offset)) {
      rows.push_back(
          {{"token_hash", status.refresh_token.empty() ? "" : TokenHash(status.refresh_token)},
           {"zuid", absl::StrCat(status.grant.zuid)},
           {"live_access_tokens", status.live_access_tokens},
           {"issued", status.issued},
           {"issued_in_window", status.issued_in_window}});
    }
    body[std::string(CodeOf(region))] = std::move(rows);
  }
  return body;
}

Result MakeOrganization(State& state, const Request& request, absl::Time now) {
  const Json body = BodyOf(request);
  JsonReader reader(body);
  OrganizationSpec spec = {.departments = 3, .users = 12, .meetings = 5, .webinars = 1};
  std::string region = "us";
  reader.Text("region", region, {"us", "eu"});
  reader.Text("name", spec.name);
  reader.Int("departments", spec.departments, 1, 1000);
  reader.Int("users", spec.users, 3, 100'000);
  reader.Int("meetings", spec.meetings, 0, 100'000);
  reader.Int("webinars", spec.webinars, 0, 1000);
  RETURN_IF_ERROR(reader.Done());
  spec.region = *RegionOf(region);
  // Far enough from the one before for its users' ids.
  spec.zsoid = state.next_zsoid;
  state.next_zsoid += 200'000;
  if (spec.name.empty()) spec.name = absl::StrCat("Organisation ", spec.zsoid);
  spec.domain = absl::StrCat("org", spec.zsoid, ".example");
  spec.timezone = SpecOf(spec.region).timezone;
  return DescribeOrganization(state.AddOrganization(spec, now + state.clock_offset));
}

Result Reseed(State& state, const Request&, absl::Time now) {
  state.ReseedOrganizations(now + state.clock_offset);
  return DescribeSeed(state);
}

Result GetSeed(State& state, const Request&, absl::Time) { return DescribeSeed(state); }

struct ControlEndpoint {
  absl::string_view method;
  absl::string_view path;
  Result (*handler)(State&, const Request&, absl::Time);
};

constexpr ControlEndpoint kEndpoints[] = {
    {"GET", "settings", GetSettings},
    {"PUT", "settings", PutSettings},
    {"DELETE", "settings", DeleteSettings},
    {"GET", "faults", GetFaults},
    {"PUT", "faults", PutFaults},
    {"DELETE", "faults", DeleteFaults},
    {"GET", "requests", GetRequests},
    {"DELETE", "requests", DeleteRequests},
    {"GET", "clock", GetClock},
    {"PUT", "clock", PutClock},
    {"POST", "expire_tokens", ExpireTokens},
    {"POST", "revoke", RevokeToken},
    {"POST", "grant_codes", MakeGrantCode},
    {"POST", "refresh_tokens", MakeRefreshToken},
    {"POST", "organizations", MakeOrganization},
    {"POST", "reseed", Reseed},
    {"GET", "oauth", GetOauth},
    {"GET", "seed", GetSeed},
};

}  // namespace

Answer HandleControl(State& state, const Request& request, absl::Time now) {
  const absl::string_view path = absl::StripPrefix(request.path, kControlPrefix);
  bool other_method = false;
  for (const ControlEndpoint& endpoint : kEndpoints) {
    if (endpoint.path != path) continue;
    other_method = true;
    if (endpoint.method != request.method) continue;
    const Result result = endpoint.handler(state, request, now);
    if (result.ok()) return JsonAnswer(200, *result);
    return JsonAnswer(400, {{"error", std::string(result.status().message())}});
  }
  return JsonAnswer(other_method ? 405 : 404,
                    {{"error", other_method ? "no such method here" : "no such control"}});
}

}  // namespace fake_zoho
