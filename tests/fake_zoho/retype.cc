#include "tests/fake_zoho/retype.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/strings/numbers.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {
namespace {

using Json = nlohmann::ordered_json;

bool Wobbles(const std::string& name) {
  static constexpr const char* kNames[] = {
      "zsoid",           "orgId",           "zuid",
      "userId",          "departmentId",    "meetingKey",
      "webinarKey",      "presenter",       "presenterZuid",
      "creatorZuid",     "duration",        "offset",
      "sysId",           "sys_id",          "instanceId",
      "createdTime",     "modifiedTime",    "startTimeMillisec",
      "endTimeMillisec", "startTimeMillis", "endTimeMillis",
      "creatorUserId",   "modifiedUserId"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](const char* one) { return name == one; });
}

void RetypeOne(bool to_string, Json& value) {
  int64_t number = 0;
  if (to_string && value.is_number_integer()) {
    value = std::to_string(value.get<int64_t>());
  } else if (!to_string && value.is_string() &&
             absl::SimpleAtoi(value.get_ref<const std::string&>(), &number)) {
    value = number;
  }
}

void RetypeAll(bool to_string, Json& value) {
  if (value.is_array()) {
    for (Json& element : value) RetypeAll(to_string, element);
  } else if (value.is_object()) {
    for (auto& [name, member] : value.items()) {
      if (member.is_structured()) {
        RetypeAll(to_string, member);
      } else if (Wobbles(name)) {
        RetypeOne(to_string, member);
      }
    }
  }
}

}  // namespace

void Retype(const std::string& type, Json& body) {
  if (type == "strings" || type == "numbers") RetypeAll(type == "strings", body);
}

}  // namespace fake_zoho
