#include "tests/fake_zoho/settings.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "common/base/status_macros.h"
#include "tests/fake_zoho/json_reader.h"

namespace fake_zoho {
namespace {

using Json = nlohmann::ordered_json;
using Choices = std::vector<std::string>;

constexpr absl::string_view kPagingKinds[] = {"page", "offset", "ignored"};

// Writes the same fields into a JSON object.
class Writer {
 public:
  void Bool(const char* name, bool value) { object_[name] = value; }
  template <typename Integer>
  void Int(const char* name, Integer value, int64_t = 0, int64_t = 0) {
    object_[name] = value;
  }
  void Time(const char* name, absl::Duration unit, absl::Duration value) {
    object_[name] = value / unit;
  }
  void Text(const char* name, const std::string& value, const Choices& = {}) {
    object_[name] = value;
  }

  Json object_ = Json::object();
};

// One list of names for both ways. `S` is Settings or const Settings.
template <typename Visitor, typename S>
void Visit(Visitor& visitor, S& s) {
  const absl::Duration ms = absl::Milliseconds(1);
  const absl::Duration second = absl::Seconds(1);
  visitor.Time("latency_ms", ms, s.latency);
  visitor.Time("accounts_latency_ms", ms, s.accounts_latency);
  visitor.Text("throttle", s.throttle.name);
  visitor.Int("throttle_limit", s.throttle.limit, 1);
  visitor.Time("throttle_window_s", second, s.throttle.window);
  visitor.Time("throttle_lock_s", second, s.throttle.lock);
  visitor.Time("access_token_lifetime_s", second, s.oauth.access_token_lifetime);
  visitor.Time("code_lifetime_s", second, s.oauth.code_lifetime);
  visitor.Int("access_tokens_per_window", s.oauth.access_tokens_per_window, 1);
  visitor.Time("oauth_window_s", second, s.oauth.window);
  visitor.Int("live_access_tokens", s.oauth.live_access_tokens, 1);
  visitor.Int("refresh_tokens", s.oauth.refresh_tokens, 1);
  visitor.Bool("limit_grants", s.oauth.limit_grants);
  visitor.Int("invalid_token_status", s.invalid_token_status, 200, 599);
  visitor.Int("oauth_throttle_status", s.oauth_throttle_status, 200, 599);
  visitor.Bool("localised_throttle", s.localised_throttle);
  visitor.Bool("legacy_expires_in", s.legacy_expires_in);
  visitor.Bool("omit_scope", s.omit_scope);
  visitor.Bool("errors_with_200", s.errors_with_200);
  visitor.Text("ids", s.ids, {"documented", "strings", "numbers"});
  visitor.Bool("typo_isMettingSessionAvailable", s.typo_is_metting_session_available);
  visitor.Int("delete_status", s.delete_status, 200, 204);
  visitor.Bool("require_list_parameters", s.require_list_parameters);
  visitor.Bool("licence_wrapped", s.licence_wrapped);
  visitor.Text("host_names", s.host_names, {"loopback", "zoho"});
  visitor.Text("redirection_server", s.redirection_server);
  visitor.Text("download_redirect", s.download_redirect);
  visitor.Text("consent", s.consent, {"page", "accept", "deny"});
  visitor.Text("consent_user", s.consent_user, {"us-admin", "us-member", "eu-admin", "eu-member"});
}

absl::Status ReadPaging(const Json& rules, Settings& settings) {
  JsonReader families(rules, "paging.");
  for (size_t i = 0; i < kPagingFamilyNames.size(); ++i) {
    const std::string name(kPagingFamilyNames[i]);
    const Json* found = families.Find(name.c_str());
    if (found == nullptr) continue;
    PagingRule& rule = settings.paging[i];
    std::string kind(kPagingKinds[static_cast<size_t>(rule.kind)]);
    JsonReader fields(*found, absl::StrCat("paging.", name, "."));
    fields.Text("kind", kind, Choices(std::begin(kPagingKinds), std::end(kPagingKinds)));
    fields.Int("base", rule.base);
    fields.Int("default_count", rule.default_count);
    fields.Int("max_count", rule.max_count);
    RETURN_IF_ERROR(fields.Done());
    rule.kind =
        static_cast<PagingKind>(std::find(std::begin(kPagingKinds), std::end(kPagingKinds), kind) -
                                std::begin(kPagingKinds));
  }
  return families.Done();
}

}  // namespace

absl::Status ApplySettings(const Json& changes, Settings& settings) {
  Settings changed = settings;
  JsonReader reader(changes);
  Visit(reader, changed);
  if (!IsThrottleProfile(changed.throttle.name)) reader.Fail("throttle", "is no throttle profile");

  // Short for the same base in every family.
  int64_t base = -1;
  reader.Int("index_base", base);
  if (base >= 0) {
    for (PagingRule& rule : changed.paging) rule.base = base;
  }
  if (const Json* paging = reader.Find("paging"); paging != nullptr) {
    reader.Fail(ReadPaging(*paging, changed));
  }

  // Short for a server that serves its first recordings over and over.
  bool ignore = false;
  reader.Bool("recordings_ignore_index", ignore);
  if (ignore) {
    PagingRule& rule = changed.paging[static_cast<size_t>(PagingFamily::kRecording)];
    rule.kind = PagingKind::kIgnored;
    if (rule.default_count == 0) rule.default_count = 20;
  }

  RETURN_IF_ERROR(reader.Done());
  settings = std::move(changed);
  return absl::OkStatus();
}

Json SettingsToJson(const Settings& settings) {
  Writer writer;
  Visit(writer, settings);
  Json paging = Json::object();
  for (size_t i = 0; i < kPagingFamilyNames.size(); ++i) {
    const PagingRule& rule = settings.paging[i];
    paging[std::string(kPagingFamilyNames[i])] = {
        {"kind", std::string(kPagingKinds[static_cast<size_t>(rule.kind)])},
        {"base", rule.base},
        {"default_count", rule.default_count},
        {"max_count", rule.max_count}};
  }
  writer.object_["paging"] = std::move(paging);
  return std::move(writer.object_);
}

}  // namespace fake_zoho
