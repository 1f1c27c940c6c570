// Fields of what callers send, read as leniently as Zoho reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/fake_zoho/message.h"

namespace fake_zoho {

// A whole number, or a string that is one.
std::optional<int64_t> IntegerOf(const Json& value);

// Null where `name` is not there or no string. Valid while `object` is.
const std::string* StringOf(const Json& object, const char* name);

// Whether `name` is there and is no string.
bool IsOtherType(const Json& object, const char* name);

}  // namespace fake_zoho
