// Reads a JSON object field by field, and says which field is wrong.
#pragma once

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json_fwd.hpp"

namespace fake_zoho {

// Fields that are absent leave their value alone. The first error (INVALID_ARGUMENT,
// `FIELD_INVALID`) stays; after it nothing is read. Not thread-safe.
class JsonReader {
 public:
  // `prefix` comes before names in errors. `object` must outlive this.
  explicit JsonReader(const nlohmann::ordered_json& object, std::string prefix = "");

  void Bool(const char* name, bool& value);

  template <typename Integer>
  void Int(const char* name, Integer& value, int64_t least = 0,
           int64_t most = std::numeric_limits<int32_t>::max()) {
    int64_t wide = static_cast<int64_t>(value);
    WideInt(name, wide, least, most);
    value = static_cast<Integer>(wide);
  }

  // A whole number of `unit`s.
  void Time(const char* name, absl::Duration unit, absl::Duration& value);

  // One of `choices`, where there are any.
  void Text(const char* name, std::string& value, const std::vector<std::string>& choices = {});

  // The value of `name`, which counts as read, or null.
  const nlohmann::ordered_json* Find(const char* name);

  void Fail(absl::string_view name, absl::string_view rule);
  void Fail(absl::Status status);

  // The first error, or one that names a field that nobody read.
  absl::Status Done();

 private:
  void WideInt(const char* name, int64_t& value, int64_t least, int64_t most);

  const nlohmann::ordered_json& object_;
  const std::string prefix_;
  std::set<std::string> known_;
  absl::Status status_;
};

}  // namespace fake_zoho
