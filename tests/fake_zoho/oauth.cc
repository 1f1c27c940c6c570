#include "tests/fake_zoho/oauth.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include "common/base/hash.h"
#include "common/base/random.h"

namespace fake_zoho {
namespace {

constexpr size_t kGrantsPerWindow = 10;

std::string NewToken() {
  return absl::StrCat("1000.", absl::BytesToHexString(mesh::RandomBytes(16)), ".",
                      absl::BytesToHexString(mesh::RandomBytes(16)));
}

TokenOutcome Refused(absl::string_view error) { return {.error = std::string(error)}; }

bool VerifierFits(const CodeRequest& request, absl::string_view verifier) {
  if (request.code_challenge.empty()) return true;
  if (request.code_challenge_method != "S256") return verifier == request.code_challenge;
  std::string digest;
  absl::WebSafeBase64Escape(mesh::Sha256(verifier), &digest);
  return digest == request.code_challenge;
}

}  // namespace

void Oauth::AddClient(std::string id, std::string secret, std::vector<std::string> redirect_uris) {
  clients_[std::move(id)] = {std::move(secret), std::move(redirect_uris)};
}

bool Oauth::HasClient(absl::string_view id) const {
  return clients_.find(std::string(id)) != clients_.end();
}

std::string Oauth::CheckClient(absl::string_view id, absl::string_view secret) const {
  const auto client = clients_.find(std::string(id));
  if (client == clients_.end()) return "invalid_client";
  if (client->second.secret != secret) return "invalid_client_secret";
  return "";
}

bool Oauth::AllowsRedirect(absl::string_view client_id, absl::string_view uri) const {
  const auto client = clients_.find(std::string(client_id));
  if (client == clients_.end()) return false;
  const std::vector<std::string>& allowed = client->second.redirect_uris;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), uri) != allowed.end();
}

void Oauth::AddRefreshToken(std::string token, Grant grant) {
  AddHolder(std::move(token), std::move(grant));
}

void Oauth::AddCode(std::string code, CodeRequest request, absl::Time now) {
  const absl::Duration lifetime =
      request.lifetime > absl::ZeroDuration() ? request.lifetime : policy_.code_lifetime;
  codes_[std::move(code)] = {std::move(request), now + lifetime};
}

std::optional<std::string> Oauth::IssueCode(CodeRequest request, absl::Time now) {
  if (!TakeGrant(absl::StrCat("code ", request.grant.client_id), now)) return std::nullopt;
  std::string code = NewToken();
  AddCode(code, std::move(request), now);
  return code;
}

bool Oauth::HasRefreshToken(absl::string_view client_id, int64_t zuid) const {
  return std::any_of(holders_.begin(), holders_.end(), [&](const auto& entry) {
    const Holder& holder = entry.second;
    return !holder.refresh_token.empty() && holder.grant.client_id == client_id &&
           holder.grant.zuid == zuid;
  });
}

TokenOutcome Oauth::Exchange(const TokenRequest& request, absl::Time now) {
  const std::string refusal = CheckClient(request.client_id, request.client_secret);
  if (!refusal.empty()) return Refused(refusal);
  const auto code = codes_.find(request.credential);
  if (code == codes_.end() || code->second.expires <= now ||
      code->second.request.grant.client_id != request.client_id) {
    return Refused("invalid_code");
  }
  const CodeRequest& issued = code->second.request;
  if (issued.redirect_uri.has_value() && request.redirect_uri != issued.redirect_uri) {
    return Refused(request.redirect_uri.has_value() ? "redirect_uri_mismatch"
                                                    : "invalid_redirect_uri");
  }
  if (!VerifierFits(issued, request.code_verifier)) return Refused("invalid_code");

  const Grant grant = issued.grant;
  const bool offline = issued.offline;
  codes_.erase(code);
  return Issue(grant, offline, now);
}

TokenOutcome Oauth::Refresh(const TokenRequest& request, absl::Time now) {
  const std::string refusal = CheckClient(request.client_id, request.client_secret);
  if (!refusal.empty()) return Refused(refusal);
  const auto id = by_refresh_token_.find(request.credential);
  if (id == by_refresh_token_.end()) return Refused("invalid_code");
  Holder& holder = holders_.at(id->second);
  if (holder.grant.client_id != request.client_id) return Refused("invalid_code");
  return IssueAccessToken(holder, id->second, now);
}

TokenOutcome Oauth::Issue(const Grant& grant, bool offline, absl::Time now) {
  if (offline && !TakeGrant(absl::StrCat("token ", grant.client_id, " ", grant.zuid), now)) {
    return {.throttled = true};
  }
  const auto holder = AddHolder(offline ? NewToken() : "", grant);
  TokenOutcome outcome = IssueAccessToken(holder->second, holder->first, now);
  outcome.refresh_token = holder->second.refresh_token;
  return outcome;
}

bool Oauth::Revoke(absl::string_view token) {
  const std::string key(token);
  if (const auto id = by_refresh_token_.find(key); id != by_refresh_token_.end()) {
    DropHolder(holders_.find(id->second));
    return true;
  }
  const auto id = by_access_token_.find(key);
  if (id == by_access_token_.end()) return false;
  std::deque<AccessToken>& live = holders_.at(id->second).live;
  live.erase(std::remove_if(live.begin(), live.end(),
                            [&](const AccessToken& one) { return one.token == key; }),
             live.end());
  by_access_token_.erase(id);
  return true;
}

const Grant* Oauth::FindAccessToken(absl::string_view token, absl::Time now) const {
  const auto id = by_access_token_.find(std::string(token));
  if (id == by_access_token_.end()) return nullptr;
  const Holder& holder = holders_.at(id->second);
  for (const AccessToken& one : holder.live) {
    if (one.token == token) return one.expires > now ? &holder.grant : nullptr;
  }
  return nullptr;
}

size_t Oauth::ExpireAccessTokens(absl::string_view refresh_token) {
  size_t ended = 0;
  for (auto& [id, holder] : holders_) {
    if (!refresh_token.empty() && holder.refresh_token != refresh_token) continue;
    for (const AccessToken& one : holder.live) by_access_token_.erase(one.token);
    ended += holder.live.size();
    holder.live.clear();
  }
  return ended;
}

std::vector<GrantStatus> Oauth::Status(absl::Time now) const {
  std::vector<GrantStatus> all;
  for (const auto& [id, holder] : holders_) {
    GrantStatus status{
        .refresh_token = holder.refresh_token, .grant = holder.grant, .issued = holder.issued};
    for (const AccessToken& one : holder.live) status.live_access_tokens += one.expires > now;
    if (now < holder.window_start + policy_.window) status.issued_in_window = holder.in_window;
    all.push_back(std::move(status));
  }
  return all;
}

Oauth::Holders::iterator Oauth::AddHolder(std::string refresh_token, Grant grant) {
  if (!refresh_token.empty()) {
    // Oldest first.
    std::vector<uint64_t> same;
    for (const auto& [id, holder] : holders_) {
      if (!holder.refresh_token.empty() && holder.grant.client_id == grant.client_id &&
          holder.grant.zuid == grant.zuid) {
        same.push_back(id);
      }
    }
    for (size_t i = 0; same.size() - i >= policy_.refresh_tokens && i < same.size(); ++i) {
      DropHolder(holders_.find(same[i]));
    }
  }
  const uint64_t id = next_holder_++;
  if (!refresh_token.empty()) by_refresh_token_[refresh_token] = id;
  return holders_
      .emplace(id, Holder{.refresh_token = std::move(refresh_token), .grant = std::move(grant)})
      .first;
}

void Oauth::DropHolder(Holders::iterator holder) {
  for (const AccessToken& one : holder->second.live) by_access_token_.erase(one.token);
  by_refresh_token_.erase(holder->second.refresh_token);
  holders_.erase(holder);
}

TokenOutcome Oauth::IssueAccessToken(Holder& holder, uint64_t id, absl::Time now) {
  if (now >= holder.window_start + policy_.window) {
    holder.window_start = now;
    holder.in_window = 0;
  }
  if (holder.in_window >= policy_.access_tokens_per_window) return {.throttled = true};
  ++holder.in_window;
  ++holder.issued;

  const auto drop_oldest = [&] {
    by_access_token_.erase(holder.live.front().token);
    holder.live.pop_front();
  };
  while (!holder.live.empty() && holder.live.front().expires <= now) drop_oldest();
  while (holder.live.size() >= policy_.live_access_tokens) drop_oldest();

  holder.live.push_back({.token = NewToken(), .expires = now + policy_.access_token_lifetime});
  by_access_token_[holder.live.back().token] = id;
  return {.access_token = holder.live.back().token,
          .scopes = holder.grant.scopes,
          .lifetime = policy_.access_token_lifetime};
}

bool Oauth::TakeGrant(const std::string& key, absl::Time now) {
  if (!policy_.limit_grants) return true;
  std::deque<absl::Time>& times = grants_[key];
  while (!times.empty() && times.front() + policy_.window <= now) times.pop_front();
  if (times.size() >= kGrantsPerWindow) return false;
  times.push_back(now);
  return true;
}

}  // namespace fake_zoho
