#include "tests/fake_zoho/journal.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "common/base/hash.h"
#include "common/net/url.h"
#include "tests/fake_zoho/path_pattern.h"

namespace fake_zoho {
namespace {

constexpr size_t kMaxEntries = 20'000;
constexpr size_t kMaxBodyBytes = 8 << 10;

bool IsSecret(absl::string_view name) {
  constexpr absl::string_view kNames[] = {"client_secret", "refresh_token", "code",
                                          "access_token",  "token",         "code_verifier",
                                          "device_code",   "signature"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// `a=b&code=sha256-1a2b3c4d`.
std::string Redact(absl::string_view encoded) {
  if (encoded.empty()) return "";
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : Parameters::Parse(encoded)) {
    pairs.emplace_back(name, IsSecret(name) ? absl::StrCat("sha256-", TokenHash(value)) : value);
  }
  return mesh::net::FormatQuery(pairs);
}

bool Is(const Parameters& filter, absl::string_view name, absl::string_view value) {
  const std::optional<std::string> wanted = filter.Get(name);
  return !wanted.has_value() || *wanted == value;
}

}  // namespace

std::string TokenHash(absl::string_view token) { return mesh::Sha256Hex(token).substr(0, 8); }

void Journal::Add(Listener where, const Request& request, int status, absl::string_view fault,
                  absl::Time now) {
  Entry entry{.number = next_++,
              .time = now,
              .where = where,
              .method = request.method,
              .path = request.path,
              .query = Redact(request.query),
              .source = std::string(request.headers.Get("X-ZSOURCE").value_or("")),
              .user_agent = std::string(request.headers.Get("User-Agent").value_or("")),
              .status = status,
              .fault = std::string(fault)};
  if (where.role == Role::kAccounts) {
    const Parameters parameters = request.AllParameters();
    entry.grant_type = parameters.GetOr("grant_type");
    for (const char* name : {"refresh_token", "code", "token"}) {
      if (const auto token = parameters.Get(name); token.has_value()) {
        entry.token = TokenHash(*token);
      }
    }
  } else {
    // Bodies of the Meeting hosts hold no secret of anybody's.
    entry.body = request.body.substr(0, kMaxBodyBytes);
    if (const auto token = AccessTokenOf(request); token.has_value()) {
      entry.token = TokenHash(*token);
    }
  }
  entries_.push_back(std::move(entry));
  if (entries_.size() > kMaxEntries) entries_.pop_front();
}

void Journal::Clear() { entries_.clear(); }

bool Journal::Fits(const Entry& entry, const Parameters& filter) {
  uint64_t since = 0;
  (void)absl::SimpleAtoi(filter.GetOr("since"), &since);
  return entry.number > since && Is(filter, "region", CodeOf(entry.where.region)) &&
         Is(filter, "role", NameOf(entry.where.role)) && Is(filter, "method", entry.method) &&
         Is(filter, "status", absl::StrCat(entry.status)) && Is(filter, "token", entry.token) &&
         Is(filter, "grant_type", entry.grant_type) &&
         GlobMatches(filter.Get("path").value_or("*"), entry.path);
}

Json Journal::ToJson(const Parameters& filter) const {
  std::vector<const Entry*> fitting;
  for (const Entry& entry : entries_) {
    if (Fits(entry, filter)) fitting.push_back(&entry);
  }
  Json body = {{"count", fitting.size()}, {"last", next_ - 1}};
  if (filter.Get("count_only").has_value()) return body;
  size_t limit = 0;
  if (!absl::SimpleAtoi(filter.GetOr("limit"), &limit)) limit = 1000;
  Json rows = Json::array();
  for (size_t i = fitting.size() - std::min(limit, fitting.size()); i < fitting.size(); ++i) {
    const Entry& entry = *fitting[i];
    rows.push_back({{"number", entry.number},
                    {"time", absl::FormatTime(absl::RFC3339_full, entry.time, absl::UTCTimeZone())},
                    {"region", std::string(CodeOf(entry.where.region))},
                    {"role", std::string(NameOf(entry.where.role))},
                    {"method", entry.method},
                    {"path", entry.path},
                    {"query", entry.query},
                    {"status", entry.status},
                    {"token_hash", entry.token},
                    {"grant_type", entry.grant_type},
                    {"body", entry.body},
                    {"x_zsource", entry.source},
                    {"user_agent", entry.user_agent},
                    {"fault", entry.fault}});
  }
  body["requests"] = std::move(rows);
  return body;
}

}  // namespace fake_zoho
