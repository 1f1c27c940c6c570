#include "services/auth/field_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/base/utf8.h"
#include "common/rpc/proto_time.h"

namespace mesh::auth {
namespace {

constexpr size_t kLongestName = 120;
constexpr size_t kLongestCredential = 1000;
constexpr size_t kDigestBytes = 32;
constexpr int kMostTags = 50;
constexpr size_t kLongestTag = 64;
constexpr std::array<absl::string_view, 8> kMethods = {"read", "write",  "custom", "get",
                                                       "list", "create", "update", "delete"};
// The last second of 9999.
constexpr int64_t kLastSecond = 253'402'300'799;

bool IsControl(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

bool IsTag(absl::string_view tag) {
  return !tag.empty() && tag.size() <= kLongestTag &&
         std::all_of(tag.begin(), tag.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

template <typename Strings>
void AddOnce(const std::string& value, Strings& strings) {
  if (std::find(strings.begin(), strings.end(), value) == strings.end()) *strings.Add() = value;
}

}  // namespace

absl::Status CheckName(absl::string_view field, absl::string_view name) {
  constexpr char kRule[] =
      "must have 1 to 120 characters, no control characters, and not only spaces";
  absl::Status invalid = FieldInvalid(field, kRule, "Zoho Meeting Admin Worker");
  size_t characters = 0;
  bool blank = true;
  while (!name.empty()) {
    const std::optional<char32_t> character = TakeCharacter(name);
    if (!character.has_value() || IsControl(*character) || ++characters > kLongestName) {
      return invalid;
    }
    blank = blank && *character == ' ';
  }
  return blank ? invalid : absl::OkStatus();
}

absl::Status CheckCredential(absl::string_view field, absl::string_view credential) {
  const bool fit = !credential.empty() && credential.size() <= kLongestCredential &&
                   std::all_of(credential.begin(), credential.end(),
                               [](char c) { return absl::ascii_isgraph(c); });
  return fit ? absl::OkStatus()
             : FieldInvalid(field, "must have 1 to 1,000 visible ASCII characters, no spaces");
}

absl::Status CheckDigest(absl::string_view field, absl::string_view digest) {
  return digest.size() == kDigestBytes ? absl::OkStatus()
                                       : FieldInvalid(field, "must have 32 bytes, a SHA-256");
}

absl::StatusOr<v1::McpServerConfig> CheckConfig(const v1::McpServerConfig& config) {
  v1::McpServerConfig checked = config;
  checked.clear_methods();
  checked.clear_tags();
  for (int i = 0; i < config.methods_size(); ++i) {
    if (std::find(kMethods.begin(), kMethods.end(), config.methods(i)) == kMethods.end()) {
      return FieldInvalid(absl::StrCat("config.methods[", i, "]"),
                          absl::StrCat("must be one of ", absl::StrJoin(kMethods, ", ")), "read");
    }
    AddOnce(config.methods(i), *checked.mutable_methods());
  }
  for (int i = 0; i < config.tags_size(); ++i) {
    if (!IsTag(config.tags(i))) {
      return FieldInvalid(absl::StrCat("config.tags[", i, "]"),
                          "must be 1 to 64 lower-case letters, digits and underscores", "users");
    }
    AddOnce(config.tags(i), *checked.mutable_tags());
    if (checked.tags_size() > kMostTags) {
      return FieldInvalid("config.tags", absl::StrCat("must be at most ", kMostTags));
    }
  }
  if (!v1::McpServerConfig::Approval_IsValid(config.approval())) {
    return FieldInvalid("config.approval", "must be none, write or destructive", "write");
  }
  return checked;
}

absl::StatusOr<absl::Time> CheckExpireTime(const google::protobuf::Timestamp& expire_time,
                                           absl::Time now) {
  const bool is_time = expire_time.nanos() >= 0 && expire_time.nanos() < 1'000'000'000 &&
                       expire_time.seconds() <= kLastSecond;
  const absl::Time time = rpc::TimeOf(expire_time);
  if (!is_time || time <= now) {
    return FieldInvalid("expire_time", "must be a time in the future, before the year 10000");
  }
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

}  // namespace mesh::auth
