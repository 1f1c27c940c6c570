#include "tests/fake_zoho/json_fields.h"

#include "absl/strings/numbers.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {

std::optional<int64_t> IntegerOf(const Json& value) {
  int64_t number = 0;
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_string() && absl::SimpleAtoi(value.get_ref<const std::string&>(), &number)) {
    return number;
  }
  return std::nullopt;
}

const std::string* StringOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_string() ? nullptr
                                                      : &found->get_ref<const std::string&>();
}

bool IsOtherType(const Json& object, const char* name) {
  return object.contains(name) && StringOf(object, name) == nullptr;
}

}  // namespace fake_zoho
