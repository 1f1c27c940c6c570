#include "tests/fake_zoho/throttle.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {
namespace {

int64_t SecondsUp(absl::Duration duration) {
  return absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

int64_t MinutesUp(absl::Duration duration) {
  return absl::ToInt64Minutes(absl::Ceil(duration, absl::Minutes(1)));
}

Answer FilterRefusal(const ThrottleProfile& profile, absl::Duration left) {
  const std::string message = absl::StrFormat(
      "Cannot execute more than %d requests per API in %d minutes. Try again after "
      "%d minutes.",
      profile.limit, MinutesUp(profile.window), MinutesUp(left));
  if (profile.name == "filter-200") {
    return JsonAnswer(200, {{"error",
                             {{"status_code", "400"},
                              {"error_type", "OPERATIONAL_VALIDATION_ERROR"},
                              {"title", "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"},
                              {"details", {{"message", message}}}}}});
  }
  return JsonAnswer(400, {{"error",
                           {{"status_code", 400},
                            {"title", "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"},
                            {"details", {{"message", message}}}}}});
}

// The fields that `profile` puts on every answer.
mesh::net::HttpHeaders FieldsOf(const ThrottleProfile& profile, int64_t remaining, absl::Time reset,
                                absl::Time now) {
  mesh::net::HttpHeaders headers;
  const int64_t left = SecondsUp(reset - now);
  if (absl::StartsWith(profile.name, "desk")) {
    headers.Add("X-Rate-Limit-Request-Weight-v3", "1");
    headers.Add("X-Rate-Limit-Remaining-v3", absl::StrCat(remaining));
  } else if (profile.name == "crm" && remaining * 2 <= profile.limit) {
    headers.Add("X-API-CREDITS-REMAINING", absl::StrCat(remaining));
  } else if (profile.name == "x-ratelimit") {
    headers.Add("X-RateLimit-Limit", absl::StrCat(profile.limit));
    headers.Add("X-RateLimit-Remaining", absl::StrCat(remaining));
    headers.Add("X-RateLimit-Reset", absl::StrCat(absl::ToUnixSeconds(now) + left));
  } else if (profile.name == "ratelimit") {
    headers.Add("RateLimit-Policy",
                absl::StrFormat("\"default\";q=%d;w=%d", profile.limit, SecondsUp(profile.window)));
    headers.Add("RateLimit", absl::StrFormat("\"default\";r=%d;t=%d", remaining, left));
  }
  return headers;
}

Answer WindowRefusal(const ThrottleProfile& profile, absl::Time reset, absl::Time now) {
  Answer answer = EmptyAnswer(429);
  if (profile.name == "desk") {
    answer = JsonAnswer(429, {{"errorCode", "THRESHOLD_EXCEEDED"},
                              {"message", "You have exceeded your API limit for the day."}});
  } else if (profile.name == "desk-concurrency") {
    answer = JsonAnswer(429, {{"errorCode", "TOO_MANY_REQUESTS"},
                              {"message", "Too many requests at the same time."}});
  } else if (profile.name == "crm") {
    answer = JsonAnswer(429, {{"code", "TOO_MANY_REQUESTS"},
                              {"details", Json::object()},
                              {"message", "API limit exceeded"},
                              {"status", "error"}});
  }
  for (const auto& [name, value] : FieldsOf(profile, 0, reset, now)) {
    answer.headers.Add(name, value);
  }
  if (profile.name == "plain-429" || profile.name == "desk") {
    answer.headers.Add("Retry-After", absl::StrCat(SecondsUp(reset - now)));
  }
  return answer;
}

bool IsFilter(const ThrottleProfile& profile) { return absl::StartsWith(profile.name, "filter"); }

}  // namespace

bool IsThrottleProfile(absl::string_view name) {
  constexpr absl::string_view kNames[] = {"none",      "filter",      "filter-200",
                                          "plain-429", "desk",        "desk-concurrency",
                                          "crm",       "x-ratelimit", "ratelimit"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

Throttle::Verdict Throttle::Admit(const ThrottleProfile& profile, absl::string_view organization,
                                  absl::string_view user, absl::string_view endpoint,
                                  absl::Time now) {
  if (profile.name == "none") return {};
  if (IsFilter(profile)) {
    return AdmitByFilter(profile, counters_[absl::StrCat(user, " ", endpoint)], now);
  }
  return AdmitByWindow(profile, counters_[std::string(organization)], now);
}

Throttle::Verdict Throttle::AdmitByFilter(const ThrottleProfile& profile, Counter& counter,
                                          absl::Time now) {
  if (now < counter.locked_until) {
    return {.refusal = FilterRefusal(profile, counter.locked_until - now)};
  }
  while (!counter.calls.empty() && counter.calls.front() + profile.window <= now) {
    counter.calls.pop_front();
  }
  if (static_cast<int64_t>(counter.calls.size()) >= profile.limit) {
    counter.locked_until = now + profile.lock;
    counter.calls.clear();
    return {.refusal = FilterRefusal(profile, profile.lock)};
  }
  counter.calls.push_back(now);
  return {};
}

Throttle::Verdict Throttle::AdmitByWindow(const ThrottleProfile& profile, Counter& counter,
                                          absl::Time now) {
  if (now >= counter.window_start + profile.window) {
    counter.window_start = now;
    counter.used = 0;
  }
  const absl::Time reset = counter.window_start + profile.window;
  if (counter.used >= profile.limit) return {.refusal = WindowRefusal(profile, reset, now)};
  ++counter.used;
  return {.headers = FieldsOf(profile, profile.limit - counter.used, reset, now)};
}

}  // namespace fake_zoho
