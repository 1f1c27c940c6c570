#include "tests/fake_zoho/json_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include "common/base/errors.h"

namespace fake_zoho {

using Json = nlohmann::ordered_json;

JsonReader::JsonReader(const Json& object, std::string prefix)
    : object_(object), prefix_(std::move(prefix)) {
  if (!object.is_object()) {
    status_ = mesh::FieldInvalid(prefix_.empty() ? "body" : prefix_, "must be a JSON object");
  }
}

void JsonReader::Bool(const char* name, bool& value) {
  const Json* found = Find(name);
  if (found == nullptr) return;
  if (!found->is_boolean()) return Fail(name, "must be true or false");
  value = found->get<bool>();
}

void JsonReader::WideInt(const char* name, int64_t& value, int64_t least, int64_t most) {
  const Json* found = Find(name);
  if (found == nullptr) return;
  const bool fits =
      found->is_number_integer() && found->get<int64_t>() >= least && found->get<int64_t>() <= most;
  if (!fits) return Fail(name, absl::StrCat("must be an integer from ", least, " to ", most));
  value = found->get<int64_t>();
}

void JsonReader::Time(const char* name, absl::Duration unit, absl::Duration& value) {
  const int64_t before = value / unit;
  int64_t after = before;
  Int(name, after);
  if (after != before) value = after * unit;
}

void JsonReader::Text(const char* name, std::string& value,
                      const std::vector<std::string>& choices) {
  const Json* found = Find(name);
  if (found == nullptr) return;
  if (!found->is_string()) return Fail(name, "must be a string");
  const std::string text = found->get<std::string>();
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    return Fail(name, absl::StrCat("must be one of ", absl::StrJoin(choices, ", ")));
  }
  value = text;
}

const Json* JsonReader::Find(const char* name) {
  known_.insert(name);
  if (!status_.ok()) return nullptr;
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

void JsonReader::Fail(absl::string_view name, absl::string_view rule) {
  if (status_.ok()) status_ = mesh::FieldInvalid(absl::StrCat(prefix_, name), rule);
}

void JsonReader::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

absl::Status JsonReader::Done() {
  if (!status_.ok()) return status_;
  for (const auto& [name, value] : object_.items()) {
    if (known_.count(name) == 0) return mesh::FieldInvalid(prefix_ + name, "is not known");
  }
  return absl::OkStatus();
}

}  // namespace fake_zoho
