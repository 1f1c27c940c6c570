#include "gateway/fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"

namespace mesh::gateway {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;

}  // namespace

absl::StatusOr<Json> ParseObject(absl::string_view body) {
  bool too_deep = false;
  const auto bound = [&too_deep](int depth, Json::parse_event_t, const Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return depth <= kMaxDepth;
  };
  Json json = Json::parse(body.begin(), body.end(), bound, /*allow_exceptions=*/false);
  if (too_deep) {
    return FieldInvalid("body", absl::StrCat("must not be nested more than ", kMaxDepth, " deep"));
  }
  if (!json.is_object()) return FieldInvalid("body", "must be a JSON object");
  return json;
}

Fields::Fields(const Json& object, absl::string_view prefix) : object_(object), prefix_(prefix) {}

const Json* Fields::Find(const char* name) {
  known_.insert(name);
  const auto found = object_.find(name);
  if (!status_.ok() || found == object_.end() || found->is_null()) return nullptr;
  return &*found;
}

std::optional<std::string> Fields::String(const char* name) {
  const Json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    Fail(name, "must be a string");
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::string Fields::RequiredString(const char* name) {
  std::optional<std::string> value = String(name);
  if (!value.has_value()) Fail(name, "is required and must be a string");
  return std::move(value).value_or("");
}

std::optional<bool> Fields::Bool(const char* name) {
  const Json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    Fail(name, "must be true or false");
    return std::nullopt;
  }
  return value->get<bool>();
}

std::vector<std::string> Fields::Strings(const char* name) {
  const Json* value = Find(name);
  std::vector<std::string> strings;
  if (value == nullptr) return strings;
  if (!value->is_array()) {
    Fail(name, "must be a list of strings");
    return strings;
  }
  for (const Json& item : *value) {
    if (!item.is_string()) {
      Fail(absl::StrCat(name, "[", strings.size(), "]"), "must be a string");
      return {};
    }
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

std::optional<absl::Time> Fields::Time(const char* name) {
  const std::optional<std::string> text = String(name);
  if (!text.has_value()) return std::nullopt;
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, *text, &time, nullptr)) {
    Fail(name, "must be an RFC 3339 time with a zone", "2026-12-31T00:00:00Z");
    return std::nullopt;
  }
  return time;
}

std::optional<int64_t> Fields::Integer(const char* name, int64_t least, int64_t most) {
  const Json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  // As a signed number, what does not fit is negative or above any bound of ours.
  if (!value->is_number_integer() || value->get<int64_t>() < least ||
      value->get<int64_t>() > most) {
    Fail(name, absl::StrCat("must be a whole number from ", least, " to ", most));
    return std::nullopt;
  }
  return value->get<int64_t>();
}

bool Fields::Has(const char* name) const { return object_.contains(name); }

const Json* Fields::Object(const char* name) {
  const Json* value = Find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) {
    Fail(name, "must be an object");
    return nullptr;
  }
  return value;
}

void Fields::Fail(absl::string_view name, absl::string_view rule, absl::string_view example) {
  if (status_.ok()) status_ = FieldInvalid(absl::StrCat(prefix_, name), rule, example);
}

void Fields::Fail(const absl::Status& status) {
  if (status_.ok()) status_ = status;
}

absl::Status Fields::Finish() {
  for (auto field = object_.begin(); status_.ok() && field != object_.end(); ++field) {
    if (known_.count(field.key()) > 0) continue;
    Fail(field.key(), absl::StrCat("is not known here; known: ", absl::StrJoin(known_, ", ")));
  }
  return status_;
}

}  // namespace mesh::gateway
