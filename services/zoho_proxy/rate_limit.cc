#include "services/zoho_proxy/rate_limit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace mesh::zoho_proxy {
namespace {

// A reset below is a number of seconds, one from kLeastEpochMillis on is milliseconds of the epoch,
// one between is seconds of the epoch.
constexpr int64_t kLeastEpochSeconds = 100'000'000;
constexpr int64_t kLeastEpochMillis = 1'000'000'000'000;

// The accounts server's window for tokens.
constexpr int64_t kOauthLimit = 10;
constexpr absl::Duration kOauthLeastWait = absl::Minutes(1);
constexpr absl::Duration kOauthWindow = absl::Minutes(10);

// What a header's value can mean at most; keeps nonsense from overflowing.
constexpr absl::Duration kLongestWait = absl::Hours(24 * 366);

absl::Duration Clamp(absl::Duration wait) {
  return std::clamp(wait, absl::ZeroDuration(), kLongestWait);
}

// The digits at the front of `text`.
std::optional<int64_t> LeadingInteger(absl::string_view text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  const auto end = std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit);
  int64_t value = 0;
  if (!absl::SimpleAtoi(text.substr(0, end - text.begin()), &value)) return std::nullopt;
  return value;
}

std::optional<int64_t> Integer(const net::HttpHeaders& headers, absl::string_view name) {
  const auto value = headers.Get(name);
  return value.has_value() ? LeadingInteger(*value) : std::nullopt;
}

std::optional<absl::Time> HttpDate(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &time, &error)) return std::nullopt;
  return time;
}

// Seconds, or a date, which counts from the answer's own Date.
std::optional<absl::Duration> RetryAfter(const net::HttpHeaders& headers, absl::Time now) {
  const auto value = headers.Get("Retry-After");
  if (!value.has_value()) return std::nullopt;
  if (const auto seconds = LeadingInteger(*value)) return Clamp(absl::Seconds(*seconds));
  const std::optional<absl::Time> until = HttpDate(*value);
  if (!until.has_value()) return std::nullopt;
  const auto date = headers.Get("Date");
  const std::optional<absl::Time> sent = date.has_value() ? HttpDate(*date) : std::nullopt;
  return Clamp(*until - sent.value_or(now));
}

absl::Duration Reset(int64_t value, absl::Time now) {
  if (value < kLeastEpochSeconds) return Clamp(absl::Seconds(value));
  if (value >= kLeastEpochMillis) return Clamp(absl::FromUnixMillis(value) - now);
  return Clamp(absl::FromUnixSeconds(value) - now);
}

// One item of `"name";key=1;key=2, …` (RFC 9651).
struct Item {
  std::string name = {};
  std::map<std::string, int64_t> parameters = {};

  std::optional<int64_t> Get(const std::string& key) const {
    const auto found = parameters.find(key);
    return found == parameters.end() ? std::nullopt : std::optional(found->second);
  }
};

std::vector<Item> ParseItems(absl::string_view text) {
  std::vector<Item> items;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    Item item;
    bool first = true;
    for (absl::string_view piece : absl::StrSplit(part, ';')) {
      piece = absl::StripAsciiWhitespace(piece);
      if (std::exchange(first, false)) {
        item.name = std::string(absl::StripSuffix(absl::StripPrefix(piece, "\""), "\""));
        continue;
      }
      const std::pair<absl::string_view, absl::string_view> pair =
          absl::StrSplit(piece, absl::MaxSplits('=', 1));
      if (const auto value = LeadingInteger(pair.second)) {
        item.parameters[std::string(absl::StripAsciiWhitespace(pair.first))] = *value;
      }
    }
    items.push_back(std::move(item));
  }
  return items;
}

// `RateLimit` and `RateLimit-Policy` of drafts 07 and later: the policy that has least left.
std::optional<RateLimitFacts> Structured(const net::HttpHeaders& headers) {
  const auto limits = headers.Get("RateLimit");
  if (!limits.has_value()) return std::nullopt;
  std::map<std::string, int64_t> quota;
  if (const auto policies = headers.Get("RateLimit-Policy")) {
    for (const Item& policy : ParseItems(*policies)) {
      if (const auto q = policy.Get("q")) quota[policy.name] = *q;
    }
  }
  std::optional<RateLimitFacts> tightest;
  double least = 0;
  for (const Item& item : ParseItems(*limits)) {
    const std::optional<int64_t> remaining = item.Get("r");
    if (!remaining.has_value()) continue;
    const auto policy = quota.find(item.name);
    const double share =
        policy == quota.end() || policy->second == 0
            ? static_cast<double>(*remaining)
            : static_cast<double>(*remaining) / static_cast<double>(policy->second);
    if (tightest.has_value() && share >= least) continue;
    least = share;
    tightest = RateLimitFacts{.remaining = remaining};
    if (policy != quota.end()) tightest->limit = policy->second;
    if (const auto t = item.Get("t")) tightest->reset = Clamp(absl::Seconds(*t));
  }
  return tightest;
}

// `RateLimit-Limit` and its like, under the prefixes in use.
std::optional<RateLimitFacts> Classic(const net::HttpHeaders& headers, absl::Time now) {
  for (const absl::string_view prefix : {"RateLimit-", "X-RateLimit-", "X-Rate-Limit-"}) {
    RateLimitFacts facts{.limit = Integer(headers, absl::StrCat(prefix, "Limit")),
                         .remaining = Integer(headers, absl::StrCat(prefix, "Remaining"))};
    if (const auto reset = Integer(headers, absl::StrCat(prefix, "Reset"))) {
      facts.reset = Reset(*reset, now);
    }
    if (facts.limit.has_value() || facts.remaining.has_value() || facts.reset.has_value()) {
      return facts;
    }
  }
  return std::nullopt;
}

// Desk's and CRM's own headers.
std::optional<RateLimitFacts> Vendor(const net::HttpHeaders& headers,
                                     std::optional<absl::Duration> retry_after) {
  if (const auto remaining = Integer(headers, "X-Rate-Limit-Remaining-v3")) {
    return RateLimitFacts{.limit = Integer(headers, "X-Rate-Limit-Limit-v3"),
                          .remaining = remaining,
                          .reset = retry_after};
  }
  if (const auto remaining = Integer(headers, "X-API-CREDITS-REMAINING")) {
    return RateLimitFacts{.remaining = remaining};
  }
  return std::nullopt;
}

bool IsThrottle(const ZohoFault& fault) {
  for (const std::string* text : {&fault.key, &fault.code, &fault.message}) {
    const std::string upper = absl::AsciiStrToUpper(*text);
    if (absl::StrContains(upper, "THROTTLES_LIMIT_EXCEEDED") || upper == "THRESHOLD_EXCEEDED" ||
        upper == "TOO_MANY_REQUESTS") {
      return true;
    }
  }
  return false;
}

// The number in front of `word`: 100 of "more than 100 requests per API".
std::optional<int64_t> NumberBefore(absl::string_view text, absl::string_view word) {
  const size_t at = text.find(word);
  if (at == text.npos) return std::nullopt;
  absl::string_view front = absl::StripTrailingAsciiWhitespace(text.substr(0, at));
  size_t begin = front.size();
  while (begin > 0 && absl::ascii_isdigit(front[begin - 1])) --begin;
  return LeadingInteger(front.substr(begin));
}

// 22 minutes of "Try again after 22 minutes."
std::optional<absl::Duration> LockInText(absl::string_view text) {
  constexpr absl::string_view kLead = "Try again after ";
  const size_t at = text.find(kLead);
  if (at == text.npos) return std::nullopt;
  text.remove_prefix(at + kLead.size());
  const std::optional<int64_t> count = LeadingInteger(text);
  if (!count.has_value()) return std::nullopt;
  const absl::string_view unit =
      absl::StripLeadingAsciiWhitespace(text.substr(absl::StrCat(*count).size()));
  if (absl::StartsWith(unit, "minute")) return Clamp(absl::Minutes(*count));
  if (absl::StartsWith(unit, "second")) return Clamp(absl::Seconds(*count));
  if (absl::StartsWith(unit, "hour")) return Clamp(absl::Hours(*count));
  return std::nullopt;
}

}  // namespace

RateLimitReading ReadRateLimit(const net::HttpResponse& response, const ZohoFault* fault,
                               absl::Time now, absl::Duration assumed_lock) {
  const std::optional<absl::Duration> retry_after = RetryAfter(response.headers, now);
  RateLimitReading reading;
  std::optional<RateLimitFacts> told = Structured(response.headers);
  if (!told.has_value()) told = Classic(response.headers, now);
  if (!told.has_value()) told = Vendor(response.headers, retry_after);
  if (told.has_value()) reading.facts = *told;

  std::optional<absl::Duration> wait = retry_after;
  if (fault != nullptr && IsThrottle(*fault)) {
    reading.limited = true;
    if (!wait.has_value()) wait = LockInText(fault->message);
    if (!reading.facts.limit.has_value()) {
      reading.facts.limit = NumberBefore(fault->message, "requests");
    }
  } else if (fault != nullptr && fault->oauth_failure) {
    reading.limited = true;
    reading.facts.limit = kOauthLimit;
    if (!wait.has_value()) wait = std::clamp(assumed_lock, kOauthLeastWait, kOauthWindow);
  } else if (response.status == 429) {
    reading.limited = true;
  }
  if (!reading.limited) return reading;

  if (!wait.has_value()) wait = reading.facts.reset.value_or(assumed_lock);
  if (!reading.facts.remaining.has_value()) reading.facts.remaining = 0;
  if (!reading.facts.reset.has_value()) reading.facts.reset = *wait;
  reading.retry_after = *wait;
  return reading;
}

}  // namespace mesh::zoho_proxy
