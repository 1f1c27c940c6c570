#include "tests/fake_zoho/consent.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "common/net/url.h"
#include "tests/fake_zoho/accounts_answers.h"
#include "tests/fake_zoho/scopes.h"

namespace fake_zoho {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr absl::string_view kPersonas[] = {"us-admin", "us-member", "eu-admin", "eu-member"};

// Zoho shows a page and sends nobody anywhere.
Answer ErrorPage(absl::string_view error) {
  return HtmlAnswer(400, absl::StrCat("<html><body><h1>Error</h1><p id=\"error\">",
                                      HtmlEscape(error), "</p></body></html>"));
}

Answer RedirectTo(const std::string& uri, const Pairs& pairs) {
  Answer answer = EmptyAnswer(302);
  answer.headers.Set("Location", absl::StrCat(uri, absl::StrContains(uri, "?") ? "&" : "?",
                                              mesh::net::FormatQuery(pairs)));
  return answer;
}

Answer Accept(State& state, const Parameters& parameters, Region home, int64_t zuid,
              absl::Time now) {
  Oauth& oauth = state.centre(home).oauth;
  const std::string client_id = parameters.GetOr("client_id");
  if (!oauth.HasClient(client_id)) return ErrorPage("invalid_client");
  const std::string uri = parameters.GetOr("redirect_uri");
  // Without a forced prompt, who has consented once is not asked, and gets no second refresh token.
  const bool offline =
      parameters.GetOr("access_type") == "offline" &&
      (parameters.GetOr("prompt") == "consent" || !oauth.HasRefreshToken(client_id, zuid));
  const std::optional<std::string> code =
      oauth.IssueCode({.grant = {.client_id = client_id,
                                 .zuid = zuid,
                                 .scopes = SplitScopes(parameters.GetOr("scope"))},
                       .redirect_uri = uri,
                       .offline = offline,
                       .code_challenge = parameters.GetOr("code_challenge"),
                       .code_challenge_method = parameters.GetOr("code_challenge_method")},
                      now);
  if (!code.has_value()) return ErrorPage("general_error");
  Pairs pairs = {{"code", *code},
                 {"location", std::string(CodeOf(home))},
                 {"accounts-server", AccountsUrl(state, home)}};
  if (const auto given = parameters.Get("state"); given.has_value()) {
    pairs.emplace_back("state", *given);
  }
  return RedirectTo(uri, pairs);
}

Answer Deny(const Parameters& parameters) {
  Pairs pairs = {{"error", "access_denied"}};
  if (const auto given = parameters.Get("state"); given.has_value()) {
    pairs.emplace_back("state", *given);
  }
  return RedirectTo(parameters.GetOr("redirect_uri"), pairs);
}

// Empty, or Zoho's name of what is wrong.
std::string CheckRequest(const Oauth& oauth, const Parameters& parameters) {
  const std::string client_id = parameters.GetOr("client_id");
  if (!oauth.HasClient(client_id)) return "invalid_client";
  const std::string uri = parameters.GetOr("redirect_uri");
  if (!mesh::net::ParseUrl(uri).ok() || !oauth.AllowsRedirect(client_id, uri)) {
    return "invalid_redirect_uri";
  }
  if (parameters.GetOr("response_type") != "code") return "invalid_response_type";
  const std::vector<std::string> scopes = SplitScopes(parameters.GetOr("scope"));
  if (scopes.empty()) return "invalid_scope";
  for (const std::string& scope : scopes) {
    if (!IsKnownScope(scope)) return "invalid_scope";
  }
  return "";
}

}  // namespace

Answer Authorize(State& state, Region region, const Request& request, absl::Time now) {
  const Parameters parameters = Parameters::Parse(request.query);
  const std::string error = CheckRequest(state.centre(region).oauth, parameters);
  if (!error.empty()) return ErrorPage(error);

  std::string decision = parameters.GetOr("fake_decision");
  std::string persona = parameters.GetOr("fake_user");
  if (decision.empty()) decision = state.settings.consent;
  if (persona.empty()) persona = state.settings.consent_user;
  if (decision == "deny") return Deny(parameters);
  if (decision == "accept") {
    const auto found = FindPersona(persona);
    if (!found.has_value()) return ErrorPage("unknown_user");
    return Accept(state, parameters, found->first, found->second, now);
  }
  return DecisionPage(state, "A client asks for access", request.path, parameters);
}

Answer DecisionPage(const State& state, absl::string_view title, absl::string_view path,
                    const Parameters& parameters) {
  std::string items;
  for (const absl::string_view name : kPersonas) {
    const auto persona = FindPersona(name);
    std::string email;
    for (const Organization& org :
         state.centres[static_cast<size_t>(persona->first)].organizations) {
      if (const User* user = org.FindUser(persona->second); user != nullptr) email = user->email;
    }
    for (const absl::string_view decision : {"accept", "deny"}) {
      Pairs pairs(parameters.begin(), parameters.end());
      pairs.emplace_back("fake_user", std::string(name));
      pairs.emplace_back("fake_decision", std::string(decision));
      absl::StrAppend(&items, "<li><a id=\"", decision, "-", name, "\" href=\"",
                      HtmlEscape(absl::StrCat(path, "?", mesh::net::FormatQuery(pairs))), "\">",
                      decision == "accept" ? "Accept" : "Reject", " as ", HtmlEscape(email),
                      "</a></li>");
    }
  }
  return HtmlAnswer(
      200, absl::StrCat("<!doctype html><html lang=\"en\"><head><title>Zoho Accounts "
                        "(simulated)</title></head><body><h1>",
                        HtmlEscape(title), "</h1><p>Scopes: ",
                        HtmlEscape(absl::StrJoin(SplitScopes(parameters.GetOr("scope")), ", ")),
                        "</p><ul>", items, "</ul></body></html>"));
}

}  // namespace fake_zoho
